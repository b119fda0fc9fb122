use super::*;
use crate::model::Model;
use crate::syntax::parse as parse_dockerfile;
use std::sync::Arc;

macro_rules! fixture {
    ($path:literal) => {
        include_str!(concat!("../../../fixtures/record/", $path))
    };
}

const STAGES: &str = fixture!("stages/Dockerfile");

fn model(dockerfile: &str) -> Model {
    Model::new(Arc::new(parse_dockerfile(dockerfile).0))
}

/// What the log says of each line of the Dockerfile, as `line outcome seconds`.
#[track_caller]
fn of_lines(dockerfile: &str, log: &str) -> Vec<String> {
    let model = model(dockerfile);
    let record = parse(log).unwrap_or_else(|why| panic!("{why}"));
    let aligned = align(&record, &model).unwrap_or_else(|why| panic!("{why}"));
    let line = |id| model.tree().instruction(id).map_or(0, |instruction| instruction.first_line);
    aligned
        .into_iter()
        .map(|(id, one)| {
            let seconds = one.seconds.map_or_else(|| "?".to_owned(), |seconds| format!("{seconds:.1}"));
            format!("{} {} {seconds}", line(id), one.outcome.as_str())
        })
        .collect()
}

#[track_caller]
fn refused(dockerfile: &str, log: &str) -> String {
    let record = parse(log).unwrap_or_else(|why| panic!("{why}"));
    match align(&record, &model(dockerfile)) {
        Ok(aligned) => panic!("{} steps were given a place", aligned.len()),
        Err(why) => why.to_string(),
    }
}

/// Three steps of the last stage aren't in the log: it shares FROM and a WORKDIR with the first stage, and the
/// WORKDIR of the root makes nothing.
#[test]
fn a_cold_build_has_its_times_on_the_lines() {
    let plain = of_lines(STAGES, fixture!("stages/cold.plain.log"));
    assert_eq!(
        plain,
        [
            "2 cached 0.0",
            "3 done 0.4",
            "4 done 0.1",
            "5 done 2.6",
            "12 done 0.0",
            "13 done 1.5",
            "18 done 0.7",
            "19 done 0.4",
            "20 done 0.7"
        ]
    );
}

#[test]
fn both_forms_tell_the_same_lines() {
    let line = |told: &String| told.split(' ').next().map(str::to_owned);
    let lines = |log| of_lines(STAGES, log).iter().map(line).collect::<Vec<_>>();
    assert_eq!(lines(fixture!("stages/cold.rawjson.log")), lines(fixture!("stages/cold.plain.log")));
    assert_eq!(lines(fixture!("stages/warm.rawjson.log")), lines(fixture!("stages/warm.plain.log")));
}

#[test]
fn what_a_warm_build_found_in_the_cache_is_cached() {
    for log in [fixture!("stages/warm.plain.log"), fixture!("stages/warm.rawjson.log")] {
        let told = of_lines(STAGES, log);
        assert_eq!(told.len(), 9, "{told:#?}");
        // The base image's own end is DONE or CACHED.
        assert!(told[1..].iter().all(|one| one.ends_with(" cached 0.0")), "{told:#?}");
    }
}

#[test]
fn a_failing_build_says_where_and_what_was_stopped() {
    let dockerfile = fixture!("failing/Dockerfile");
    let plain = of_lines(dockerfile, fixture!("failing/cold.plain.log"));
    assert_eq!(plain, ["2 canceled ?", "4 cached 0.0", "5 done 0.2", "6 failed ?"]);
    let raw = of_lines(dockerfile, fixture!("failing/cold.rawjson.log"));
    let told: Vec<&str> = raw.iter().map(|one| one.rsplit_once(' ').map_or("", |(told, _)| told)).collect();
    assert_eq!(told[told.len() - 3..], ["4 cached", "5 done", "6 failed"], "{raw:#?}");
    assert!(raw.contains(&"2 canceled ?".to_owned()), "{raw:#?}");
}

