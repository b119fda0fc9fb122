//! FROM: the layers of the base image.

use super::{Part, What};
use crate::catalog::{apt, images};
use crate::context::lock_graph::Target;
use crate::layers::{Basis, Size};
use crate::model::{Base, Model, Stage};
use crate::syntax::image::ImageRef;

/// What a stage stands on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ground {
    pub size: Option<Size>,
    /// Debian's, Ubuntu's or Alpine's release, and which of them it is.
    pub os: &'static str,
    pub release: String,
    pub apt: apt::Base,
    pub slim: bool,
    /// Packages of the system that are there, beyond the usual, and those that steps added.
    pub packages: Vec<String>,
    /// `glibc` or `musl`
    libc: Option<&'static str>,
    /// Node.js's word for the processor: that of the platform that FROM names.
    cpu: Option<&'static str>,
}

impl Ground {
    /// What packages of the JavaScript world are installed for.
    pub fn target(&self) -> Target<'static> {
        Target { os: "linux", cpu: self.cpu.unwrap_or("x64"), libc: self.libc }
    }
}

pub(super) fn ground(model: &Model, stage: &Stage, reference: Option<&str>) -> Ground {
    let Some(reference) = reference else { return Ground::default() };
    let image = ImageRef::parse(reference, model.tree().escape());
    let tag = image.tag();
    // A digest without a tag is some image of that name, not the latest.
    let named = tag.is_some() || image.digest().is_none();
    let known = if named { images::find(&image.familiar_name(), tag) } else { None };
    let platform = stage.platform.as_deref().unwrap_or_default();
    let cpu = match platform.split('/').nth(1) {
        Some("arm64" | "aarch64") => Some("arm64"),
        Some("arm") => Some("arm"),
        _ => None,
    };
    let musl = tag.is_some_and(|tag| tag.contains("alpine")) || image.path().ends_with("alpine");
    let Some(known) = known else {
        return Ground { libc: musl.then_some("musl"), cpu, ..Ground::default() };
    };
    // The tables are of linux/amd64; other platforms differ by some per cent.
    let off = if cpu.is_some() { 10 } else { 0 };
    Ground {
        size: known
            .size
            .map(|bytes| Size::of(if off > 0 { bytes.widened(off) } else { bytes }, Basis::Table)),
        os: known.os.as_ref().map_or("", |os| os.id),
        release: known.os.as_ref().map_or_else(String::new, |os| os.release.clone()),
        apt: known.apt.unwrap_or_default(),
        slim: tag.is_some_and(|tag| tag.contains("slim")),
        packages: known.packages.iter().map(|name| (*name).to_owned()).collect(),
        libc: known.libc.or(musl.then_some("musl")),
        cpu,
    }
}

pub(super) fn parts(stage: &Stage, ground: &Ground) -> Vec<Part> {
    match &stage.base {
        // Its layers are those of the other stage, and counted there.
        Base::Stage(_) | Base::Scratch => Vec::new(),
        Base::Image { written, reference } => {
            let image = reference.as_ref().unwrap_or(written).to_string();
            vec![Part { what: What::Base { image }, size: ground.size }]
        }
    }
}
