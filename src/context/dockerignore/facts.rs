//! What moby's patternmatcher answers, as facts.

use super::*;

/// How a path is matched: not at all, itself, or only because a folder it is in is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hit {
    No,
    Itself,
    ByParent,
}
use Hit::{ByParent, Itself, No};

const FACTS: &[(&str, &str, Hit)] = &[
    // `**`
    ("**", "x", Itself),
    ("**/", "x", Itself),
    ("**", "x/y", Itself),
    ("**/", "x/y", Itself),
    ("**/**", "x/y", Itself),
    ("lib/**", "lib/x", Itself),
    ("lib/**", "lib/sub/x", Itself),
    ("lib/**", "lib", No),
    ("lib/**", "libx/y", No),
    ("lib**", "libx/y", Itself),
    ("**/lib", "lib", Itself),
    ("**/lib", "lib/x", ByParent),
    ("**/lib", "a/b/lib/x", ByParent),
    ("**/lib", "mylib", No),
    ("**lib", "mylib", Itself),
    ("**lib", "a/mylib", Itself),
    ("**/sub/*", "lib/sub/x", Itself),
    ("**/sub/*", "lib/sub/x/y", ByParent),
    ("**/sub/**", "lib/sub/deep/x", Itself),
    ("**/x", "a/b/x", Itself),
    ("**/x*", "a/b/x", Itself),
    ("**/x*", "a/b/x.txt", Itself),
    ("**/x*txt", "a/b/x.txt", Itself),
    ("**/x*.txt*", "a/b/x.txt", Itself),
    ("**/**/*.txt", "a/b/x.txt", Itself),
    ("**/**/*.txt2", "a/b/x.txt", No),
    ("**/*.txt", "x.txt", Itself),
    ("**/**/*.txt", "x.txt", Itself),
    ("a**/*.txt", "a/x.txt", Itself),
    ("a**/*.txt", "a/b/c/x.txt", Itself),
    ("a/**/z", "a/z", Itself),
    ("a/**/z", "a/b/c/z", Itself),
    ("a/**/z", "a/bz", No),
    ("a/*.txt**", "a/x.txt", Itself),
    ("**/one/two", "one/two", Itself),
    ("**/one/two", "a/b/one/two", Itself),
    ("**/.env", ".env", Itself),
    ("**/.env", "x.env", No),
    // `*` and `?` stay in their segment
    ("*", "x", Itself),
    ("*", "x/y", ByParent),
    ("*.go", "x.go", Itself),
    ("*.go", "a/x.go", No),
    ("*/x", "a/x", Itself),
    ("*/x", "x", No),
    ("*/*/x*", "a/b/xy", Itself),
    ("a/*.txt", "a/b/x.txt", No),
    ("a*", "ab/c", ByParent),
    ("a*/b", "a/c/b", No),
    ("a*b*c*d*e*/f", "axbxcxdxexxx/f", Itself),
    ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", No),
    ("a*b?c*x", "abxbbxdbxebxczzx", Itself),
    ("a*b?c*x", "abxbbxdbxebxczzy", No),
    ("a?b", "a/b", No),
    ("a*b", "a/b", No),
    ("a?b", "a☺b", Itself),
    ("a???b", "a☺b", No),
    (".*", ".x", Itself),
    (".*", "x", No),
    ("*x", "xxx", Itself),
    ("temp?", "tempa", Itself),
    ("temp?", "temp", No),
    // characters that mean something in regular expressions only
    ("abc.def", "abc.def", Itself),
    ("abc.def", "abcZdef", No),
    ("*.d", "ad", No),
    ("a(b)c/d", "a(b)c/d", Itself),
    ("a.|)$(}+{b*", "a.|)$(}+{bc", Itself),
    ("dist/*.whl", "dist/p-2.4.0rc3.dev36+g08-py3.whl", Itself),
    ("a^*", "a^b", No),
    // classes
    ("a[b-d]e", "ace", Itself),
    ("a[b-d]e", "ae", No),
    ("a[b-d]e", "aae", No),
    ("a[^b-d]e", "aze", Itself),
    ("ab[^c]", "abc", No),
    ("[a-ζ]*", "α", Itself),
    ("*[a-ζ]", "A", No),
    ("[!a]", "!", Itself),
    ("[!a]", "b", No),
    ("a[^a]b", "a☺b", Itself),
    // escapes
    (r"a\*b", "a*b", Itself),
    (r"a\*b", "ab", No),
    (r"a\\", r"a\", Itself),
    (r"[\]a]", "]", Itself),
    (r"[x\-]", "-", Itself),
    (r"[x\-]", "z", No),
    (r"[\-x]", "-", Itself),
    (r"x\[0\]", "x[0]", Itself),
    // as written on Windows: `\b`, `\n` and `\d` mean something else
    (r"node_modules\bin", "node_modules/bin", No),
    (r"src\node", r"src\node", No),
    (r"v\d", "v1", Itself),
    // cleaning
    ("docs/", "docs/README", ByParent),
    ("/docs", "docs", Itself),
    ("./docs", "docs", Itself),
    ("docs/./a//b", "docs/a/b", Itself),
    ("docs/../src", "src/x", ByParent),
    (".", "x", No),
    ("/", "x", No),
    ("..", "x", No),
    (" docs ", "docs", Itself),
    ("**", "x/", Itself),
    ("**/sub/*", "lib/sub/x/", ByParent),
    ("abc?def", "abcZdef", Itself),
    ("abc?def", "abcdef", No),
    ("a(b)c/d", "a(b)c/e", No),
    ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", No),
    ("ab[e-g]", "abc", No),
    ("ab[^e-g]", "abc", Itself),
    ("a[^a][^a][^a]b", "a☺b", No),
    ("[x\\-]", "x", Itself),
    ("[\\-x]", "a", No),
    ("dist/p.py-2.4.0rc3.dev36+g08-py3.whl", "dist/p.py-2.4.0rc3.dev36+g08-py3.whl", Itself),
    // no folder by name at any depth, and case counts
    ("node_modules", "node_modules/next/package.json", ByParent),
    ("node_modules", "web/node_modules/next", No),
    ("README.md", "readme.md", No),
];

#[test]
fn one_pattern_matches_what_moby_matches() {
    for &(pattern, path, hit) in FACTS {
        let ignore = Dockerignore::parse(pattern);
        assert_eq!(ignore.problems(), [], "{pattern}");
        assert_eq!(ignore.ignores(path), hit != No, "`{pattern}` on {path}");
        let itself = ignore.patterns()[0].matcher.matches(path);
        assert_eq!(itself, hit == Itself, "`{pattern}` on {path} itself");
    }
}

#[test]
fn the_last_pattern_that_matches_decides() {
    for (text, path, ignored, by) in [
        ("!x.go\n*.go", "x.go", true, Some(1)),
        ("*.go\n!x.go", "x.go", false, Some(1)),
        ("docs\n!docs/README.md", "docs/README.md", false, Some(1)),
        ("docs/\n!docs/README.md", "docs/a.md", true, Some(0)),
        ("docs/*\n!docs/README.md", "docs/README.md", false, Some(1)),
        ("**\n!util/web", "util/web/foo", false, Some(1)),
        ("**\n!util/web\nutil/web/foo", "util/web/foo", true, Some(2)),
        ("**\n!dist/*.whl", "dist/p+g-any.whl", false, Some(1)),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true, Some(2)),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false, Some(2)),
        ("*\n!package.json", "package.json", false, Some(1)),
        ("*\n!src", "src/deep/a.ts", false, Some(1)),
        ("!src", "src/a.ts", false, None),
        ("docs\n  !docs/README.md  ", "docs/README.md", false, Some(1)),
        ("foo*\n!foo/bar2", "foo/bar2", false, Some(1)),
        ("foo*\n!foo/bar2", "foo2", true, Some(0)),
        ("foo\n!foo/bar\nfoo/bar/baz\n!foo/bar/baz/x", "foo/bar/baz/x", false, Some(3)),
        ("foo\n!foo/bar\nfoo/bar/baz\n!foo/bar/baz/x", "foo/bar/baz/y", true, Some(2)),
        ("*.go", ".", false, None),
        ("", "a", false, None),
    ] {
        let verdict = Dockerignore::parse(text).verdict(path);
        assert_eq!(verdict, Verdict { ignored, decided_by: by }, "{text:?} on {path}");
    }
}