/// The triggers of ONBUILD are counted before the stage's own steps.
#[test]
fn steps_of_onbuild_are_not_the_stages_own() {
    let dockerfile = fixture!("onbuild/Dockerfile");
    let plain = of_lines(dockerfile, fixture!("onbuild/cold.plain.log"));
    let lines: Vec<&str> = plain.iter().filter_map(|one| one.split(' ').next()).collect();
    assert_eq!(lines, ["2", "4", "9", "10", "13"]);
}

const NEXT: &str = "FROM node:20-alpine\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\n";

#[test]
fn a_file_with_one_stage_has_only_numbers() {
    let log = "#5 [1/4] FROM docker.io/library/node:20-alpine@sha256:0011\n#5 DONE 3.1s\n\
               #6 [2/4] WORKDIR /app\n#6 DONE 0.1s\n#7 [3/4] COPY package.json ./\n#7 DONE 0.0s\n\
               #8 [4/4] RUN npm ci\n#8 1.204 added 340 packages\n#8 DONE 12.5s\n";
    assert_eq!(of_lines(NEXT, log), ["1 done 3.1", "2 done 0.1", "3 done 0.0", "4 done 12.5"]);
}

#[test]
fn a_step_that_is_interrupted_ends_later() {
    let log = "#8 [4/4] RUN npm ci\n#8 ...\n\n#9 [internal] load something\n#9 DONE 0.1s\n\n\
               #8 [4/4] RUN npm ci\n#8 9.1 DONE 1.0s\n#8 9.2 #8 CACHED\n#8 DONE 12.5s\n";
    assert_eq!(of_lines(NEXT, log), ["4 done 12.5"]);
}

#[test]
fn the_last_end_of_a_step_counts() {
    let log = "#5 [1/4] FROM docker.io/library/node:20-alpine\n#5 resolve docker.io/library/node 0.1s done\n\
               #5 DONE 0.1s\n\n#5 [1/4] FROM docker.io/library/node:20-alpine\n#5 extracting sha256:00 1.1s \
               done\n#5 DONE 4.2s\n";
    assert_eq!(of_lines(NEXT, log), ["1 done 4.2"]);
}

#[test]
fn a_log_that_ends_early_leaves_its_step_unfinished() {
    assert_eq!(of_lines(NEXT, "#8 [4/4] RUN npm ci\n#8 1.2 added"), ["4 unfinished ?"]);
}

#[test]
fn colours_stamps_and_line_ends_of_a_ci_service_are_no_hindrance() {
    let logs = [
        "2026-11-22T19:09:10.2017526Z #8 [4/4] RUN npm ci\r\n2026-11-22T19:09:22.7017526Z #8 DONE 12.5s\r\n",
        "build\tBuild image\t2026-11-22T19:09:10.20Z #8 [4/4] RUN npm ci\nbuild\tBuild image\t\
         2026-11-22T19:09:22.70Z #8 DONE 12.5s\n",
        "[2026-11-22T19:09:10.201Z] #8 [4/4] RUN npm ci\n[2026-11-22T19:09:22.701Z] #8 DONE 12.5s\n",
        "2026-11-22 19:09:10 #8 [4/4] RUN npm ci\n2026-11-22 19:09:22 #8 DONE 12.5s\n",
        "2026-11-22T19:09:10.201Z 01O #8 [4/4] RUN npm ci\n2026-11-22T19:09:22.701Z 01E #8 DONE 12.5s\n",
        "\u{1b}[1m#8 [4/4] RUN npm ci\u{1b}[0m\n\u{1b}[32m#8 DONE 12.5s\u{1b}[0;1m\n",
        "\u{1b}_bk;t=1700000000\u{7}#8 [4/4] RUN npm ci\nprogress\r#8 DONE 12.5s\n",
        "{\"stage\":\"not a build's\"}\n#8 [4/4] RUN npm ci\nsomething else\n#8 DONE 12.5s\n",
    ];
    for log in logs {
        assert_eq!(of_lines(NEXT, log), ["4 done 12.5"], "{log:?}");
    }
}

