use super::{Chart, Shades, chart, html, svg};
use crate::context::{Memory, Request, View};
use crate::layers::{Basis, Change, Plan, Scenario, Size, Subject, changed_by};
use crate::model::Model;
use crate::syntax::parse;
use std::sync::Arc;

const TWO_STAGES: &str = "\
FROM node:20-alpine AS builder
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && echo \"a < b && c\"

FROM node:20-alpine
COPY --from=builder /app/dist /srv
CMD [\"node\", \"/srv/index.js\"]
";

/// Lines of [`TWO_STAGES`] and what they weigh.
const KNOWN: [(u32, u64); 5] =
    [(1, 135_000_000), (4, 410_000_000), (6, 90_000_000), (8, 135_000_000), (9, 38_000_000)];

/// The chart of a Dockerfile in a small project, with the weights of some lines set.
fn sample(dockerfile: &str, sizes: &[(u32, u64)]) -> Chart {
    let mut files = Memory::new();
    for (path, text) in [("package.json", "{}"), ("package-lock.json", "{}"), ("src/a.ts", "1;\n")] {
        files.insert(&format!("/app/{path}"), text);
    }
    files.insert("/app/Dockerfile", dockerfile);
    let request = Request::new(Some("/app/Dockerfile".into()), Some("/app".into()));
    let view = View::gather(&files, &request).unwrap();
    let model = Model::new(Arc::new(parse(dockerfile).0));
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
    let column = |path: &str| Scenario {
        change: path.to_owned(),
        changes: vec![Change::File(path.to_owned())],
        runs_again: changed_by(&subject, &[Change::File(path.to_owned())]),
    };
    let mut made = chart(&subject, "Dockerfile", &[column("src/a.ts"), column("package-lock.json")]);
    for step in made.stages.iter_mut().flat_map(|stage| &mut stage.steps) {
        if let Some((_, bytes)) = sizes.iter().find(|(line, _)| *line == step.line) {
            step.size = Some(Size {
                low: bytes - bytes / 10,
                likely: *bytes,
                high: bytes + bytes / 10,
                basis: Basis::Lockfile,
            });
        }
    }
    made.recount();
    made
}

#[test]
fn the_picture_is_sound_xml_that_fetches_nothing() {
    let chart = sample(TWO_STAGES, &KNOWN);
    let drawn = svg(&chart, Shades::Follow);
    let document = roxmltree::Document::parse(&drawn).unwrap();
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    assert_eq!(drawn.matches("http").count(), 1, "the name space only");
    // What the command line says is shown as it is written.
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.contains(&"RUN npm run build && echo \"a < b && c\""), "{texts:?}");
}

#[test]
fn the_picture_says_in_words_what_it_shows() {
    let drawn = svg(&sample(TWO_STAGES, &KNOWN), Shades::Follow);
    let document = roxmltree::Document::parse(&drawn).unwrap();
    let words = document.descendants().find(|node| node.has_tag_name("desc")).unwrap().text().unwrap();
    insta::assert_snapshot!(words);
}

#[test]
fn bars_are_to_scale() {
    let drawn = svg(&sample(TWO_STAGES, &KNOWN), Shades::Follow);
    let document = roxmltree::Document::parse(&drawn).unwrap();
    let width = |title: &str| -> f64 {
        let holds = |node: &roxmltree::Node<'_, '_>| {
            node.has_tag_name("rect")
                && node.children().any(|child| child.text().is_some_and(|text| text.starts_with(title)))
        };
        document.descendants().find(holds).unwrap().attribute("width").unwrap().parse().unwrap()
    };
    // One pixel stands between two layers.
    let (install, build) = (width("line 4: RUN npm ci") + 1.0, width("line 6: RUN npm run build") + 1.0);
    assert!((install / build - 410.0 / 90.0).abs() < 0.05, "{install} to {build}");
}

#[test]
fn what_is_not_known_is_not_drawn_as_a_number() {
    let chart = sample(&TWO_STAGES.replace("node:20-alpine", "registry.example.org/own"), &[]);
    assert_eq!(chart.image.words(), "weight not known");
    let drawn = svg(&chart, Shades::Follow);
    // Both bases, the build, and what is copied of it.
    assert_eq!(drawn.matches(">weight not known</text>").count(), 4, "{drawn}");
}

#[test]
fn the_page_has_the_numbers_as_a_table() {
    let one = "FROM node:20-alpine\nCOPY . .\nRUN npm install\n";
    let single = sample(one, &[(1, 135_000_000), (3, 520_000_000)]);
    let page = html(&sample(TWO_STAGES, &KNOWN).with_before(single), Shades::Follow);
    for expected in [
        "<p>The image: ≈ 173 MB (156 MB to 190 MB). Before, with Dockerfile: ≈ 655 MB (590 MB to 721 MB).</p>",
        "<td><code>RUN npm ci</code></td><td class=\"n\">410 MB (369 MB to 451 MB)</td><td>the lockfile</td><td>kept</td><td>runs again</td>",
        "&amp;&amp; echo &quot;a &lt; b &amp;&amp; c&quot;",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    assert!(!page.contains("<script") && !page.contains("src="));
}

#[test]
fn light_and_dark_can_be_chosen() {
    let chart = sample(TWO_STAGES, &KNOWN);
    let [follow, light, dark] =
        [Shades::Follow, Shades::Light, Shades::Dark].map(|shades| html(&chart, shades));
    assert!(follow.contains("prefers-color-scheme"));
    assert!(!light.contains("#0d1117"));
    assert!(dark.contains("#0d1117") && !dark.contains("prefers-color-scheme"));
}
