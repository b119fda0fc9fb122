/// A Dockerfile of so many stages, eleven lines each.
pub fn dockerfile(stages: usize) -> String {
    let stage = |n: usize| {
        format!(
            "# 단계 {n}\nFROM node:20-alpine AS stage{n}\nARG VERSION=1.{n}\nENV NAME=value{n} PATH=/opt/bin:$PATH\n\
             WORKDIR /app\nRUN apk add --no-cache git \\\n  # needed by the tests\n  curl \\\n  && npm ci\n\
             COPY --chown=node:node . .\nRUN npm run build\nCMD [\"node\", \"server.js\"]\n\n"
        )
    };
    (0..stages).map(stage).collect()
}