#[test]
fn a_target_of_compose_or_bake_stands_before_the_stage() {
    let log = "#1 [web internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\
               #8 [web 4/4] RUN npm ci\n#8 DONE 12.5s\n#9 [api 2/2] RUN go build\n#9 DONE 2.0s\n";
    assert_eq!(of_lines(NEXT, log), ["4 done 12.5"]);
    let stages = "FROM a AS deps\nRUN npm ci\nFROM b\nRUN npm run build\n";
    let log =
        "#8 [web deps 2/2] RUN npm ci\n#8 DONE 1.5s\n#9 [web stage-1 2/2] RUN npm run build\n#9 CACHED\n";
    assert_eq!(of_lines(stages, log), ["2 done 1.5", "4 cached 0.0"]);
}

#[test]
fn one_log_of_bake_serves_each_of_its_targets() {
    let line = |told: &String| told.split(' ').next().map(str::to_owned);
    for log in [fixture!("bake/cold.plain.log"), fixture!("bake/cold.rawjson.log")] {
        let lines = |dockerfile| of_lines(dockerfile, log).iter().filter_map(line).collect::<Vec<_>>();
        // What they share, the base image, is named as in one of them, and labelled as both or one.
        assert!(lines(fixture!("bake/Dockerfile")).ends_with(&["2", "3", "4"].map(str::to_owned)));
        assert!(lines(STAGES).ends_with(&["3", "4", "5", "12", "13", "18", "19", "20"].map(str::to_owned)));
        assert!(refused(fixture!("failing/Dockerfile"), log).starts_with("it builds a stage `"));
    }
}

/// As Bake prints it: the base image that both targets are built on is named as in one of them, and labelled as
/// the other.
#[test]
fn what_targets_share_is_taken_from_none() {
    let stages = "FROM a AS deps\nRUN npm ci\nFROM b\nRUN npm run build\n";
    let log = "#2 [web internal] load .dockerignore\n#2 DONE 0.0s\n#3 [api internal] load .dockerignore\n\
               #3 DONE 0.0s\n#4 [web 1/4] FROM docker.io/library/a\n#4 DONE 0.0s\n\
               #5 [web deps 2/2] RUN npm ci\n#5 DONE 2.0s\n#6 [api 4/4] RUN npm ci\n#6 DONE 3.0s\n\
               #7 [web stage-1 2/2] RUN npm run build\n#7 DONE 1.0s\n#8 [api deps 1/2] FROM docker.io/library/c\n\
               #8 DONE 0.0s\n";
    assert_eq!(of_lines(stages, log), ["2 done 2.0", "4 done 1.0"]);
    assert_eq!(of_lines(NEXT, log), ["4 done 3.0"]);
    assert_eq!(
        refused("FROM a\nRUN x\n", log),
        "its stage has 4 steps that make a layer, where 2 are written"
    );
}

#[test]
fn the_slowest_platform_counts() {
    let log = "#8 [linux/amd64 4/4] RUN npm ci\n#8 CACHED\n#9 [linux/arm64 4/4] RUN npm ci\n#9 DONE 80.0s\n";
    assert_eq!(of_lines(NEXT, log), ["4 done 80.0"]);
    let cross = "FROM a AS build\nRUN make\nFROM b\nCOPY --from=build /o /o\n";
    let log = "#8 [linux/amd64->arm64 build 2/2] RUN make\n#8 DONE 3.0s\n#9 [linux/arm64 stage-1 2/2] COPY \
               --from=build /o /o\n#9 DONE 1.0s\n";
    assert_eq!(of_lines(cross, log), ["2 done 3.0", "4 done 1.0"]);
}

#[test]
fn of_several_builds_the_last_one_that_fits_counts() {
    let one = "#0 building with \"default\" instance\n#1 [4/4] RUN npm ci\n#1 DONE 9.0s\n";
    let two = "#0 building with \"default\" instance\n#1 [4/4] RUN npm ci\n#1 CACHED\n";
    let other = "#0 building with \"default\" instance\n#1 [2/2] RUN go build\n#1 DONE 1.0s\n";
    assert_eq!(of_lines(NEXT, &format!("{one}{two}")), ["4 cached 0.0"]);
    assert_eq!(of_lines(NEXT, &format!("{one}{other}")), ["4 done 9.0"]);
    // Without a line that says so, the numbers begin anew.
    let log =
        "#1 [4/4] RUN npm ci\n#1 DONE 9.0s\n#2 exporting to image\n#1 [2/2] RUN go build\n#1 DONE 1.0s\n";
    assert_eq!(of_lines(NEXT, log), ["4 done 9.0"]);
}

