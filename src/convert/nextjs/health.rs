//! HEALTHCHECK in the run stage: what it runs must be there, and it must ask an address that is served.

use super::detect::Found;
use crate::convert::Note;
use crate::convert::refuse::{NOT_YET, Stop, refused_at, warning};
use crate::shell;
use crate::syntax::Keyword;

/// Refuses a check that runs a file of the app, and warns of one whose tool isn't there.
pub(super) fn check(found: &Found<'_>, notes: &mut Vec<Note>) -> Result<(), Stop> {
    let mut checks =
        found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Healthcheck);
    let Some((id, instruction)) = checks.next_back() else { return Ok(()) };
    let Some(script) = found.subject.model.script(id) else { return Ok(()) };
    for command in script.commands() {
        let invocation = shell::unwrap(&command);
        let Some(program) = invocation.program() else { continue };
        let evaluates = invocation.args().iter().any(|word| matches!(word.text(), "-e" | "--eval" | "-p"));
        let of_app = match program.rsplit('/').next().unwrap_or(&program) {
            "node" | "bun" => !evaluates,
            "npm" | "npx" | "yarn" | "pnpm" | "next" => true,
            name => {
                program.starts_with('.')
                    || program.starts_with(&*found.app)
                    || name.ends_with(".sh")
                    || name.ends_with(".js")
            }
        };
        if of_app {
            return Err(refused_at(
                NOT_YET,
                instruction,
                format!(
                    "The health check on line {} runs `{program}` with files of the project, which the standalone \
                     output doesn't have.",
                    instruction.first_line
                ),
            ));
        }
        if let Some(tool) = missing_tool(found, &program) {
            let message = format!(
                "The health check on line {} runs {tool}, which the base image doesn't have and no line installs.",
                instruction.first_line
            );
            notes.push(warning(instruction, message));
        }
    }
    Ok(())
}

/// curl or wget, where the image has none: Alpine has wget by BusyBox, slim images neither, full ones both
/// (docker-library's buildpack-deps).
fn missing_tool(found: &Found<'_>, program: &str) -> Option<String> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let tag = found.base.tag.as_deref().filter(|tag| !tag.contains('$'))?;
    let lacks = match name {
        "curl" => tag.contains("alpine") || tag.contains("slim"),
        "wget" => tag.contains("slim"),
        _ => false,
    };
    let installs = found.ran.iter().filter_map(|ran| ran.action.as_ref());
    let installed = installs.flat_map(|action| &action.packages).any(|package| package.name == name);
    (lacks && !installed).then(|| name.to_owned())
}
