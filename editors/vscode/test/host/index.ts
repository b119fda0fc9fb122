// Runs in the extension host of a real editor: what its commands for providers answer, and what the extension shows.
// The folder that is open is a copy of the single-stage Next.js project, in a git repository with all of it committed; in
// a second run, two folders are.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { plain, stepsOf } from "../../src/explanation";
import type { Api } from "../../src/extension";

type Test = [string, () => Promise<void>];
const tests: Test[] = [];
/** Those for a window that shows two folders, "loud" and "quiet". */
const testsOfFolders: Test[] = [];

function test(name: string, body: () => Promise<void>): void {
  tests.push([name, body]);
}

function testFolders(name: string, body: () => Promise<void>): void {
  testsOfFolders.push([name, body]);
}

/** What begins with this is for the one who runs the tests; the editor has much to say of itself. */
const MARK = "[test] ";
/** Said where the window is to be opened again; host.mjs looks for it. */
const NO_FOLDERS = "the window came up without the folders of its workspace file";

function say(text: string): void {
  console.log(text.replace(/^/gm, MARK));
}

/** What the editor's test runner calls. */
export async function run(): Promise<void> {
  let failed = 0;
  // What a workspace file says is read after the window has come up.
  const shown = () => {
    const { workspaceFile, workspaceFolders } = vscode.workspace;
    const wanted = workspaceFile === undefined ? 1 : 2;
    return workspaceFolders !== undefined && workspaceFolders.length >= wanted && workspaceFolders;
  };
  const folders = await until("the folders of the window", shown, FOLDERS_MS).catch((error: Error) => {
    say(NO_FOLDERS);
    throw error;
  });
  const mine = folders.length > 1 ? testsOfFolders : tests;
  for (const [name, body] of mine) {
    const began = Date.now();
    try {
      await body();
      say(`ok ${name} (${Date.now() - began} ms)`);
    } catch (error) {
      failed++;
      say(`FAILED ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  say(`${mine.length - failed} passed, ${failed} failed`);
  if (failed > 0) {
    throw new Error(`${failed} of ${mine.length} tests failed`);
  }
}

/** A window that has its folders shows them within a second. */
const FOLDERS_MS = 20_000;

/** Waits until `ask` answers: what is asked for comes by itself, and no event tells of it. */
async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limit = 60_000,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    assert.ok(Date.now() < deadline, `waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function file(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, path);
}

async function open(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file(path));
  await vscode.window.showTextDocument(document);
  return document;
}

async function api(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("plimsoll.plimsoll");
  assert.ok(extension, "the extension is there");
  const api = await extension.activate();
  await until("the server runs", () => api.server.condition.state === "running");
  return api;
}

/** What the view shows of the newest text. */
async function explained(path: string) {
  const { screen } = await api();
  const uri = file(path).toString();
  return until(`the layers of ${path}`, async () => {
    const shown = await screen.ready();
    return shown !== undefined && vscode.Uri.parse(shown.explained.uri).toString() === uri && shown;
  });
}

async function findings(document: vscode.TextDocument): Promise<vscode.Diagnostic[]> {
  return until("findings", () => {
    const found = vscode.languages.getDiagnostics(document.uri);
    return found.length > 0 && found;
  });
}

function code(finding: vscode.Diagnostic): string {
  return String(typeof finding.code === "object" ? finding.code.value : finding.code);
}

/** What the light bulb offers. The editor drops an answer, and shows none, where it holds that the text has changed meanwhile. */
async function actionsAt(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  return until("actions", async () => {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      range,
      kind.value,
      20,
    );
    return actions.length > 0 && actions;
  });
}

async function replaceAll(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function revert(document: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("workbench.action.files.revert");
}

test("a hover says what the line makes and weighs", async () => {
  const document = await open("Dockerfile");
  await api();
  const line = document.getText().split("\n").indexOf("RUN npm ci");
  // Until the context was looked at, it says what the file alone tells.
  const words = await until("a hover with the weight", async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      new vscode.Position(line, 1),
    );
    const parts = hovers.flatMap((hover) => hover.contents.map((part) => (typeof part === "string" ? part : part.value)));
    const all = parts.join("\n");
    return all.includes("MB") && all;
  });
  assert.match(words, /package-lock\.json/);
});

test("findings have a rule and a place", async () => {
  const found = await findings(await open("Dockerfile"));
  for (const one of found) {
    assert.equal(one.source, "plimsoll");
    assert.match(code(one), /^[a-z0-9-]+$/);
    assert.ok(!one.range.isEmpty, code(one));
  }
});

