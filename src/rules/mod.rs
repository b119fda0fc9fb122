//! The rules: one file each, with docs, metadata, check, fix and examples together.
//!
//! A new rule is a file `<theme>/<name>.rs` with a constant `RULE`, and its name in the list below; nothing
//! else. rustfmt doesn't see files that a macro declares: format them by name
//! (`rustfmt --edition 2024 src/rules/*/*.rs`).

pub mod alias;
mod call;
mod diagnostic;
mod finding;
mod ignores;
mod input;
mod kit;
mod page;
mod rule;
mod run;

pub use call::{Arg, Call};
pub use diagnostic::{Applicability, Diagnostic, Fix, Severity, Tag};
pub use finding::Finding;
pub use ignores::{Dialect, Ignore, Name, Reach, ignores};
pub use input::{Cmd, Input, Site};
pub use page::{page, page_url};
pub use rule::{
    Asked, Check, Docs, Example, Files, FixKind, OptionDefault, Reads, Rule, RuleOption, Scope, Severities,
    Theme,
};
pub use run::check;

/// Declares the modules of the rules, and lists the rules.
macro_rules! rules {
    ($($theme:ident { $($rule:ident)* })*) => {
        $(mod $theme { $(pub(super) mod $rule;)* })*
        static RULES: &[Rule] = &[$($($theme::$rule::RULE,)*)*];
    };
}

rules! {
    build {
        syntax_error
        unknown_instruction
    }
    cache {
        arg_busts_cache
        consecutive_run
        copy_before_install
        package_manager_cache_mount
        update_without_install
    }
    nextjs {
        node_cmd_npm
        single_stage_next_image
    }
    reproducible {
        os_upgrade
        unpinned_apk_package
        unpinned_apt_package
        unpinned_base_image
        unpinned_dnf_package
        unpinned_gem
        unpinned_go_package
        unpinned_npm_package
        unpinned_pip_package
        unpinned_yum_package
        unpinned_zypper_package
    }
    security {
        no_non_root_user
        sudo_in_run
    }
    shell {
        apt_instead_of_apt_get
        cd_instead_of_workdir
        install_without_yes
        pipe_without_pipefail
        shell_replaced_by_link
        useless_command
        wget_progress_shown
    }
    size {
        apk_cache_left
        apt_lists_left
        archive_copied_then_extracted
        cleanup_in_later_layer
        dockerignore_missing
        heaviest_layer
        package_cache_left
        pip_cache_left
        recommended_packages_installed
        useradd_with_high_uid
        wget_and_curl
        yarn_cache_left
    }
    style {
        unused_ignore
    }
}

/// Every rule, by theme.
pub fn all() -> &'static [Rule] {
    RULES
}

/// The rule that `name` means: its own name, else an alias with or without its tool. Where several rules
/// have the alias, the first of them.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name).or_else(|| RULES.iter().find(|rule| rule.is_called(name)))
}

impl Rule {
    /// Whether `name` is the rule's name or one of its aliases, with or without its tool.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|known| alias::matches(known, name))
    }
}

/// What a rule's file needs.
mod prelude {
    pub(super) use super::kit;
    pub(super) use super::{
        Arg, Call, Check, Cmd, Docs, Example, Finding, Fix, FixKind, Input, Reads, Rule, Severities,
        Severity, Site, Theme,
    };
    pub(super) use crate::settings::Profile;
    pub(super) use crate::syntax::Keyword;
    pub(super) use crate::text::{Edit, Span};
}
