use crate::catalog::flags::{self, MountKey, MountType};
use crate::catalog::instructions::Instruction;
use crate::features::hover;
use crate::rules;

/// The description of what a completion offers, as Markdown, by its topic. None for a topic that isn't known.
pub fn documentation(topic: &str) -> Option<String> {
    let Some((kind, name)) = topic.split_once('/') else {
        let scratch =
            "Nothing at all: no shell, no library, no certificates. For programs that need none of them.";
        return (topic == "scratch").then(|| scratch.to_owned());
    };
    Some(match kind {
        "instruction" => {
            let it = Instruction::named(name)?;
            format!("{}\n\n{}\n\n`{}`\n\n[Reference]({})", it.summary, it.cache, it.syntax, it.url)
        }
        "flag" => {
            let (instruction, name) = name.split_once('/')?;
            let flag = flags::find(instruction, name)?;
            let since = flag.since.map(|since| format!("\n\nNeeds Dockerfile syntax {since} or later."));
            format!("{}{}\n\n[Reference]({})", flag.summary, since.unwrap_or_default(), flag.url)
        }
        "mount" => MountKey::named(name)?.summary.to_owned(),
        "mount-type" => {
            let kind = MountType::named(name)?;
            format!("{}\n\n[Reference]({})", kind.summary(), kind.url())
        }
        "image" => {
            let tagged = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
            let (repository, tag) = tagged.map_or((name, None), |(name, tag)| (name, Some(tag)));
            let facts = hover::image_facts(repository, tag)?;
            facts.iter().map(|fact| format!("- {fact}")).collect::<Vec<_>>().join("\n")
        }
        "rule" => {
            let rule = rules::find(name)?;
            let aliases = match rule.aliases {
                [] => String::new(),
                aliases => format!("\n\nElsewhere: {}.", aliases.join(", ")),
            };
            format!("{}\n\n{}{aliases}", rule.docs.what, rule.docs.why)
        }
        "directive" => match name {
            "syntax" => "The frontend that reads this file: with it a builder of any age knows the newest instructions and flags.",
            "escape" => "The character that continues lines and escapes: a backslash, or a backquote where paths of Windows stand.",
            "check" => "What BuildKit's checks do with this file: which are left out, and whether what they find fails the build.",
            _ => return None,
        }
        .to_owned(),
        "comment" => match name {
            "plimsoll ignore=" => "Silences rules for the instruction below. A reason may follow: `-- why`.",
            "plimsoll stage ignore=" => "Silences rules for the stage that it stands in or above.",
            "plimsoll file ignore=" => "Silences rules for the whole file.",
            "hadolint ignore=" => "Silences hadolint's rules for the instruction below, here and in hadolint.",
            "check=skip=" => "Silences BuildKit's checks for the instruction below; at the top of the file, for all of it.",
            _ => return None,
        }
        .to_owned(),
        _ => return None,
    })
}