test("hints and lenses stand in the file", async () => {
  const document = await open("Dockerfile");
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await until("hints", async () => {
    const all = await vscode.commands.executeCommand<vscode.InlayHint[]>("vscode.executeInlayHintProvider", document.uri, whole);
    return all.some(({ label }) => /MB/.test(String(label))) && all;
  });
  assert.ok(hints.length >= 2);
  await until("a lens with the weight", async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri);
    return /^final image ≈ \d+ MB/.test(lenses[0]?.command?.title ?? "");
  });
});

test("a quick fix takes its finding away", async () => {
  const document = await open("Dockerfile");
  await replaceAll(document, "FROM node:20-alpine\nMAINTAINER someone@example.com\nRUN echo done\n");
  const finding = await until("the finding", () =>
    vscode.languages.getDiagnostics(document.uri).find((one) => code(one) === "deprecated-maintainer"),
  );
  const actions = await actionsAt(document, finding.range, vscode.CodeActionKind.QuickFix);
  const fix = actions.find((action) => action.edit !== undefined);
  assert.ok(fix?.edit, actions.map((action) => action.title).join(", "));
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.doesNotMatch(document.getText(), /^MAINTAINER/m);
  await until("the finding goes", () =>
    vscode.languages.getDiagnostics(document.uri).every((one) => code(one) !== "deprecated-maintainer"),
  );
  await revert(document);
});

test("all safe fixes are made by one command", async () => {
  const document = await open("Dockerfile");
  const before = "from node:20-alpine as Base\nRUN echo done\n";
  await replaceAll(document, before);
  await until("findings", () => vscode.languages.getDiagnostics(document.uri).some((one) => one.range.start.line === 0));
  await vscode.commands.executeCommand("plimsoll.fixAll");
  assert.equal(document.getText(), "FROM node:20-alpine AS base\nRUN echo done\n");
  await revert(document);
});

test("the view lists steps by stage with their weights, and leads to their lines", async () => {
  const document = await open("Dockerfile");
  const { layers, status } = await api();
  const { explained: said } = await explained("Dockerfile");
  const [stage] = layers.getChildren();
  assert.equal(layers.getChildren().length, 1);
  assert.ok(stage !== undefined && /MB · in the image$/.test(String(layers.getTreeItem(stage).description)));
  const items = layers.getChildren(stage).map((row) => layers.getTreeItem(row));
  const texts = document.getText().split("\n").filter((line) => /^[A-Z]/.test(line));
  assert.deepEqual(items.map((item) => item.description), texts.map(plain));
  const install = items.find((item) => item.description === "RUN npm ci");
  assert.match(String(install?.label), /^≈ \d+ MB$/);
  assert.ok(install?.command?.arguments !== undefined);
  await vscode.commands.executeCommand(install.command.command, ...(install.command.arguments as unknown[]));
  const line = vscode.window.activeTextEditor?.selection.active.line ?? -1;
  assert.equal(document.lineAt(line).text, "RUN npm ci");
  assert.equal(status.text, `$(layers) ${said.image.shown}`);
});

test("the view follows what is typed", async () => {
  const document = await open("Dockerfile");
  const { layers } = await api();
  await replaceAll(document, "FROM node:20-alpine AS one\nFROM scratch AS two\nCOPY --from=one /etc /etc\n");
  await until("two stages", async () => {
    await explained("Dockerfile");
    return layers.getChildren().length === 2;
  });
  const [one] = layers.getChildren().map((row) => layers.getTreeItem(row));
  assert.equal(one?.label, "one");
  assert.match(String(one?.description), /left behind$/);
  await revert(document);
});

test("a change of a file is marked on the steps that it runs again", async () => {
  await open("Dockerfile");
  const { layers } = await api();
  await explained("Dockerfile");
  await vscode.commands.executeCommand("plimsoll.explainChange", file("app/page.tsx"));
  const shown = layers.current;
  assert.equal(shown?.after, "After a change of app/page.tsx");
  const again = Object.fromEntries(stepsOf(shown.explained, 0).map((step) => [step.text, step.runs_again]));
  assert.equal(again["RUN npm ci"], false);
  assert.equal(again["COPY . ."], true);
  assert.equal(again["RUN npm run build"], true);
  const rows = layers.getChildren(layers.getChildren()[0]).map((row) => layers.getTreeItem(row));
  assert.equal(rows.find((row) => row.description === "COPY . .")?.label, "runs again");
  await vscode.commands.executeCommand("plimsoll.clearChange");
  assert.equal(layers.current?.after, undefined);
});

