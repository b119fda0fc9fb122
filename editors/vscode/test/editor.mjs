// VS Code for the tests: code-server's server, a browser that shows it, and folders that are new each time.
//
// The folder of test/tools comes in PLIMSOLL_VSCODE_TOOLS.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const tools = process.env.PLIMSOLL_VSCODE_TOOLS;
if (!tools) {
  throw new Error("PLIMSOLL_VSCODE_TOOLS isn't set: start the tests with test/run");
}
const { chromium } = createRequire(join(tools, "driver/node_modules/"))("playwright-core");
const serverMain = join(tools, "server/node_modules/code-server/lib/vscode/out/server-main.js");

/** The folder of the extension. */
export const extension = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = dirname(dirname(extension));

/** A folder of this run that goes away with it. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-vscode-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of the single-stage Next.js project of the fixtures. */
export function project(folder) {
  const to = join(folder, "shop");
  cpSync(join(repository, "fixtures/nextjs-single-stage"), to, { recursive: true });
  return to;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Runs code-server's command line to its end. */
export function cli(folder, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [serverMain, ...places(folder), ...args], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`code-server ${args[0]}: exit code ${code}`))));
  });
}

function places(folder) {
  return [
    "--server-data-dir", join(folder, "data"),
    "--user-data-dir", join(folder, "user"),
    "--extensions-dir", join(folder, "extensions"),
  ];
}

const quiet = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
  "files.autoSave": "off",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "git.openRepositoryInParentFolders": "never",
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
};

/** What has not begun by then never will. */
const HANGS_MS = 180_000;

/** Starts the server in `folder`. `settings` are the user's. */
export async function startEditor(folder, { settings = {}, environment = {}, args = [] } = {}) {
  for (const place of ["user/User", "user/Machine", "data/data/User", "data/data/Machine"]) {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, "settings.json"), JSON.stringify({ ...quiet, ...settings }, null, 2));
  }
  const port = await freePort();
  const server = spawn(
    process.execPath,
    [
      serverMain, "--host", "127.0.0.1", "--port", String(port), "--without-connection-token",
      "--accept-server-license-terms", "--telemetry-level", "off", ...places(folder), ...args,
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } },
  );
  let log = "";
  const up = new Promise((resolve, reject) => {
    const read = (data) => {
      log += data;
      if (log.includes("Extension host agent listening")) {
        resolve();
      }
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", (code) => reject(new Error(`code-server ended with ${code}:\n${log}`)));
    server.on("error", reject);
  });
  process.on("exit", () => server.kill("SIGKILL"));
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const late = setTimeout(() => server.kill("SIGKILL"), HANGS_MS);
  await up;
  clearTimeout(late);
  return {
    url: `http://127.0.0.1:${port}`,
    log: () => log,
    /** Resolves with its exit code when it ends. */
    ended,
    stop: () =>
      new Promise((resolve) => {
        server.removeAllListeners("exit");
        server.on("exit", resolve);
        server.kill("SIGTERM");
        setTimeout(() => server.kill("SIGKILL"), 5000).unref();
      }),
  };
}

/** A browser with one page. */
export async function startBrowser({ colorScheme = "dark" } = {}) {
  const browser = await chromium.launch({
    executablePath: join(tools, "browser"),
    timeout: HANGS_MS,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    colorScheme,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  // The first load is the whole workbench.
  page.setDefaultNavigationTimeout(HANGS_MS);
  return { browser, page };
}

/** The address that opens a folder, or what a `.code-workspace` file says. */
export function address(url, path, payload = []) {
  const query = new URLSearchParams({ [path.endsWith(".code-workspace") ? "workspace" : "folder"]: path });
  if (payload.length > 0) {
    query.set("payload", JSON.stringify(payload));
  }
  return `${url}/?${query}`;
}