#[test]
fn variables_quotes_and_continuations_are_written_otherwise() {
    let dockerfile = "ARG V=20\nFROM node:$V AS a\nARG DIR=/srv\nWORKDIR $DIR/app\nCOPY [\"a b\", \"c\"]\nRUN echo \
                      \"$HOME ${DIR}\" \\\n    # a comment\n    && ls   $(pwd)\n";
    let log = "#4 [1/4] FROM docker.io/library/node:22@sha256:00\n#4 DONE 1.0s\n#5 [2/4] WORKDIR /srv/app\n\
               #5 DONE 0.1s\n#6 [3/4] COPY [a b, c]\n#6 DONE 0.1s\n\
               #7 [4/4] RUN echo \"$HOME /srv\"     && ls   $(pwd)\n#7 DONE 0.5s\n";
    assert_eq!(of_lines(dockerfile, log), ["2 done 1.0", "4 done 0.1", "5 done 0.1", "6 done 0.5"]);
}

/// `--build-context node:20-alpine=…` puts something else in FROM's place, which then has no number.
#[test]
fn a_base_that_was_replaced_has_no_step() {
    let log = "#4 [context node:20-alpine] docker.io/library/debian:12\n#4 CACHED\n#5 [1/4] WORKDIR /app\n\
               #5 DONE 0.1s\n#6 [2/4] COPY package.json ./\n#6 DONE 0.0s\n#7 [3/4] RUN npm ci\n#7 DONE 9.0s\n";
    assert_eq!(of_lines(NEXT, log), ["2 done 0.1", "3 done 0.0", "4 done 9.0"]);
}

#[test]
fn nothing_of_another_dockerfile_is_given_a_place() {
    let cases = [
        // Another command, another place, another number of steps, another base, another stage.
        (
            "#6 [2/4] WORKDIR /app\n#6 DONE 0.1s\n#8 [4/4] RUN npm install\n#8 DONE 1.0s\n",
            "its step `[4/4] RUN npm install` stands where line 4 is `RUN npm ci`",
        ),
        (
            "#8 [3/4] RUN npm ci\n#8 DONE 1.0s\n",
            "its step `[3/4] RUN npm ci` stands where line 3 is `COPY package.json ./`",
        ),
        (
            "#8 [4/5] RUN npm ci\n#8 DONE 1.0s\n",
            "its stage has 5 steps that make a layer, where 4 are written",
        ),
        (
            "#8 [1/4] FROM docker.io/library/node:22-alpine\n#8 DONE 1.0s\n",
            "its step `[1/4] FROM docker.io/library/node:22-alpine` stands where line 1 is `FROM node:20-alpine`",
        ),
    ];
    for (log, why) in cases {
        assert_eq!(refused(NEXT, log), why);
    }
    let stages = "FROM a AS deps\nRUN npm ci\nFROM b\nRUN npm run build\n";
    assert_eq!(
        refused(stages, "#8 [builder 2/2] RUN npm ci\n#8 DONE 1.0s\n"),
        "it builds a stage `builder`, which isn't there"
    );
    // A stage of another file is the same, but for its name.
    let log = "#1 [internal] load .dockerignore\n#1 DONE 0.0s\n#8 [deps 4/4] RUN npm ci\n#8 DONE 1.0s\n";
    assert_eq!(refused(NEXT, log), "it builds a stage `deps`, which isn't there");
    assert_eq!(
        refused(NEXT, fixture!("stages/cold.plain.log")),
        "it builds a stage `builder`, which isn't there"
    );
    let why = refused(STAGES, fixture!("failing/cold.rawjson.log"));
    assert_eq!(why, "it builds a stage `broken`, which isn't there");
}

