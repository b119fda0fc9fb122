use super::*;

fn package(scripts: &[(&str, &str)]) -> PackageJson {
    let scripts = scripts.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
    PackageJson { scripts, ..PackageJson::default() }
}

#[test]
fn a_script_falls_into_its_commands() {
    let cases: [(&str, &[&[&str]]); 9] = [
        (
            "next build && (echo 'a b'; node -e \"x\\\"y\") | tee $(date +%s).log",
            &[&["next", "build"], &["echo", "a b"], &["node", "-e", "x\"y"], &["tee", "$(date +%s).log"]],
        ),
        (
            "next start -p \"${PORT:-3000}\" -H '0.0.0.0'",
            &[&["next", "start", "-p", "${PORT:-3000}", "-H", "0.0.0.0"]],
        ),
        ("a b >out 2>&1", &[&["a", "b"]]),
        ("a 2>/dev/null b < in", &[&["a", "b"]]),
        ("a 2>&1 | tee x", &[&["a"], &["tee", "x"]]),
        ("echo 'a b", &[&["echo", "a b"]]),
        ("echo ${A", &[&["echo", "${A"]]),
        ("a # b && c", &[&["a"]]),
        (" && ; ", &[]),
    ];
    for (line, expected) in cases {
        let words: Vec<_> = commands(line).into_iter().map(|command| command.words).collect();
        assert_eq!(words, expected, "{line}");
    }
    let read = commands("PORT=\"$P\" A='1 2' next start");
    assert_eq!(read[0].env, [("PORT".into(), "$P".into()), ("A".into(), "1 2".into())]);
    assert_eq!(command(vec!["A=1".into(), "b".into(), "C=2".into()]).words, ["b", "C=2"]);
}

#[test]
fn a_build_is_found_through_whatever_starts_it() {
    for line in [
        "next build",
        "NODE_ENV=production next build",
        "cross-env NODE_ENV=production NODE_OPTIONS=--max-old-space-size=4096 next build",
        "prisma generate && next build --turbo",
        "npx --yes next build",
        "node --max-old-space-size=4096 node_modules/.bin/next build",
        "node node_modules/next/dist/bin/next build",
        "node -r ./fix.cjs ./node_modules/next/dist/bin/next build",
        "next build 2>&1 | tee build.log",
        "npm run next:build",
        "npm --silent run next:build",
        "yarn next:build",
        "pnpm run next:build",
        "bun run next:build",
        "bun --bun next build",
        "pnpm exec next build",
        "yarn next build",
        "dotenv -e .env.production -- next build",
        "run-s lint next:build",
        "sh -c 'npm run lint; next build'",
        "(next build)",
    ] {
        let package = package(&[("build", line), ("next:build", "next build"), ("lint", "eslint .")]);
        assert!(package.builds_next("build"), "{line}");
    }
    for line in
        ["next dev", "nextbuild", "vite build", "echo next build", "npm run build", "npm run none", ""]
    {
        assert!(!package(&[("build", line)]).builds_next("build"), "{line}");
    }
    assert!(package(&[("build", "tsc"), ("postbuild", "next build")]).builds_next("build"));
    assert!(!package(&[]).builds_next("build"));
    assert!(package(&[("build", "next build")]).command_builds_next("npm run build"));
}

#[test]
fn a_plain_start_is_told_from_others() {
    let plain = |port: Option<&str>, host: Option<&str>| {
        StartKind::NextStart(NextStart {
            port: port.map(Into::into),
            host: host.map(Into::into),
            ..NextStart::default()
        })
    };
    let kind = |line: &str| package(&[("start", line), ("serve", "next start -p 80")]).start_kind("start");
    assert_eq!(kind("next start"), plain(None, None));
    assert_eq!(kind("next start -p 4000 -H 0.0.0.0"), plain(Some("4000"), Some("0.0.0.0")));
    assert_eq!(kind("next start --port=${PORT:-3000}"), plain(Some("${PORT:-3000}"), None));
    assert_eq!(kind("npm run serve"), plain(Some("80"), None));
    assert_eq!(kind("npm run serve -- -p 81"), plain(Some("81"), None));
    assert_eq!(kind("next dev"), StartKind::NextDev);
    assert_eq!(kind("next"), StartKind::NextDev);
    assert_eq!(kind("node .next/standalone/server.js"), StartKind::Standalone);
    let custom = |entry: &str| StartKind::CustomServer { entry: entry.into() };
    assert_eq!(kind("NODE_ENV=production node server.js"), custom("server.js"));
    assert_eq!(kind("node -r dotenv/config server.js >> out.log 2>&1"), custom("server.js"));
    assert_eq!(kind("ts-node --project tsconfig.server.json server.ts"), custom("server.ts"));
    for line in [
        "prisma migrate deploy && next start",
        "dotenv -e x -- next start",
        "serve out",
        "npm run start",
        "next start --inspect",
    ] {
        assert!(matches!(kind(line), StartKind::Other { .. }), "{line}: {:?}", kind(line));
    }
    let env = vec![("PORT".to_string(), "80".to_string())];
    let expected = StartKind::NextStart(NextStart { env, ..NextStart::default() });
    assert_eq!(kind("cross-env PORT=80 next start"), expected);
    assert_eq!(package(&[]).start_kind("start"), StartKind::Missing);
    let hooked = package(&[("prestart", "node migrate.js"), ("start", "next start")]);
    assert!(matches!(hooked.start_kind("start"), StartKind::Other { why } if why.contains("prestart")));
}
