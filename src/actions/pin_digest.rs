//! A digest for a base image, where the file itself knows one.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::model::Base;
use crate::rules::pinned_image;
use crate::syntax::Keyword;
use crate::syntax::instruction::from;

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "pin-digest",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS b\nFROM <|>node:22 AS c\n",
            "Pin the image to the digest of line 1 (the tag may have moved on since)",
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS b\nFROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS c\n",
        ),
        Example::nothing("FROM <|>node:22\n"),
        Example::nothing(
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nFROM <|>node:20\n",
        ),
        // A digest may be that of one platform.
        Example::nothing(
            "FROM --platform=linux/amd64 node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS b\nFROM <|>--platform=linux/arm64 node:22\n",
        ),
        Example::nothing(
            "FROM --platform=linux/amd64 node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS b\nFROM <|>node:22\n",
        ),
        // Which one is meant?
        Example::nothing(
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS b\nFROM node:22@sha256:f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS c\nFROM <|>node:22\n",
        ),
    ],
};

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let image =
        from(place.instruction).filter(|_| place.instruction.keyword == Keyword::From && place.is_within());
    let stage =
        place.model().stage_of(place.id).is_some_and(|stage| matches!(stage.base, Base::Image { .. }));
    let pinned = image.filter(|_| stage).and_then(|_| pinned_image(place.tree(), place.instruction));
    let offer = pinned.map(|(other, edit)| {
        let line = other.first_line;
        let title = format!("Pin the image to the digest of line {line} (the tag may have moved on since)");
        Offer::new(title, vec![edit])
    });
    offer.into_iter().collect()
}
