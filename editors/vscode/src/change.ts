import * as path from "node:path";
import * as vscode from "vscode";
import type { Layers } from "./layers";
import type { Screen } from "./screen";

/** What nobody edits by hand. */
const NOT_EDITED = "{**/node_modules/**,**/.git/**,**/.next/**,**/dist/**}";

const MOST_FILES = 2000;

/** Asks which file changes (or takes the one that was picked in the explorer) and shows what that runs again. */
export async function explainChange(screen: Screen, layers: Layers, picked?: vscode.Uri): Promise<void> {
  const explained = layers.current?.explained;
  if (explained === undefined) {
    void vscode.window.showInformationMessage("Plimsoll: open the Dockerfile first that the file is built with.");
    return;
  }
  const file = picked ?? (await pick(explained.context?.path ?? "", explained.scenarios.map((one) => one.change)));
  if (file !== undefined) {
    const name = shortName(file, explained.context?.path ?? "");
    await screen.ask({ after: `After a change of ${name}`, changes: { changed: [file.toString()] } });
  }
}

/** Shows what all that isn't committed runs again. */
export async function explainWorkingTree(screen: Screen): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.some((document) => document.isDirty && document.uri.scheme === "file");
  const after = unsaved ? "After a build of HEAD (what isn't saved is left out)" : "After a build of HEAD";
  await screen.ask({ after, since: "HEAD" });
}

async function pick(root: string, likely: string[]): Promise<vscode.Uri | undefined> {
  type Item = vscode.QuickPickItem & { uri?: vscode.Uri };
  const items = async (): Promise<Item[]> => {
    const within = root === "" ? "**/*" : new vscode.RelativePattern(vscode.Uri.file(root), "**/*");
    const found = await vscode.workspace.findFiles(within, NOT_EDITED, MOST_FILES);
    const files = found.map((uri) => ({ label: shortName(uri, root), uri })).sort((a, b) => (a.label < b.label ? -1 : 1));
    const first = files.filter(({ label }) => likely.includes(label));
    return [
      { label: "often changed", kind: vscode.QuickPickItemKind.Separator },
      ...first,
      { label: "all files", kind: vscode.QuickPickItemKind.Separator },
      ...files.filter(({ label }) => !likely.includes(label)),
    ];
  };
  const options = { title: "What Does a Change Run Again?", placeHolder: "The file that changes" };
  return (await vscode.window.showQuickPick(items(), options))?.uri;
}

function shortName(file: vscode.Uri, root: string): string {
  const inside = root === "" ? "" : path.relative(root, file.fsPath);
  return inside === "" || inside.startsWith("..") ? vscode.workspace.asRelativePath(file) : inside.split(path.sep).join("/");
}