#[test]
fn a_file_is_read_line_by_line_as_moby_does() {
    let text = "\u{feff}one\r\n/two\n# a comment\n  # a pattern\n\n! /three/four/\n/!five\n!./six\n";
    let ignore = Dockerignore::parse(text);
    let read: Vec<_> =
        ignore.patterns().iter().map(|p| (p.exception, p.text.as_str(), p.span.of(text))).collect();
    let expected = [
        (false, "one", "one"),
        (false, "two", "/two"),
        (false, "# a pattern", "# a pattern"),
        (true, "three/four", "! /three/four/"),
        (true, "five", "/!five"),
        (true, "six", "!./six"),
    ];
    assert_eq!(read, expected);
    assert_eq!(ignore.problems(), []);
    // The file of moby's own test.
    let text = "test1\n/test2\n/a/file/here\n\nlastfile\n# this is a comment\n! /inverted/abs/path\n!\n! ";
    let ignore = Dockerignore::parse(text);
    let read: Vec<&str> = ignore.patterns().iter().map(|pattern| &*pattern.text).collect();
    assert_eq!(read, ["test1", "test2", "a/file/here", "lastfile", "inverted/abs/path"]);
    assert_eq!(ignore.problems().len(), 2, "two lines are a lone `!`");
}

#[test]
fn patterns_that_fail_the_build_are_problems_at_their_place() {
    for bad in [
        "!",
        "! ",
        "!/",
        "[",
        "[^",
        "[^bc",
        "a[",
        "[]a]",
        "[-]",
        "[x-]",
        "[-x]",
        r"x\",
        "[a-b-c]",
        "[z-a]",
        "[Local-Only]/",
        r"web\images",
        r"[a-\b]",
    ] {
        let text = format!("ok\n  {bad}\nfine");
        let ignore = Dockerignore::parse(&text);
        assert_eq!(ignore.patterns().len(), 2, "{bad}");
        let [problem] = ignore.problems() else { panic!("{bad} isn't a problem") };
        assert_eq!(problem.span.of(&text), bad.trim());
        assert!(problem.message.contains("BuildKit refuses"), "{}", problem.message);
    }
}

