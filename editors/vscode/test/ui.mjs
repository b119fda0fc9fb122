// The installed extension as a user sees it: a browser on code-server, with a picture of each thing that is looked at.
//
//   node test/ui.mjs EXTENSION.vsix FOLDER [light]   (by test/run)
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { address, cli, project, scratch, startBrowser, startEditor } from "./editor.mjs";

const [vsix, pictures, shade = "dark"] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });
const folder = scratch();
const shop = project(folder);
// What a project has once it was built on this machine: the light bulb has something to mend, too.
const dockerfile = join(shop, "Dockerfile");
writeFileSync(dockerfile, readFileSync(dockerfile, "utf8").replace(/^# .*\n/gm, "").replace(/\n{2,}/g, "\n\n"));

await cli(folder, ["--install-extension", vsix]);
const settings = {
  "workbench.colorTheme": shade === "light" ? "Default Light Modern" : "Default Dark Modern",
  "editor.minimap.enabled": false,
  "breadcrumbs.enabled": false,
};
let editor = await startEditor(folder, { settings });
const { browser, page } = await startBrowser({ colorScheme: shade });
page.setDefaultTimeout(60_000);

let passed = 0;
const failures = [];
async function look(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
  }
  await page.screenshot({ animations: "disabled", path: join(pictures, `${name.replaceAll(" ", "-")}.png`) });
}

/** Runs a command by its title. What opens meanwhile may take the focus, and the list of commands with it: then again. */
async function command(title) {
  for (let tries = 1; ; tries++) {
    try {
      await page.keyboard.press("F1");
      await page.locator(".quick-input-widget input").fill(`>${title}`, { timeout: 10_000 });
      await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click({ timeout: 10_000 });
      return;
    } catch (error) {
      if (tries === 4) {
        throw error;
      }
      await page.keyboard.press("Escape");
    }
  }
}

const line = (text) => page.locator(".view-lines .view-line", { hasText: text }).first();
const row = (text) => page.locator(".pane-body .monaco-list-row", { hasText: text }).first();
const toasts = page.locator(".notification-toast");
const tab = (text) => page.locator(".tabs-container .tab", { hasText: text }).first();

async function closeToasts() {
  await command("Notifications: Clear All Notifications");
  await toasts.first().waitFor({ state: "detached" });
}

async function openProject() {
  await page.goto(address(editor.url, shop));
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: /^Dockerfile$/ }).first().dblclick();
}