test("a file that no step can take is said to be so, and the weights stay", async () => {
  await open("Dockerfile");
  const { layers } = await api();
  await explained("Dockerfile");
  const said: string[] = [];
  const { showWarningMessage } = vscode.window;
  vscode.window.showWarningMessage = async (message: string) => {
    said.push(message);
    return undefined;
  };
  try {
    await vscode.commands.executeCommand("plimsoll.explainChange", vscode.Uri.file("/elsewhere/page.tsx"));
  } finally {
    vscode.window.showWarningMessage = showWarningMessage;
  }
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /page\.tsx lies outside of the build context/);
  assert.ok(layers.current !== undefined && layers.current.after === undefined);
});

test("what isn't committed is compared with the last commit", async () => {
  const page = file("app/page.tsx").fsPath;
  const before = readFileSync(page, "utf8");
  writeFileSync(page, `${before}// changed\n`);
  try {
    await open("Dockerfile");
    await explained("Dockerfile");
    const { layers } = await api();
    await vscode.commands.executeCommand("plimsoll.explainWorkingTree");
    assert.equal(layers.current?.after, "After a build of HEAD");
    const again = Object.fromEntries(layers.current.explained.steps.map((step) => [step.text, step.runs_again]));
    assert.deepEqual([again["RUN npm ci"], again["RUN npm run build"]], [false, true]);
    await vscode.commands.executeCommand("plimsoll.clearChange");
  } finally {
    writeFileSync(page, before);
  }
});

test("what stands in plimsoll.toml holds where the editor sets nothing", async () => {
  await api();
  const document = await open("service/Dockerfile");
  await findings(document);
  assert.ok(vscode.languages.getDiagnostics(document.uri).every((one) => code(one) !== "deprecated-maintainer"));
  const settings = vscode.workspace.getConfiguration("plimsoll");
  await settings.update("ignore", ["nothing-of-this"], vscode.ConfigurationTarget.Workspace);
  await until("the editor's setting goes before the file's", () =>
    vscode.languages.getDiagnostics(document.uri).some((one) => code(one) === "deprecated-maintainer"),
  );
  await settings.update("ignore", undefined, vscode.ConfigurationTarget.Workspace);
  await until("and no longer", () =>
    vscode.languages.getDiagnostics(document.uri).every((one) => code(one) !== "deprecated-maintainer"),
  );
});

test("what is typed into plimsoll.toml holds before it is saved", async () => {
  await api();
  const document = await open("service/Dockerfile");
  const complains = () => vscode.languages.getDiagnostics(document.uri).some((one) => code(one) === "deprecated-maintainer");
  await findings(document);
  assert.ok(!complains());
  const settings = await vscode.workspace.openTextDocument(file("service/plimsoll.toml"));
  await vscode.window.showTextDocument(settings, { viewColumn: vscode.ViewColumn.Beside });
  await replaceAll(settings, "ignore = []\n");
  await until("the finding comes", complains);
  await revert(settings);
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  await until("the finding goes", () => !complains());
});

test("the layers are drawn in a tab, once a file", async () => {
  await open("Dockerfile");
  const { pictures } = await api();
  await vscode.commands.executeCommand("plimsoll.drawLayers");
  await vscode.commands.executeCommand("plimsoll.drawLayers");
  assert.deepEqual(pictures(), ["Layers: Dockerfile"]);
  const tabs = await until("the tab", () => {
    const all = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const found = all.filter((tab) => tab.label === "Layers: Dockerfile");
    return found.length > 0 && found;
  });
  assert.equal(tabs.length, 1);
  await vscode.window.tabGroups.close(tabs);
  await until("the panel goes", () => pictures().length === 0);
});

test("the light bulb offers the conversion, with an edit of all its files", async () => {
  const document = await open("Dockerfile");
  const actions = await actionsAt(document, new vscode.Range(1, 0, 1, 0), vscode.CodeActionKind.RefactorRewrite);
  const edit = actions.find((action) => action.title.startsWith("Convert to a multi-stage build"))?.edit;
  const files = edit?.entries().map(([uri]) => vscode.workspace.asRelativePath(uri));
  assert.deepEqual(files?.sort(), [".dockerignore", "Dockerfile", "next.config.ts"]);
});

