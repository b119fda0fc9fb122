//! The names that one image goes by.

/// A repository by its short name, and what its long name said beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// `node`, `mcr.microsoft.com/dotnet/sdk`.
    pub repository: String,
    /// The platform that a prefix asks for: `linux/arm64` for `arm64v8/`.
    pub platform: Option<&'static str>,
    /// What the repository's own name says of the line of releases: `20` for `nodejs20-debian12`.
    pub line: Option<String>,
    /// What it says of the system: `bookworm` for `nodejs20-debian12`.
    pub system: Option<&'static str>,
}

/// Hosts and namespaces that hold Docker's official images under the same names.
/// Source: docker-library/official-images; the mirrors' own documentation.
const OFFICIAL: &[&str] = &[
    "index.docker.io/library/",
    "registry-1.docker.io/library/",
    "docker.io/library/",
    "mirror.gcr.io/library/",
    "public.ecr.aws/docker/library/",
    "mcr.microsoft.com/mirror/docker/library/",
    "index.docker.io/",
    "registry-1.docker.io/",
    "docker.io/",
    "library/",
];

/// Namespaces of the official images for one platform. Source: docker-library/official-images, README.
const PLATFORMS: &[(&str, &str)] = &[
    ("amd64/", "linux/amd64"),
    ("arm32v5/", "linux/arm/v5"),
    ("arm32v6/", "linux/arm/v6"),
    ("arm32v7/", "linux/arm/v7"),
    ("arm64v8/", "linux/arm64"),
    ("i386/", "linux/386"),
    ("mips64le/", "linux/mips64le"),
    ("ppc64le/", "linux/ppc64le"),
    ("riscv64/", "linux/riscv64"),
    ("s390x/", "linux/s390x"),
];

/// Other names for whole repositories.
const ALIASES: &[(&str, &str)] = &[
    ("ghcr.io/oracle/oraclelinux", "oraclelinux"),
    ("container-registry.oracle.com/os/oraclelinux", "oraclelinux"),
    ("quay.io/centos/centos", "centos"),
    ("mcr.microsoft.com/dotnet/core/sdk", "mcr.microsoft.com/dotnet/sdk"),
    ("mcr.microsoft.com/dotnet/core/aspnet", "mcr.microsoft.com/dotnet/aspnet"),
    ("mcr.microsoft.com/dotnet/core/runtime", "mcr.microsoft.com/dotnet/runtime"),
    ("mcr.microsoft.com/dotnet/core/runtime-deps", "mcr.microsoft.com/dotnet/runtime-deps"),
    ("registry.access.redhat.com/ubi8", "redhat/ubi8"),
    ("registry.access.redhat.com/ubi8/ubi", "redhat/ubi8"),
    ("registry.access.redhat.com/ubi8/ubi-minimal", "redhat/ubi8-minimal"),
    ("registry.access.redhat.com/ubi8-minimal", "redhat/ubi8-minimal"),
    ("registry.access.redhat.com/ubi9", "redhat/ubi9"),
    ("registry.access.redhat.com/ubi9/ubi", "redhat/ubi9"),
    ("registry.access.redhat.com/ubi9/ubi-minimal", "redhat/ubi9-minimal"),
    ("registry.access.redhat.com/ubi9-minimal", "redhat/ubi9-minimal"),
];

const DISTROLESS: &str = "gcr.io/distroless/";

/// Reads a repository's name; one that is unknown stays as it is.
pub fn normalise(repository: &str) -> Name {
    let mut rest = OFFICIAL.iter().find_map(|prefix| repository.strip_prefix(prefix)).unwrap_or(repository);
    let mut platform = None;
    if let Some((short, name)) =
        PLATFORMS.iter().find_map(|(prefix, platform)| Some((rest.strip_prefix(prefix)?, platform)))
    {
        rest = short;
        platform = Some(*name);
    }
    if let Some((_, known)) = ALIASES.iter().find(|(alias, _)| *alias == rest) {
        rest = known;
    }
    let mut name = Name { repository: rest.to_string(), platform, line: None, system: None };
    if let Some(image) = rest.strip_prefix(DISTROLESS) {
        distroless(image, &mut name);
    }
    name
}

/// `nodejs20-debian12` says more than its tags do.
fn distroless(image: &str, name: &mut Name) {
    let (image, debian) = image.split_once("-debian").unwrap_or((image, ""));
    name.system = match debian {
        "11" => Some("bullseye"),
        "12" => Some("bookworm"),
        "13" => Some("trixie"),
        _ => None,
    };
    let image = image.strip_suffix("-nossl").unwrap_or(image);
    let numbered = ["nodejs", "java"].into_iter().find(|it| {
        image
            .strip_prefix(it)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    if let Some(kind) = numbered {
        name.line = Some(image[kind.len()..].to_string());
    }
    name.repository = format!("{DISTROLESS}{}", numbered.unwrap_or(image));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_image() {
        let cases = [
            ("node", "node", None),
            ("docker.io/library/node", "node", None),
            ("docker.io/node", "node", None),
            ("public.ecr.aws/docker/library/python", "python", None),
            ("arm64v8/node", "node", Some("linux/arm64")),
            ("docker.io/arm64v8/node", "node", Some("linux/arm64")),
            ("mcr.microsoft.com/dotnet/core/sdk", "mcr.microsoft.com/dotnet/sdk", None),
            ("ghcr.io/me/node", "ghcr.io/me/node", None),
            ("docker.io/oven/bun", "oven/bun", None),
            ("gcr.io/distroless/nodejs20-debian12", "gcr.io/distroless/nodejs", None),
            ("gcr.io/distroless/python3", "gcr.io/distroless/python3", None),
            ("gcr.io/distroless/static-debian12", "gcr.io/distroless/static", None),
        ];
        for (written, repository, platform) in cases {
            let name = normalise(written);
            assert_eq!((name.repository.as_str(), name.platform), (repository, platform), "{written}");
        }
        let node = normalise("gcr.io/distroless/nodejs22-debian12");
        assert_eq!((node.line.as_deref(), node.system), (Some("22"), Some("bookworm")));
    }
}
