use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "apk-cache-left",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL3019",
        "trivy/DS-0025",
        "kics/apk_add_using_local_cache_path",
        "semgrep/best-practice/missing-apk-no-cache",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `apk add` without `--no-cache`, in a stage whose layers ship.",
        why: "apk keeps the index of every repository in `/var/cache/apk`, some megabytes that nothing uses later. With `--no-cache` it reads them anew and keeps nothing, and `apk update` isn't needed.",
        example: "FROM alpine:3.22\nRUN apk add curl\n",
        instead: "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
        fix: "The fix adds the option. It is safe: the same packages are installed.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM alpine:3.22\nRUN apk add --update curl\n", &[(2, "apk add")])
            .fixed("FROM alpine:3.22\nRUN apk add --no-cache --update curl\n"),
        Example::bad("FROM alpine:3.22\nRUN apk update && apk add curl\n", &[(2, "apk add")])
            .fixed("FROM alpine:3.22\nRUN apk update && apk add --no-cache curl\n"),
        Example::ok("FROM alpine:3.22\nRUN apk add --no-cache curl\n"),
        Example::ok("FROM alpine:3.22\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n"),
        Example::ok("FROM alpine:3.22\nRUN apk add curl && rm -rf /var/cache/apk/*\n"),
        Example::ok(
            "FROM alpine:3.22 AS build\nRUN apk add curl\nFROM alpine:3.22\nCOPY --from=build /a /a\n",
        ),
        Example::bad("FROM alpine:3.22\nRUN apk add curl && rm -rf /var/cache/apk/*\n", &[(2, "apk add")])
            .under(Profile::Hadolint)
            .fixed("FROM alpine:3.22\nRUN apk add --no-cache curl && rm -rf /var/cache/apk/*\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    if kit::step::keeps_out(site, &["/var/cache/apk"]) {
        return;
    }
    if !exact && (!kit::step::ships(input, site) || kit::step::deletes(input, site, "/var/cache/apk")) {
        return;
    }
    for call in input.calls(site.id).iter().filter(|call| call.is("apk", &["add"])) {
        let Some(verb) = call.arg(&["add"]).filter(|_| !call.has_flag(&["no-cache"])) else { continue };
        let message = "apk keeps the index of every repository in the layer, where nothing uses it later. Add \
                       `--no-cache`; `apk update` isn't needed then.";
        let fix = kit::step::insert_behind(call, verb.span, "--no-cache")
            .map(|edit| Fix::safe("Add --no-cache", input.edits(vec![edit])));
        found.push(Finding::new(call.span_to(verb), message).fix(fix));
    }
}
