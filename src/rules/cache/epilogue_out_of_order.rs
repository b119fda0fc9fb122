use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "epilogue-out-of-order",
    theme: Theme::Cache,
    aliases: &["tally/epilogue-order"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports, in the last stage, `STOPSIGNAL`, `HEALTHCHECK`, `ENTRYPOINT` and `CMD` that \
              don't stand at its end, in this order.",
        why: "What the image starts is looked for at the end. Further up it is overlooked.",
        example: "FROM node:22\nCMD [\"server.js\"]\nRUN npm ci\nENTRYPOINT [\"node\"]\n",
        instead: "FROM node:22\nRUN npm ci\nENTRYPOINT [\"node\"]\nCMD [\"server.js\"]\n",
        fix: "The fix moves them to the end of the stage, where no comment belongs to them. It is \
             safe: where they stand changes nothing in the image.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCMD [\"server.js\"]\nRUN npm ci\nENTRYPOINT [\"node\"]\n", &[(2, "CMD")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nRUN npm ci\nENTRYPOINT [\"node\"]\nCMD [\"server.js\"]\n"),
        Example::bad("FROM node:22\nCMD [\"a\"]\n# why\nENTRYPOINT [\"node\"]\n", &[(4, "ENTRYPOINT")])
            .under(Profile::Strict),
        Example::ok(
            "FROM node:22 AS a\nCMD [\"a\"]\nRUN x\nFROM a\nSTOPSIGNAL SIGINT\nENTRYPOINT \
            [\"node\"]\nCMD [\"a\"]\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nCMD [\"a\"]\nRUN x\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(stage) = input.model().target() else { return };
    let steps: Vec<Site<'_>> = input.steps(stage).collect();
    let epilogue: Vec<Site<'_>> = steps.iter().copied().filter(|site| rank(site).is_some()).collect();
    let wrong = steps.iter().enumerate().find(|(at, site)| {
        let Some(own) = rank(site) else { return false };
        let early = steps[at + 1..].iter().any(|below| rank(below).is_none());
        early || steps[..*at].iter().filter_map(rank).any(|above| above > own)
    });
    let Some((_, site)) = wrong else { return };
    let message = format!(
        "What the image starts is looked for at the end of the file: STOPSIGNAL, HEALTHCHECK, ENTRYPOINT and CMD, in \
         this order. {} stands out of line.",
        site.instruction.keyword
    );
    let finding = Finding::new(site.instruction.keyword_span, message);
    found.push(finding.fix(fix(input, &steps, epilogue)));
}

fn rank(site: &Site<'_>) -> Option<usize> {
    let order = [Keyword::Stopsignal, Keyword::Healthcheck, Keyword::Entrypoint, Keyword::Cmd];
    order.iter().position(|keyword| *keyword == site.instruction.keyword)
}

fn fix(input: &Input<'_>, steps: &[Site<'_>], mut epilogue: Vec<Site<'_>>) -> Option<Fix> {
    let source = input.source();
    let last = steps.last()?;
    let commented = epilogue.iter().any(|site| {
        !input.tree().comments_above(site.instruction).is_empty() || !site.instruction.comments.is_empty()
    });
    // ENTRYPOINT takes a CMD above it away, and of two of a kind the last one counts.
    let mut ranks: Vec<usize> = epilogue.iter().filter_map(rank).collect();
    ranks.sort_unstable();
    let twice = ranks.windows(2).any(|pair| pair[0] == pair[1]);
    if commented || twice || !last.instruction.full_span.of(source).ends_with('\n') {
        return None;
    }
    let mut edits: Vec<Edit> = epilogue
        .iter()
        .filter(|site| site.id != last.id)
        .map(|site| Edit::delete(site.instruction.full_span))
        .collect();
    epilogue.sort_by_key(rank);
    let block: String = epilogue.iter().map(|site| site.instruction.full_span.of(source)).collect();
    edits.push(match rank(last) {
        Some(_) => Edit::replace(last.instruction.full_span, block),
        None => Edit::insert(last.instruction.full_span.end, block),
    });
    Some(Fix::safe("Move them to the end, in order", input.edits(edits)))
}
