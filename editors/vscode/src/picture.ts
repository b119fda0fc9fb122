import * as vscode from "vscode";

/** The server's command, whose result is a page. It is registered by the language client. */
export const SHOW_PICTURE = "plimsoll.showPicture";

interface Picture {
  uri: string;
  title: string;
  html: string;
}

/** One panel a Dockerfile: drawing it again shows the same one. */
const panels = new Map<string, vscode.WebviewPanel>();

/** Draws the Dockerfile in the active editor. */
export async function drawActive(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "dockerfile") {
    void vscode.window.showInformationMessage("Plimsoll draws a Dockerfile: open one first.");
    return;
  }
  await vscode.commands.executeCommand(SHOW_PICTURE, document.uri.toString());
}

/** What the server is asked: with the colours of this window. */
export function withShades(args: unknown[]): unknown[] {
  const { kind } = vscode.window.activeColorTheme;
  const light = kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
  return [args[0], light ? "light" : "dark"];
}

/** Shows what the server drew, beside the file. */
export function showPicture(result: unknown): void {
  if (!isPicture(result)) {
    return;
  }
  let panel = panels.get(result.uri);
  if (panel === undefined) {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    // The page needs no script and fetches nothing.
    panel = vscode.window.createWebviewPanel("plimsoll.picture", "", place, {
      enableScripts: false,
      localResourceRoots: [],
    });
    panels.set(result.uri, panel);
    panel.onDidDispose(() => panels.delete(result.uri));
  } else {
    panel.reveal(undefined, true);
  }
  panel.title = `Layers: ${result.title}`;
  panel.webview.html = result.html;
}

function isPicture(value: unknown): value is Picture {
  const picture = value as Partial<Picture> | null | undefined;
  return typeof picture?.uri === "string" && typeof picture.title === "string" && typeof picture.html === "string";
}
