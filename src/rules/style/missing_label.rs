use crate::model::Stage;
use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "missing-label",
    theme: Theme::Style,
    aliases: &["hadolint/DL3049", "sonar/S7028"],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a final image that lacks a label of the label schema in the settings. Without a \
              schema it is silent. hadolint looks at every stage that the final one doesn't copy from.",
        why: "Who asks for labels has tools that read them: an image without its owner or version is \
             one that nobody finds.",
        example: "FROM node:22\nLABEL title=\"shop\"\n",
        instead: "FROM node:22\nLABEL title=\"shop\" vendor=\"us\"\n",
        fix: "There is no fix: the value is yours to say.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22 AS a\nFROM node:22\nLABEL title=shop\n", &[(2, "node:22")]).set(SCHEMA),
        Example::ok("FROM node:22 AS base\nLABEL vendor=us\nFROM base\nRUN x\n").set(SCHEMA),
        Example::ok("FROM node:22\n"),
        Example::bad(
            "FROM node:22 AS a\nFROM node:22 AS b\nLABEL vendor=us\nFROM \
            b\nFROM node:22 AS c\nFROM node:22\nCOPY --from=c /x /x\n",
            &[(1, "node:22"), (6, "node:22")],
        )
        .under(Profile::Hadolint)
        .set(SCHEMA),
    ],
};

/// What the examples set.
const SCHEMA: &str = "[label-schema]\nvendor = \"text\"\n";

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for label in input.settings.label_schema.labels.keys() {
        let lacking = match input.profile() {
            Profile::Hadolint => for_hadolint(input, label),
            _ => input.model().target().filter(|stage| !has(input, stage, label)).into_iter().collect(),
        };
        for stage in lacking {
            let Some(from) = input.tree().instruction(stage.from).and_then(from) else { continue };
            let message = format!(
                "The image has no label `{label}`, which your label schema asks \
            for. Set it with `LABEL {label}=…`."
            );
            found.push(Finding::new(from.image.span, message));
        }
    }
}

fn has<'a>(input: &Input<'a>, stage: &'a Stage, label: &str) -> bool {
    let own = |stage| kit::label::of_stage(input, stage).any(|found| found.key == label);
    input.model().with_bases(stage).any(own)
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3049.hs`): a stage is good where it has the label or is built on
/// a good one, and doesn't count where a later one copies from it.
fn for_hadolint<'a>(input: &Input<'a>, label: &str) -> Vec<&'a Stage> {
    let source = input.source();
    let name = |stage: &Stage| stage.name_span.map(|span| span.of(source));
    let (mut good, mut bad): (Vec<&Stage>, Vec<&Stage>) = (Vec::new(), Vec::new());
    for stage in input.model().stages() {
        let Some(from) = input.tree().instruction(stage.from).and_then(from) else { continue };
        let image = kit::hadolint::image(&from.image.text).name;
        let is_good = good.iter().any(|other| name(other) == Some(image));
        let list = if is_good { &mut good } else { &mut bad };
        list.push(stage);
        for site in input.steps(stage) {
            match site.instruction.keyword {
                Keyword::Copy => {
                    if let Some(from) = site.instruction.flag_value("from") {
                        bad.retain(|other| name(other) != Some(from));
                    }
                }
                Keyword::Label if kit::label::labels(site).any(|found| found.key == label) => {
                    let own = name(stage).unwrap_or(image);
                    bad.retain(|other| other.index != stage.index && name(other) != Some(own));
                    good.push(stage);
                }
                _ => {}
            }
        }
    }
    bad
}
