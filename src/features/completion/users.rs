use super::place::Place;
use super::{CompletionKind, Completions};
use crate::model::Base;
use crate::rules;
use crate::syntax::Keyword;
use crate::text::Span;

/// Users, or behind a `:` groups: those that the stage made, those of the base image, those that the file names as
/// users of it, and root.
pub(super) fn complete(place: &Place<'_>, typed: &str, list: &mut Completions) {
    let (user, part) = typed.rsplit_once(':').map_or((None, typed), |(user, group)| (Some(user), group));
    if part.contains(['"', '\'']) {
        return;
    }
    let model = place.snapshot.model();
    let Some(stage) = model.stage_of(place.id) else { return };
    let pairs = place.keyword != Keyword::User && user.is_none();
    let mut offer = Offer { list, span: place.span_back(part.len(), &[':', '"', '\'']), user, pairs };

    let tree = place.snapshot.tree();
    let line = |id| tree.instruction(id).map_or(0, |it| it.first_line);
    let made = rules::made_users(model, stage, place.id);
    let mut users: Vec<_> = made.users.iter().collect();
    // Of several the last is mostly meant, and of groups that of the user.
    users.sort_by_key(|made| std::cmp::Reverse(made.site.id));
    users.sort_by_key(|made| Some(&*made.name) != user);
    for made in users {
        let detail = format!("made on line {}", line(made.site.id));
        offer.add(&made.name, made.group.as_deref(), &detail);
    }
    for (by, group) in &made.groups {
        offer.group(group, &format!("made on line {}", line(*by)));
    }

    let known = rules::base_image(model, stage);
    for user in known.iter().flat_map(|image| &image.users) {
        offer.add(user.name, Some(user.name), &format!("user {} of the base image", user.uid));
    }
    if let Some(name) = known.as_ref().and_then(|image| image.user).filter(|name| *name != "root") {
        offer.add(name, Some(name), "the base image's user");
    }
    // What the file itself calls a user of this image is known to be one.
    let image = |base: &Base| match base {
        Base::Image { written, .. } => Some(written.to_string()),
        Base::Scratch | Base::Stage(_) => None,
    };
    let root = image(model.root(stage));
    for (id, instruction) in tree.numbered().filter(|(_, it)| it.keyword == Keyword::User) {
        let Some(word) = instruction.args.first().filter(|_| id != place.id) else { continue };
        let other = model.stage_of(id);
        let is_ours = other.is_some_and(|other| {
            model.with_bases(stage).any(|base| base.index == other.index)
                // Whoever a command of another stage made is there alone.
                || image(model.root(other)) == root
                    && !rules::made_users(model, other, id).users.iter().any(|made| names(&word.text, &made.name))
        });
        let (name, group) =
            word.text.split_once(':').map_or((&*word.text, None), |(name, group)| (name, Some(group)));
        let group = group.filter(|group| is_plain(group));
        if is_ours && is_plain(name) && name != "root" {
            offer.add(name, group, &format!("as on line {}", instruction.first_line));
        }
    }
    offer.add("root", Some("root"), "user 0");
    let Offer { list, span, .. } = offer;
    list.add("1000", CompletionKind::User, span).detail("by number, which needs no entry in /etc/passwd");
}

/// Whether the argument of a USER names this user.
fn names(argument: &str, user: &str) -> bool {
    argument.split(':').next() == Some(user)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// What is offered where the caret stands.
struct Offer<'o> {
    list: &'o mut Completions,
    span: Span,
    /// Before a `:`; None where the user itself is being written.
    user: Option<&'o str>,
    /// Whether a user is offered with the group too.
    pairs: bool,
}

impl Offer<'_> {
    fn add(&mut self, name: &str, group: Option<&str>, detail: &str) {
        if self.user.is_some() {
            if let Some(group) = group {
                self.group(group, detail);
            }
            return;
        }
        if let Some(group) = group.filter(|_| self.pairs) {
            self.list.add(format!("{name}:{group}"), CompletionKind::User, self.span).detail(detail);
        }
        self.list.add(name, CompletionKind::User, self.span).detail(detail);
    }

    fn group(&mut self, name: &str, detail: &str) {
        if self.user.is_some() {
            self.list.add(name, CompletionKind::User, self.span).detail(detail);
        }
    }
}
