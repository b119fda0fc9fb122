//! What is known of a base image.

use super::words::{self, code};
use crate::catalog::EndOfLife;
use crate::catalog::images::{self, Basis, Image, Os};
use crate::layers::Subject;
use crate::model::{Base, Stage};
use crate::syntax::image::ImageRef;
use std::time::{SystemTime, UNIX_EPOCH};

/// One line a kind of fact; nothing for a stage that begins with another one or with nothing.
pub(super) fn describe(subject: &Subject<'_>, stage: &Stage) -> Vec<String> {
    let Base::Image { reference, .. } = &stage.base else { return Vec::new() };
    let Some(reference) = reference.as_deref() else {
        return vec![
            "Which image it is hangs on a variable without a value, so nothing is known of it.".into(),
        ];
    };
    let image = ImageRef::parse(reference, subject.tree().escape());
    let mut facts = Vec::new();
    if image.digest().is_some() {
        facts.push("Pinned by its digest: every build begins with the same image.".to_owned());
        if image.tag().is_none() {
            facts.push(
                "A digest alone tells nothing of what is in the image; a tag before it would.".to_owned(),
            );
            return facts;
        }
    }
    match images::find(&image.familiar_name(), image.tag()) {
        Some(known) => {
            let platform = stage.platform.as_deref().filter(|platform| *platform != "linux/amd64");
            facts.extend(lines(&known, platform, &today()));
        }
        None => facts.push(format!(
            "Nothing is known of {}: it is not in the table of well-known images.",
            code(&image.familiar_name())
        )),
    }
    facts
}

/// The same for an image by its name; None where nothing is known of it.
pub(in crate::features) fn facts(repository: &str, tag: Option<&str>) -> Option<Vec<String>> {
    Some(lines(&*images::find(repository, tag)?, None, &today()))
}

/// The facts of an image on the day `today`. `platform` is what FROM asks for, where that is another than
/// linux/amd64.
fn lines(image: &Image, platform: Option<&str>, today: &str) -> Vec<String> {
    let mut lines = vec![holds(image)];
    lines.extend(size(image, platform.or(image.platform.filter(|platform| *platform != "linux/amd64"))));
    lines.push(runs(image));
    lines.extend(ends(image, today));
    lines
}

/// The software's version and the system beneath.
fn holds(image: &Image) -> String {
    let os = image.os.as_ref().map(system);
    let own = image.os.as_ref().and_then(Os::product) == Some(image.repository);
    let software = match &image.version {
        // The image is the system.
        _ if own => None,
        Some(version) if image.tag.starts_with(&**version) => Some(format!("{} {version}", image.repository)),
        Some(version) => Some(format!("{} {version} when the table was made", image.repository)),
        None => Some(format!("{}, of which version is not known", image.repository)),
    };
    match (software, os) {
        (Some(software), Some(os)) => format!("**Holds** {software}, on {os}."),
        (Some(software), None) => format!("**Holds** {software}; on which system is not known."),
        (None, os) => format!("**Holds** {}.", os.unwrap_or_default()),
    }
}

fn system(os: &Os) -> String {
    let name = match os.id {
        "debian" => "Debian",
        "ubuntu" => "Ubuntu",
        "alpine" => "Alpine",
        "fedora" => "Fedora",
        "centos" => "CentOS",
        "ol" => "Oracle Linux",
        "rhel" => "Red Hat Enterprise Linux",
        "amzn" => "Amazon Linux",
        "azurelinux" => "Azure Linux",
        "windows" => "Windows",
        other => other,
    };
    match (os.number(), &*os.release) {
        (Some(number), code_name) => format!("{name} {number} ({code_name})"),
        (None, "") => format!("{name} of unknown release"),
        (None, release) => format!("{name} {release}"),
    }
}

/// Where the number of the image's weight comes from.
fn size(image: &Image, platform: Option<&str>) -> Option<String> {
    let (figure, _) = (image.figure?, image.size?);
    let of = match figure.date {
        "-" | "" => "an image of unknown date".to_owned(),
        date => format!("an image of {date}"),
    };
    let how = match figure.basis {
        Basis::Measured => format!("measured on {of}"),
        Basis::Derived => format!("reckoned from {of}, not measured itself"),
    };
    let of = match platform {
        Some(platform) => format!("for linux/amd64; for {} it differs by some per cent", code(platform)),
        None => "for linux/amd64".to_owned(),
    };
    Some(format!("Its weight is {how}, {of}."))
}

