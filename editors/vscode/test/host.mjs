// Runs test/host in the extension host of code-server; a headless browser is only its window. The extension is taken
// from its folder, as test/package leaves it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { address, extension, project, scratch, startBrowser, startEditor } from "./editor.mjs";

/** Ends what hangs; a slow machine needs a tenth of it. */
const TIME_LIMIT_MS = 900_000;
/** What the tests say; all else is the editor's, and shown where the tests fail. */
const MARK = "[test] ";
/** What the tests say of a window that is to be opened again. */
const NO_FOLDERS = "the window came up without the folders of its workspace file";
const others = [];

const folder = scratch();
const shop = project(folder);
copyFileSync(join(shop, "Dockerfile"), join(shop, "single.Dockerfile"));
mkdirSync(join(shop, "service"));
writeFileSync(join(shop, "service/plimsoll.toml"), 'ignore = ["deprecated-maintainer"]\n');
writeFileSync(join(shop, "service/Dockerfile"), "FROM node:latest\nMAINTAINER me\nRUN cd /tmp && npm install\n");
const git = (...args) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", ...args], {
    cwd: shop,
    stdio: "pipe",
  });
git("init", "--quiet");
git("add", "--all");
git("commit", "--quiet", "--message", "the project");

// Two folders in one window, each with settings of its own.
const both = join(folder, "both.code-workspace");
for (const [name, ignore] of [["loud", []], ["quiet", ["deprecated-maintainer"]]]) {
  mkdirSync(join(folder, name, ".vscode"), { recursive: true });
  writeFileSync(join(folder, name, "Dockerfile"), "FROM node:latest\nMAINTAINER me\n");
  writeFileSync(join(folder, name, ".vscode/settings.json"), JSON.stringify({ "plimsoll.ignore": ignore }));
}
writeFileSync(both, JSON.stringify({ folders: [{ path: "loud" }, { path: "quiet" }] }));

const editor = await startEditor(folder, { args: ["--enable-smoke-test-driver"] });
const { browser, page } = await startBrowser();
/** What ends the run that is going on. */
let ended = () => undefined;
let folders = true;
let code = 1;
try {
  await page.exposeFunction("codeAutomationLog", (_type, args) => {
    for (const line of args.filter((arg) => typeof arg === "string").flatMap((arg) => arg.split("\n"))) {
      if (line.startsWith(MARK)) {
        console.log(line.slice(MARK.length));
        folders &&= line !== MARK + NO_FOLDERS;
      } else {
        others.push(line);
      }
    }
  });
  await page.exposeFunction("codeAutomationExit", (value) => ended(value));
  code = (await run(shop)) || (await runWithFolders(both));
} catch (error) {
  console.error(String(error));
} finally {
  await browser.close();
  await editor.stop();
}
if (code !== 0) {
  console.log(["", "What the editor said:", ...others.slice(-60)].join("\n"));
  console.log(["", "What code-server said:", ...editor.log().split("\n").slice(-30)].join("\n"));
}
process.exit(code);

/**
 * The same for a workspace file. The editor itself sometimes shows none of its folders ("You have not yet added a folder
 * to the workspace") where it opens a file for the first time: then the window is opened again.
 */
async function runWithFolders(path) {
  for (let tries = 1; ; tries++) {
    folders = true;
    const code = await run(path);
    if (folders || tries === 3) {
      return code;
    }
    console.log("that window is opened again");
  }
}

/** Runs the tests in a window that shows `path`. Answers with their exit code. */
function run(path) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the tests took too long")), TIME_LIMIT_MS);
    editor.ended.then((status) => reject(new Error(`code-server ended with ${status}`)));
    ended = (value) => {
      clearTimeout(late);
      resolve(value);
    };
    const remote = new URL(editor.url).host;
    const of = (...parts) => `vscode-remote://${remote}${join(extension, ...parts)}`;
    const payload = [
      ["extensionDevelopmentPath", of()],
      ["extensionTestsPath", of("out/test/host.js")],
    ];
    page.goto(address(editor.url, path, payload)).catch(reject);
  });
}
