use super::super::table::lines;
use super::*;

fn image(reference: &str) -> Arc<Image> {
    let (repository, tag) = match reference.rsplit_once(':') {
        Some((repository, tag)) => (repository, Some(tag)),
        None => (reference, None),
    };
    find(repository, tag).unwrap_or_else(|| panic!("{reference} is unknown"))
}

/// Size, system and end, as a hover would put them together.
fn line(reference: &str) -> String {
    let image = image(reference);
    let size =
        image.size.map_or("size unknown".to_string(), |size| format!("{} MB", size.likely / 1_000_000));
    let basis = match image.figure.map(|figure| figure.basis) {
        Some(Basis::Derived) => " derived",
        _ => "",
    };
    let os = image.os.as_ref().map_or("?".to_string(), |os| format!("{} {}", os.id, os.release));
    let end = image
        .end_of_life
        .map_or("-".to_string(), |end| format!("{} {} {}", end.product, end.cycle, end.date));
    format!(
        "{size}{basis} · {}, {} · {} · {end}",
        os.trim(),
        image.libc.unwrap_or("?"),
        image.user.unwrap_or("?")
    )
}

#[test]
fn what_people_see_of_an_image() {
    let cases = [
        ("node:20-alpine", "135 MB · alpine 3.23, musl · root · node 20 2026-04-30"),
        ("node:20", "1100 MB · debian bookworm, glibc · root · node 20 2026-04-30"),
        ("node:20-slim", "200 MB · debian bookworm, glibc · root · node 20 2026-04-30"),
        ("node:20.11.1-bookworm-slim", "200 MB · debian bookworm, glibc · root · node 20 2026-04-30"),
        ("node:lts", "1140 MB · debian bookworm, glibc · root · node 24 2028-04-30"),
        ("node:lts-alpine", "170 MB · alpine 3.24, musl · root · node 24 2028-04-30"),
        ("node:current-slim", "257 MB · debian trixie, glibc · root · node 26 2029-04-30"),
        ("node:iron-slim", "200 MB · debian bookworm, glibc · root · node 20 2026-04-30"),
        ("node:22-alpine3.20", "166 MB derived · alpine 3.20, musl · root · node 22 2027-04-30"),
        ("node:24-trixie-slim", "233 MB derived · debian trixie, glibc · root · node 24 2028-04-30"),
        ("node:25-alpine", "178 MB derived · alpine, musl · root · node 25 2026-06-01"),
        ("debian:12.5-slim", "74 MB · debian bookworm, glibc · root · debian 12 2026-07-11"),
        ("debian:bookworm-20240701-slim", "74 MB · debian bookworm, glibc · root · debian 12 2026-07-11"),
        ("debian:stable-slim", "78 MB · debian trixie, glibc · root · debian 13 2028-08-09"),
        ("ubuntu:24.04", "78 MB · ubuntu noble, glibc · root · ubuntu 24.04 2029-05-31"),
        ("alpine:3.20.3", "7 MB · alpine 3.20, musl · root · alpine 3.20 2026-04-01"),
        ("alpine", "8 MB · alpine 3.24, musl · root · alpine 3.24 2028-06-01"),
        ("python:3.12-slim", "119 MB · debian trixie, glibc · root · python 3.12 2028-10-31"),
        (
            "python:3.9-slim-bullseye",
            "128 MB derived · debian bullseye, glibc · root · python 3.9 2025-10-31",
        ),
        ("nginx:stable-alpine-slim", "18 MB · alpine 3.24, musl · root · -"),
        ("mcr.microsoft.com/dotnet/sdk:8.0", "823 MB · debian bookworm, glibc · root · dotnet 8 2026-11-10"),
        (
            "gcr.io/distroless/nodejs20-debian12",
            "size unknown · debian bookworm, glibc · root · node 20 2026-04-30",
        ),
        ("scratch", "0 MB · ?, none · root · -"),
    ];
    for (reference, expected) in cases {
        assert_eq!(line(reference), expected, "{reference}");
    }
}

#[test]
fn a_missing_tag_means_latest() {
    let node = find("node", None).unwrap();
    assert_eq!(node, find("docker.io/library/node", Some("latest")).unwrap());
    assert_eq!(node.tag, "latest");
}

