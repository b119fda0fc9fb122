use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "telemetry-left-on",
    theme: Theme::Security,
    aliases: &["tally/prefer-telemetry-opt-out"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports a tool that tells its publisher how it is used (Next.js, Nuxt, Gatsby, Astro, Turborepo, .NET, Bun, \
               Hugging Face, Homebrew, vcpkg), where the variable that its publisher names for that isn't set.",
        why: "A build says little about how a tool is used, it may not be yours to tell, and each report is a request to a \
              server that the build doesn't need.",
        example: "FROM node:22\nRUN npx next build\n",
        instead: "FROM node:22\nENV NEXT_TELEMETRY_DISABLED=1\nRUN npx next build\n",
        fix: "The fix sets the variable with `ENV` above the step. It is unsafe: the image has the variable, too.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN npx next build\n", &[(2, "next")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nENV NEXT_TELEMETRY_DISABLED=1\nRUN npx next build\n"),
        Example::bad("from node:22\n# the app\nrun npx next build\n", &[(3, "next")])
            .under(Profile::Strict)
            .fixed("from node:22\nenv NEXT_TELEMETRY_DISABLED=1\n# the app\nrun npx next build\n"),
        Example::bad("FROM a:1\n  RUN dotnet restore && dotnet build\n", &[(2, "dotnet")])
            .under(Profile::Strict)
            .fixed("FROM a:1\n  ENV DOTNET_CLI_TELEMETRY_OPTOUT=1\n  RUN dotnet restore && dotnet build\n"),
        Example::ok(
            "FROM node:22\nARG NEXT_TELEMETRY_DISABLED=1\nRUN next build && DO_NOT_TRACK=1 bun install\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nRUN npx next build\n"),
    ],
};

/// Programs, and the variable and value that turn their reports off.
///
/// Sources: the page on telemetry of each tool's documentation.
const TOOLS: [(&str, &str, &str); 13] = [
    ("next", "NEXT_TELEMETRY_DISABLED", "1"),
    ("nuxt", "NUXT_TELEMETRY_DISABLED", "1"),
    ("nuxi", "NUXT_TELEMETRY_DISABLED", "1"),
    ("gatsby", "GATSBY_TELEMETRY_DISABLED", "1"),
    ("astro", "ASTRO_TELEMETRY_DISABLED", "1"),
    ("turbo", "TURBO_TELEMETRY_DISABLED", "1"),
    ("dotnet", "DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
    ("bun", "DO_NOT_TRACK", "1"),
    ("pwsh", "POWERSHELL_TELEMETRY_OPTOUT", "1"),
    ("brew", "HOMEBREW_NO_ANALYTICS", "1"),
    ("vcpkg", "VCPKG_DISABLE_METRICS", "1"),
    ("huggingface-cli", "HF_HUB_DISABLE_TELEMETRY", "1"),
    ("hf", "HF_HUB_DISABLE_TELEMETRY", "1"),
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let mut told: Vec<&str> = Vec::new();
    for call in input.calls(site.id) {
        let Some((_, variable, value)) = TOOLS.iter().find(|(name, ..)| call.name == *name) else { continue };
        let set = |name: &str| input.model().variables(site.id).iter().any(|known| &*known.name == name);
        // In the step itself, in whatever way.
        let within = input.script(site.id).is_some_and(|script| script.text().contains(variable));
        if set(variable) || set("DO_NOT_TRACK") || within || told.contains(variable) {
            continue;
        }
        told.push(variable);
        let message =
            format!("{} tells its publisher of this build. Set `{variable}={value}` above it.", call.name);
        let fix = (!site.onbuild).then(|| {
            let edit = kit::line_above(input, site.instruction, "ENV", &format!("{variable}={value}"));
            let title = format!("Set {variable} (unsafe: the image has it, too)");
            Fix::unsafe_(title, input.edits(vec![edit]))
        });
        found.push(Finding::new(call.program, message).fix(fix));
    }
}
