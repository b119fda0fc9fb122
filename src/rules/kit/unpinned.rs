//! Packages that are installed in no version in particular.

use super::step::list;
use crate::rules::{Arg, Call, Finding, Input, Site};
use crate::settings::Profile;
use crate::syntax::Keyword;

/// Reports those of `packages` that aren't `pinned`, if there are any: one finding a call. What a variable
/// holds isn't known, so it is held against nobody but under profile `hadolint`.
pub fn report(
    input: &Input<'_>,
    packages: Vec<&Arg<'_>>,
    pinned: impl Fn(&str) -> bool,
    how: &str,
    found: &mut Vec<Finding>,
) {
    let exact = input.profile() == Profile::Hadolint;
    let loose: Vec<&Arg<'_>> = packages
        .into_iter()
        .filter(|package| !pinned(&package.text) && (exact || !package.is_dynamic()))
        .collect();
    let Some(first) = loose.first() else { return };
    let (names, verb) = (list(&loose), if loose.len() == 1 { "comes" } else { "come" });
    let message = format!(
        "{names} {verb} in whatever version is the newest on the day of the build, so the same file builds \
         another image tomorrow, or none. Name the version: `{how}`."
    );
    found.push(Finding::new(first.span, message));
}

/// Whether a package of yum or dnf names its version: parts behind dashes of which one starts with a digit.
pub fn rpm_pinned(package: &str) -> bool {
    let mut parts = package.split('-');
    parts.next();
    let parts: Vec<&str> = parts.collect();
    if parts.is_empty() {
        return false;
    }
    let version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '~' | '^' | '_' | ':' | '+');
    package.ends_with(".rpm")
        || (parts.iter().all(|part| part.chars().all(version))
            && parts.iter().any(|part| part.starts_with(|c: char| c.is_ascii_digit())))
}

/// The packages behind `install` of yum or dnf.
pub fn rpm_packages<'c, 'a>(call: &'c Call<'a>) -> Vec<&'c Arg<'a>> {
    call.operands().filter(|arg| !matches!(&*arg.text, "install" | "module")).collect()
}

/// The same, where a name with a variable is pinned if the variable is declared above.
pub fn rpm_pinned_at<'i, 'a>(input: &'i Input<'a>, site: Site<'_>) -> impl Fn(&str) -> bool + use<'i, 'a> {
    let id = site.id;
    move |package| {
        if !package.contains("${") || package.ends_with(".rpm") {
            return rpm_pinned(package);
        }
        let named = |name: &str| package.contains(&format!("${{{name}}}"));
        // hadolint takes an ARG of any stage above for one of this stage, and goes without a stage.
        let above = input.tree().numbered().take_while(|(other, _)| *other < id);
        let stray = input.model().stages().is_empty();
        let mut declared = above.filter(|(_, instruction)| match instruction.keyword {
            Keyword::Arg => true,
            Keyword::Env => stray,
            _ => false,
        });
        package.contains('-')
            && (input.model().variables(id).iter().any(|variable| named(&variable.name))
                || declared.any(|(_, instruction)| {
                    instruction.pairs().any(|(name, _)| named(&name.text))
                        || instruction
                            .args
                            .iter()
                            .any(|word| named(word.text.split('=').next().unwrap_or_default()))
                }))
    }
}