test("a conversion is shown, thrown away, shown again and made on disk", async () => {
  const document = await open("Dockerfile");
  const before = document.getText();
  const { conversions } = await api();
  const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tab.label.startsWith("Convert "));
  await vscode.commands.executeCommand("plimsoll.convertFile");
  assert.deepEqual(
    conversions.shown?.map(({ uri }) => vscode.workspace.asRelativePath(uri)).sort(),
    [".dockerignore", "Dockerfile", "next.config.ts"],
  );
  await until("the preview", () => tabs().length === 1);
  assert.equal(document.getText(), before, "nothing is changed by looking");
  await vscode.commands.executeCommand("plimsoll.discardConversion");
  assert.equal(conversions.shown, undefined);
  await until("the preview goes", () => tabs().length === 0);

  await open("Dockerfile");
  await vscode.commands.executeCommand("plimsoll.convertFile");
  await vscode.commands.executeCommand("plimsoll.applyConversion");
  const saved = (path: string) => readFileSync(file(path).fsPath, "utf8");
  await until("the files", () => /^FROM .* AS builder$/m.test(saved("Dockerfile")));
  assert.match(saved("next.config.ts"), /standalone/);
  assert.match(saved(".dockerignore"), /node_modules/);
  assert.equal(conversions.shown, undefined);
  await until("the preview goes", () => tabs().length === 0);
});

test("a file that changed since the preview is not overwritten", async () => {
  const document = await open("Dockerfile");
  await vscode.commands.executeCommand("plimsoll.convertFile");
  const { conversions } = await api();
  // The file is multi-stage by now: it is refused, and nothing is shown.
  assert.equal(conversions.shown, undefined);
  await replaceAll(document, readFileSync(file("single.Dockerfile").fsPath, "utf8"));
  await until("a conversion", async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("plimsoll.convertFile");
    return conversions.shown !== undefined;
  });
  await replaceAll(document, "FROM scratch\n");
  await vscode.commands.executeCommand("plimsoll.applyConversion");
  assert.equal(document.getText(), "FROM scratch\n");
  await vscode.commands.executeCommand("plimsoll.discardConversion");
  await revert(document);
});

test("Dockerfiles go by many names", async () => {
  for (const [name, language] of [
    ["Containerfile", "dockerfile"],
    ["Dockerfile.dev", "dockerfile"],
    ["web.Dockerfile", "dockerfile"],
    ["Dockerfile-ci", "dockerfile"],
    ["Dockerfile.dockerignore", "ignore"],
    [".dockerignore", "ignore"],
  ] as const) {
    writeFileSync(file(name).fsPath, "FROM scratch\nMAINTAINER me\n");
    const document = await vscode.workspace.openTextDocument(file(name));
    assert.equal(document.languageId, language, name);
  }
  await findings(await open("Dockerfile.dev"));
});

test("a pattern of .dockerignore that does nothing is deleted by a quick fix", async () => {
  await api();
  writeFileSync(file(".dockerignore").fsPath, "# 무시 😀\nno-such-thing-😀\n");
  const document = await open(".dockerignore");
  await until("a finding", () => vscode.languages.getDiagnostics(document.uri).length === 1);
  const range = new vscode.Range(1, 0, 1, 0);
  const actions = await actionsAt(document, range, vscode.CodeActionKind.QuickFix);
  const fix = actions.find((action) => action.title === "Delete `no-such-thing-😀`, which matches nothing now");
  assert.ok(fix?.edit, JSON.stringify(actions.map((action) => action.title)));
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.equal(document.getText(), "# 무시 😀\n");
  await until("no finding", () => vscode.languages.getDiagnostics(document.uri).length === 0);
  await revert(document);
});

test("a file that isn't saved yet, or becomes a Dockerfile, is one", async () => {
  await api();
  const document = await vscode.workspace.openTextDocument({ language: "plaintext", content: "FROM node:latest\nMAINTAINER me\n" });
  await vscode.window.showTextDocument(document);
  assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  await vscode.languages.setTextDocumentLanguage(document, "dockerfile");
  await findings(document);
  await vscode.languages.setTextDocumentLanguage(document, "plaintext");
  await until("no findings", () => vscode.languages.getDiagnostics(document.uri).length === 0);
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});