try {
  await openProject();

  await look("findings and weights", async () => {
    await page.locator(".view-overlays .squiggly-warning").first().waitFor();
    await page.locator(".codelens-decoration", { hasText: "final image ≈" }).waitFor();
    await page.locator(".view-line", { hasText: "runs again with" }).first().waitFor();
    await page.locator(".statusbar-item", { hasText: "MB" }).first().waitFor();
    assert.equal(await toasts.count(), 0, "nothing is said when a Dockerfile is opened");
  });

  await look("hover", async () => {
    await line("npm ci").hover({ position: { x: 12, y: 9 } });
    const hover = page.locator(".monaco-hover:visible").first();
    await hover.waitFor();
    await page.locator(".monaco-hover:visible", { hasText: "package-lock.json" }).first().waitFor();
  });

  await look("problem", async () => {
    await page.mouse.move(5, 5);
    await page.keyboard.press("Control+1");
    await line("COPY . .").click();
    await command("Go to Next Problem in Files");
    await page.locator(".zone-widget .marker-widget, .marker-widget").first().waitFor();
  });

  await look("quick fix", async () => {
    await page.keyboard.press("Escape");
    await page.mouse.move(5, 5);
    await page.keyboard.press("Control+1");
    await line("npm ci").click();
    await page.keyboard.press("Home");
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press("ArrowRight");
    }
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget .monaco-list-row").first().waitFor();
  });

  await look("layers view", async () => {
    await page.keyboard.press("Escape");
    await command("Plimsoll: Focus on Layers View");
    await row("RUN npm ci").waitFor();
    await row("RUN npm run build").click();
    await page.waitForFunction(() => /Ln 9\b|Ln 1?\d,/.test(document.querySelector(".statusbar")?.textContent ?? ""));
  });

  await look("change", async () => {
    await command("Plimsoll: What Does a Change of This File Run Again?");
    await page.locator(".quick-input-list .monaco-list-row", { hasText: "app/page.tsx" }).first().click();
    await page.locator(".pane-body", { hasText: "After a change of app/page.tsx, 2 of 5 steps run again." }).first().waitFor();
    await row("runs again").waitFor();
    await row("kept").waitFor();
  });

  await look("picture", async () => {
    await command("Plimsoll: Back to Weights");
    await command("Plimsoll: Show the Layers as a Picture");
    await tab("Layers: Dockerfile").waitFor();
    const frame = page.frameLocator("iframe.webview").last().frameLocator("#active-frame");
    await frame.locator("svg").first().waitFor();
    assert.match((await frame.locator("svg").first().textContent()) ?? "", /RUN npm ci/);
  });

  await look("conversion preview", async () => {
    await tab("Dockerfile").click();
    await line("FROM").click();
    await command("Plimsoll: Convert to a Multi-Stage Build");
    await tab("Convert Dockerfile").waitFor();
    await page.locator(".multiDiffEntry .view-line", { hasText: "AS builder" }).first().waitFor();
    await page.locator(".title-actions a[aria-label^='Apply the Conversion'], .actions-container a[aria-label*='Apply the Conversion']").first().waitFor();
    assert.ok(!readFileSync(dockerfile, "utf8").includes("AS builder"), "nothing is written by looking");
  });

  await look("conversion made", async () => {
    // Not by the notification's button: it goes away by itself.
    await command("Plimsoll: Apply the Conversion");
    await tab("Convert Dockerfile").waitFor({ state: "detached" });
    await tab("Dockerfile").click();
    await line("AS runner").waitFor();
    await row("builder").waitFor();
    assert.match(readFileSync(dockerfile, "utf8"), /AS builder/);
    assert.match(readFileSync(join(shop, "next.config.ts"), "utf8"), /standalone/);
    assert.match(readFileSync(join(shop, ".dockerignore"), "utf8"), /node_modules/);
    await page.locator(".statusbar-item", { hasText: /≈ 1\d\d MB/ }).first().waitFor();
    await closeToasts();
  });

  await look("walkthrough", async () => {
    // With the side bar closed there is room for the steps' own pages.
    await command("View: Toggle Primary Side Bar Visibility");
    await command("Plimsoll: Get Started");
    await page.locator(".gettingStartedContainer", { hasText: "Each line says what its layer weighs" }).first().waitFor();
    await page.getByText("Read the Layers view").first().click();
    await page.getByText("Steps by stage with their weights").first().waitFor();
    const media = page.frameLocator("iframe.webview:visible").last().frameLocator("#active-frame");
    await media.getByText("Each bar is measured").waitFor();
  });

  await look("settings", async () => {
    await command("Preferences: Open Settings (UI)");
    await page.locator(".settings-header .monaco-editor").first().click();
    await page.keyboard.type("@ext:plimsoll.plimsoll ");
    await page.locator(".setting-item-contents", { hasText: "Whose rules and severities" }).first().waitFor();
    await page.locator(".settings-toc-container .monaco-list-row", { hasText: "Plimsoll" }).first().click();
  });

  await editor.stop();
  editor = await startEditor(folder, {
    settings: {
      ...settings,
      "security.workspace.trust.enabled": true,
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.banner": "never",
      "security.workspace.trust.emptyWindow": false,
    },
  });
  await look("restricted mode", async () => {
    writeFileSync(dockerfile, "FROM node:20-alpine\nMAINTAINER me\nCOPY . .\n");
    await openProject();
    await page.locator(".statusbar-item", { hasText: "Restricted Mode" }).first().waitFor();
    await page.locator(".view-overlays [class*=squiggly-]").first().waitFor();
    await command("Plimsoll: Focus on Layers View");
    await row("FROM node:20-alpine").waitFor();
    const actions = (name) => page.locator(`.title-actions a[aria-label^="${name}"], .actions-container a[aria-label*="${name}"]`);
    await actions("Show the Layers as a Picture").first().waitFor();
    assert.equal(await actions("What Do My Uncommitted Changes").count(), 0, "git isn't asked in a folder that isn't trusted");
  });
} finally {
  await browser.close();
  await editor.stop();
}
console.log(`pictures: ${pictures}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