#[test]
fn what_is_no_log_is_said_to_be_none() {
    assert_eq!(parse(""), Err(NoRecord::NotALog));
    assert_eq!(parse("FROM node\nRUN npm ci\n"), Err(NoRecord::NotALog));
    assert_eq!(parse("{\"a\": [1]}\n[1]\nnull\n"), Err(NoRecord::NotALog));
    assert_eq!(parse("{\"vertexes\":[]}\n"), Err(NoRecord::NoSteps));
    assert_eq!(parse("#1 [internal] load .dockerignore\n#1 DONE 0.0s\n"), Err(NoRecord::NoSteps));
    let drawn = "[+] Building 12.3s (9/9) FINISHED\n => CACHED [2/4] WORKDIR /app      0.0s\n";
    assert_eq!(parse(drawn), Err(NoRecord::Drawn));
}

#[test]
fn broken_lines_cost_nothing_but_themselves() {
    let log = "#\n# \n#x y\n#99999999999 [1/1] RUN a\n#8 [0/4] RUN a\n#8 [5/4] RUN a\n#8 [/] RUN a\n#8 [\n#8 DONE\n\
               #9 [4/4] RUN npm ci\n#9 DONE infs\n#9 DONE 1.0s\n{\"vertexes\":[{\n";
    assert_eq!(of_lines(NEXT, log), ["4 done 1.0"]);
}

/// What a command prints is no progress of this build, however much it looks like that.
#[test]
fn a_build_inside_of_a_build_is_its_output() {
    let inner = "{\"vertexes\":[{\"digest\":\"d\",\"name\":\"[1/1] RUN x\"}]}";
    let log = format!(
        "#8 [4/4] RUN npm ci\n#8 0.1 #4 [3/4] COPY x y\n#8 0.2 #8 DONE 0.1s\n#8 0.3 {inner}\n#8 DONE 9.0s\n"
    );
    assert_eq!(of_lines(NEXT, &log), ["4 done 9.0"]);
}

proptest::proptest! {
    /// Whatever is done to a log, the answer is one.
    #[test]
    fn no_log_is_too_broken(cut in 0_usize..1200, put in "[#0-9\\[\\]/ \\r\\n\\t\u{1b}\"{}$.a-zA-Z]{0,12}", of in 0_usize..4) {
        let logs = [
            fixture!("stages/cold.plain.log"),
            fixture!("failing/cold.rawjson.log"),
            fixture!("onbuild/cold.plain.log"),
            fixture!("stages/warm.rawjson.log"),
        ];
        let log = logs[of];
        let cut = (0..=cut.min(log.len())).rev().find(|at| log.is_char_boundary(*at)).unwrap_or(0);
        let broken = format!("{}{put}{}", &log[..cut], &log[cut..]);
        if let Ok(record) = parse(&broken) {
            let _ = align(&record, &model(STAGES));
        }
    }
}

#[test]
fn times_that_overlap_count_once() {
    let vertex = |from: &str, until: &str| {
        format!(
            "{{\"vertexes\":[{{\"digest\":\"d\",\"name\":\"[4/4] RUN npm ci\",\"started\":\"2026-02-28T23:59:{from}Z\",\
             \"completed\":\"2026-03-01T00:00:{until}Z\"}}]}}\n"
        )
    };
    let log = [vertex("50", "10"), vertex("55", "12.5"), vertex("50", "10")].concat();
    assert_eq!(of_lines(NEXT, &log), ["4 done 22.5"]);
}

#[test]
fn vertices_of_one_group_are_one_step() {
    let vertex = |digest: &str, second: u32, cached: bool| {
        format!(
            "{{\"vertexes\":[{{\"digest\":\"{digest}\",\"name\":\"copy /x\",\"cached\":{cached},\"progressGroup\":\
             {{\"id\":\"g\",\"name\":\"[3/4] COPY package.json ./\"}},\"started\":\"2026-03-01T00:00:0{second}+01:00\",\
             \"completed\":\"2026-03-01T00:00:0{}+01:00\"}}]}}\n",
            second + 1
        )
    };
    assert_eq!(of_lines(NEXT, &[vertex("a", 1, true), vertex("b", 4, false)].concat()), ["3 done 2.0"]);
    assert_eq!(of_lines(NEXT, &[vertex("a", 1, true), vertex("b", 4, true)].concat()), ["3 cached 2.0"]);
}