#[test]
fn an_ignored_folder_is_walked_only_where_an_exception_may_be_below() {
    let below = |text: &str, folder: &str| Dockerignore::parse(text).may_reinclude_below(folder);
    assert!(!below("node_modules", "node_modules"));
    assert!(!below("node_modules\n!src/**/*.md", "node_modules"));
    assert!(!below("*\n!package.json", "node_modules"));
    assert!(below("*\n!public/robots.txt", "public"));
    assert!(!below("*\n!public/robots.txt", "pub"));
    assert!(below("*\n!**/*.md", "node_modules"));
    assert!(below("*\n!a/**/z", "a/b/c"));
    assert!(below("*\n!a/b/**", "a"));
    assert!(!below("*\n!a/b", "a/b/c"));
}

/// All paths over a small alphabet, walked folder by folder and asked one by one.
#[test]
fn walking_and_asking_agree() {
    let names = ["a", "b", "ab", "a.md"];
    let mut paths: Vec<String> = names.iter().map(|n| n.to_string()).collect();
    for depth in 1..3 {
        for parent in paths.clone().iter().filter(|p| p.matches('/').count() == depth - 1) {
            paths.extend(names.iter().map(|name| format!("{parent}/{name}")));
        }
    }
    let texts = [
        "a",
        "a\n!a/b",
        "**\n!a/b",
        "*\n!**/*.md",
        "a/**\n!a/*",
        "**/b\n!a/b/a.md",
        "a*\n!ab/a",
        "!a\na/b\n!a/b/ab",
    ];
    for text in texts {
        let ignore = Dockerignore::parse(text);
        for path in &paths {
            let mut state = FolderMatch::default();
            let mut ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
            ends.push(path.len());
            let mut ignored = false;
            let mut pruned = false;
            for end in ends {
                (ignored, state) = ignore.walk(&path[..end], &state);
                pruned |= end < path.len() && ignored && !ignore.may_reinclude_below(&path[..end]);
            }
            assert_eq!(ignored, ignore.ignores(path), "{text:?} on {path}");
            assert!(!pruned || ignored, "{text:?} prunes {path}");
        }
    }
}