test("what the server offers beside is the editor's at once: names, outline, folding, colours", async () => {
  const path = "names.Dockerfile";
  writeFileSync(file(path).fsPath, "ARG TAG=20\nFROM node:$TAG AS build\nRUN echo \\\n  done\nFROM scratch\nCOPY --from=build /etc /etc\n");
  const { server } = await api();
  const document = await open(path);
  const provided = <T>(command: string, wanted: (found: T) => boolean, ...args: unknown[]) =>
    until(command, async () => {
      const found = await vscode.commands.executeCommand<T | undefined>(`vscode.${command}`, document.uri, ...args);
      return found !== undefined && wanted(found) && found;
    });
  const used = new vscode.Position(5, 13);
  const [definition] = await provided<(vscode.Location | vscode.LocationLink)[]>(
    "executeDefinitionProvider",
    (found) => found.length > 0,
    used,
  );
  assert.ok(definition !== undefined);
  assert.equal(("targetRange" in definition ? definition.targetRange : definition.range).start.line, 1);
  const renames = (edit: vscode.WorkspaceEdit) => edit.get(document.uri).length === 2;
  await provided<vscode.WorkspaceEdit>("executeDocumentRenameProvider", renames, used, "builder");
  const named = (symbols: vscode.DocumentSymbol[]) => symbols.some((symbol) => symbol.name.includes("build"));
  await provided<vscode.DocumentSymbol[]>("executeDocumentSymbolProvider", named);
  const folded = (folds: vscode.FoldingRange[]) => folds.some((fold) => fold.start === 2 && fold.end === 3);
  await provided<vscode.FoldingRange[]>("executeFoldingRangeProvider", folded);
  await provided<vscode.SemanticTokens>("provideDocumentSemanticTokens", (tokens) => tokens.data.length > 0);
  assert.equal(server.condition.state, "running");
});

test("every command of the manifest is there", async () => {
  await api();
  const known = new Set(await vscode.commands.getCommands(true));
  const manifest = vscode.extensions.getExtension("plimsoll.plimsoll")?.packageJSON as {
    contributes: { commands: { command: string }[] };
  };
  const missing = manifest.contributes.commands.filter(({ command }) => !known.has(command));
  assert.deepEqual(missing, []);
});

test("a server that is killed is started again, and answers", async () => {
  const document = await open("Dockerfile");
  const { server } = await api();
  const killed = server.processId;
  assert.ok(killed !== undefined);
  process.kill(killed, "SIGKILL");
  // What is asked before its end is noticed fails in the writing, several times over.
  for (let asked = 0; asked < 8; asked += 1) {
    void vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, new vscode.Position(1, 1));
  }
  await until("another process", () => server.processId !== undefined && server.processId !== killed && server.condition.state === "running");
  const hover = await until("a hover", async () => {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, new vscode.Position(1, 1));
    return found.length > 0 && found;
  });
  assert.ok(hover.length > 0);
  await explained("Dockerfile");
});

test("restart gives another process", async () => {
  const { server } = await api();
  const before = server.processId;
  await vscode.commands.executeCommand("plimsoll.restart");
  assert.equal(server.condition.state, "running");
  assert.notEqual(server.processId, before);
});

test("a server that isn't there is said, and one that is there again is started", async () => {
  await open("Dockerfile");
  const { server, status, layers } = await api();
  const settings = vscode.workspace.getConfiguration("plimsoll");
  const before = settings.inspect<string>("path")?.globalValue;
  await settings.update("path", "/no/such/plimsoll", vscode.ConfigurationTarget.Global);
  await until("the failure", () => server.condition.state === "failed");
  assert.ok(server.condition.state === "failed" && server.condition.message.includes("/no/such/plimsoll"));
  assert.equal(status.text, "$(error) Plimsoll: not found");
  assert.deepEqual(layers.getChildren(), []);
  await settings.update("path", before, vscode.ConfigurationTarget.Global);
  await until("it runs again", () => server.condition.state === "running");
  await explained("Dockerfile");
});

testFolders("a folder of the workspace has its own settings, and they change at once", async () => {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const documents: vscode.TextDocument[] = [];
  for (const folder of folders) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, "Dockerfile"));
    // A tab that is only a preview gives way to the next one, and its findings with it.
    await vscode.window.showTextDocument(document, { preview: false });
    await findings(document);
    documents.push(document);
  }
  await api();
  const [loud, quiet] = documents;
  assert.ok(loud !== undefined && quiet !== undefined);
  const complains = (document: vscode.TextDocument) =>
    vscode.languages.getDiagnostics(document.uri).some((one) => code(one) === "deprecated-maintainer");
  await until("the folders differ", () => complains(loud) && !complains(quiet));
  for (const [document, ignore] of [
    [loud, ["deprecated-maintainer"]],
    [quiet, []],
  ] as const) {
    const settings = vscode.workspace.getConfiguration("plimsoll", document.uri);
    await settings.update("ignore", ignore, vscode.ConfigurationTarget.WorkspaceFolder);
  }
  await until("they change places", () => !complains(loud) && complains(quiet));
});