#[test]
fn what_is_unknown_is_said_unknown() {
    assert_eq!(find("ghcr.io/me/app", Some("1")), None);
    let postgres = image("postgres:16");
    assert_eq!((postgres.size, postgres.figure), (None, None));
    let old = image("node:8");
    assert_eq!(old.os.as_ref().unwrap().release, "");
    assert_eq!(old.tools.iter().find(|tool| tool.name == "yarn"), None);
    assert_eq!(image("oven/bun:1").end_of_life, None);
}

#[test]
fn what_an_image_has() {
    let alpine = image("node:20-alpine");
    assert_eq!(alpine.users, [User { name: "node", uid: 1000, gid: 1000 }]);
    assert_eq!((alpine.package_manager, alpine.shell), (Some("apk"), Some("/bin/sh")));
    assert_eq!(
        (alpine.ships("git"), alpine.ships("wget"), alpine.ships("node")),
        (Some(false), Some(true), Some(true))
    );
    assert_eq!(alpine.entrypoint.as_deref(), Some(&["docker-entrypoint.sh"][..]));
    let version =
        |image: &Image, name: &str| image.tools.iter().find(|it| it.name == name).and_then(|it| it.version);
    assert_eq!((version(&alpine, "npm"), version(&alpine, "yarn")), (Some("10"), Some("1.22")));

    let full = image("node:22");
    assert_eq!((full.apt, full.slim, full.ships("git")), (Some(apt::Base::BuildpackDeps), false, Some(true)));
    let slim = image("node:22-slim");
    assert_eq!((slim.apt, slim.slim, slim.ships("curl")), (Some(apt::Base::Debian), true, Some(false)));

    let newest = image("node:26-alpine");
    assert_eq!(
        (newest.ships("yarn"), newest.ships("corepack"), newest.ships("npm")),
        (Some(false), Some(false), Some(true))
    );
    assert_eq!(image("node:24").ships("corepack"), Some(true));
    assert_eq!(image("gcr.io/distroless/static:nonroot").user, Some("65532"));
    assert_eq!(image("gcr.io/distroless/base").shell, Some(""));
    assert_eq!(image("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled").user, Some("1654"));
    assert_eq!(image("ubuntu:24.04").users.len(), 1);
    assert_eq!(image("ubuntu:22.04").users.len(), 0);
}

#[test]
fn other_platforms_are_less_certain() {
    let (here, there) = (image("node:20-alpine"), image("arm64v8/node:20-alpine"));
    assert_eq!((here.platform, there.platform), (None, Some("linux/arm64")));
    let (here, there) = (here.size.unwrap(), there.size.unwrap());
    assert!(there.low < here.low && there.high > here.high && there.likely == here.likely);
}

/// Every known tag has a size in the range of what is measured, or none; a range holds its likely figure and
/// is no wider than a factor of two.
#[test]
fn ranges_are_sane() {
    for row in lines(include_str!("../data/tags.tsv")) {
        let fields: Vec<&str> = row.split('\t').collect();
        assert_eq!(fields.len(), 4, "{row}");
        for tag in fields[3].split(' ') {
            let image = find(fields[0], Some(tag)).unwrap_or_else(|| panic!("{}:{tag}", fields[0]));
            let Some(size) = image.size else { continue };
            assert!(size.low <= size.likely && size.likely <= size.high, "{}:{tag}", fields[0]);
            assert!(size.high <= size.low * 2, "{}:{tag} {size:?}", fields[0]);
            assert!(image.figure.is_some_and(|figure| !figure.source.is_empty()), "{}:{tag}", fields[0]);
        }
    }
    for tag in tags("node") {
        assert!(image(&format!("node:{tag}")).size.is_some(), "node:{tag}");
    }
    assert!(tags("node").any(|tag| tag == "22-slim") && tags("nothing/like-it").next().is_none());
}

/// Every fact of the table of families is of a known kind.
#[test]
fn families_are_read_whole() {
    const KEYS: &[&str] = &[
        "depth",
        "product",
        "system",
        "default",
        "same",
        "base",
        "apt",
        "slim",
        "packages",
        "user",
        "users",
        "workdir",
        "entrypoint",
        "cmd",
        "shell",
        "libc",
        "package_manager",
        "tools",
    ];
    for row in lines(include_str!("../data/families.tsv")) {
        for fact in row.split('\t').skip(3) {
            assert!(fact.split_once('=').is_some_and(|(key, _)| KEYS.contains(&key)), "{row}: {fact}");
        }
    }
}
