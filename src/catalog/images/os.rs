//! The systems that images stand on.

/// A distribution and its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// As os-release's ID has it: `debian`, `alpine`, `ubuntu`, `ol`, `rhel`, `amzn`, `fedora`, `azurelinux`,
    /// `windows`.
    pub id: &'static str,
    /// `bookworm`, `3.23`, `noble`; empty where only the distribution is known.
    pub release: String,
}

/// Debian's releases. Source: Debian, distribution-info.
const DEBIAN: &[(&str, &str)] = &[
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("sid", ""),
    ("experimental", ""),
];

/// Ubuntu's releases that images are made of. Source: Ubuntu, distribution-info.
const UBUNTU: &[(&str, &str)] = &[
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
];

/// Words that begin the names of other systems in tags.
const OTHERS: &[(&str, &str)] = &[
    ("alpine", "alpine"),
    ("amazonlinux", "amzn"),
    ("al", "amzn"),
    ("azurelinux", "azurelinux"),
    ("cbl", "azurelinux"),
    ("fedora", "fedora"),
    ("oraclelinux", "ol"),
    ("oracle", "ol"),
    ("ubi", "rhel"),
    ("centos", "centos"),
    ("windowsservercore", "windows"),
    ("nanoserver", "windows"),
];

impl System {
    /// By the word that tags use: `bookworm`, `debian`, `alpine3.23`, `noble`, `ubi9`, `oraclelinux9`.
    pub fn named(word: &str) -> Option<Self> {
        let of = |id, release: &str| Some(Self { id, release: release.to_string() });
        if word == "debian" || word == "ubuntu" {
            return of(if word == "debian" { "debian" } else { "ubuntu" }, "");
        }
        if DEBIAN.iter().any(|(name, _)| *name == word) {
            return of("debian", word);
        }
        if UBUNTU.iter().any(|(name, _)| *name == word) {
            return of("ubuntu", word);
        }
        OTHERS.iter().find_map(|(prefix, id)| {
            let release = word.strip_prefix(prefix)?;
            let numbers = release.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            (numbers && (*prefix != "al" || release.len() == 4)).then(|| of(id, release)).flatten()
        })
    }

    /// The release as a number, where it goes by a code name: `12` for bookworm.
    pub fn number(&self) -> Option<&'static str> {
        let table = match self.id {
            "debian" => DEBIAN,
            "ubuntu" => UBUNTU,
            _ => return None,
        };
        table
            .iter()
            .find(|(name, _)| *name == self.release)
            .map(|(_, number)| *number)
            .filter(|it| !it.is_empty())
    }

    /// The release of Debian or Ubuntu with a number: `bookworm` for `12` and `12.5`.
    pub fn numbered(repository: &str, number: &str) -> Option<Self> {
        let (id, table) = match repository {
            "debian" => ("debian", DEBIAN),
            "ubuntu" => ("ubuntu", UBUNTU),
            _ => return None,
        };
        let wanted = if id == "debian" { number.split('.').next()? } else { number };
        let (name, _) = table.iter().find(|(_, known)| !known.is_empty() && *known == wanted)?;
        Some(Self { id, release: (*name).to_string() })
    }

    /// The name in the table of ends.
    pub fn product(&self) -> Option<&'static str> {
        Some(match self.id {
            "debian" => "debian",
            "ubuntu" => "ubuntu",
            "alpine" => "alpine",
            "amzn" => "amazonlinux",
            "ol" => "oraclelinux",
            "rhel" => "rhel",
            "fedora" => "fedora",
            "centos" => "centos",
            _ => return None,
        })
    }

    /// As the table of sizes writes it: `bookworm`, `alpine3.23`, `oraclelinux9`.
    pub fn key(&self) -> String {
        match self.id {
            "debian" | "ubuntu" => self.release.clone(),
            "amzn" => format!("amazonlinux{}", self.release),
            "ol" => format!("oraclelinux{}", self.release),
            id => format!("{id}{}", self.release),
        }
    }
}