/// Who runs, in which shell, on which C library.
fn runs(image: &Image) -> String {
    let mut facts = vec![match image.user {
        Some(user) => format!("**Runs** as {}", code(user)),
        None => "**Runs** as a user that is not known".to_owned(),
    }];
    let others: Vec<String> =
        image.users.iter().filter(|user| Some(user.name) != image.user).map(|user| code(user.name)).collect();
    if !others.is_empty() {
        facts.push(format!("user {} is there too", words::and(&others)));
    }
    facts.push(match image.shell {
        Some("") => "no shell".to_owned(),
        Some(shell) => format!("shell {}", code(shell)),
        None => "shell not known".to_owned(),
    });
    facts.push(match image.libc {
        Some("none") => "no C library".to_owned(),
        Some(libc) => libc.to_owned(),
        None => "C library not known".to_owned(),
    });
    facts.push(match image.package_manager {
        Some("none") => "no package manager".to_owned(),
        Some(manager) => format!("packages by {}", code(manager)),
        None => "package manager not known".to_owned(),
    });
    format!("{}.", facts.join("; "))
}

/// Until when the software and the system beneath get fixes.
fn ends(image: &Image, today: &str) -> Option<String> {
    let mut ends: Vec<String> = Vec::new();
    for end in image.end_of_life.iter().chain(&image.os_end_of_life) {
        let told = end_of(end, today);
        if !ends.contains(&told) {
            ends.push(told);
        }
    }
    match (ends.is_empty(), &image.line) {
        (false, _) => Some(format!("**Support:** {}.", ends.join("; "))),
        (true, Some(line)) => {
            Some(format!("**Support:** until when {} {line} is looked after is not known.", image.repository))
        }
        (true, None) => None,
    }
}

fn end_of(end: &EndOfLife, today: &str) -> String {
    let until = match end.ended(today) {
        true => format!("{} {} ended {}", end.product, end.cycle, end.date),
        false => format!("{} {} until {}", end.product, end.cycle, end.date),
    };
    match end.extended {
        Some(extended) if end.ended(today) && extended > today => {
            format!("{until}, with extended support until {extended}")
        }
        _ => until,
    }
}

/// The day by this machine's clock in UTC, as `2026-11-22`; the epoch where the clock stands before it.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    day(seconds / 86_400)
}

/// The date of a day counted from 1970-01-01. Source: H. Hinnant, chrono-compatible low-level date algorithms,
/// `civil_from_days`: eras of 400 years that begin on a first of March.
fn day(days: u64) -> String {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_calendars_do() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_573, "2026-04-30"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(day(days), date, "{days}");
        }
    }

    #[test]
    fn an_end_is_told_by_the_day() {
        let node = images::find("node", Some("20-alpine")).unwrap();
        let told = |today| ends(&node, today).unwrap();
        assert!(told("2026-04-29").starts_with("**Support:** node 20 until 2026-04-30; alpine "));
        assert!(told("2026-04-30").starts_with("**Support:** node 20 ended 2026-04-30; alpine "));
    }

    #[test]
    fn facts_are_told_and_what_is_unknown_is_said() {
        let told = |repository, tag| {
            lines(&images::find(repository, Some(tag)).unwrap(), None, "2026-01-01").join("\n")
        };
        let node = told("node", "20.11.1-bookworm-slim");
        for words in [
            "**Holds** node 20.11.1, on Debian 12 (bookworm).",
            "**Runs** as `root`; user `node` is there too; shell `/bin/sh`; glibc; packages by `apt`.",
            "for linux/amd64.",
        ] {
            assert!(node.contains(words), "{words:?} is missing in:\n{node}");
        }
        assert!(told("alpine", "3.22").contains("**Holds** Alpine 3.22."), "{}", told("alpine", "3.22"));
        let bare = told("gcr.io/distroless/static-debian12", "latest");
        assert!(bare.contains("no shell"), "{bare}");
        let other = images::find("arm64v8/node", Some("22")).unwrap();
        let other = lines(&other, None, "2026-01-01").join("\n");
        assert!(other.contains("for `linux/arm64` it differs"), "{other}");
    }
}
