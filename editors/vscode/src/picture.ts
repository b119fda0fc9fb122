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

/** How the page is drawn again; the server's own way is set when there is one. */
let draw: (uri: vscode.Uri) => Promise<unknown> = () => Promise.resolve(undefined);

/** How the server is asked for a page. */
export function drawWith(ask: (uri: vscode.Uri) => Promise<unknown>): void {
  draw = ask;
}

/** Draws a Dockerfile. */
export async function drawLayers(document: vscode.TextDocument | undefined): Promise<void> {
  if (document?.languageId !== "dockerfile") {
    void vscode.window.showInformationMessage("Plimsoll draws a Dockerfile: open one first.");
    return;
  }
  await vscode.commands.executeCommand(SHOW_PICTURE, document.uri.toString());
}

/** Draws the picture of a Dockerfile anew, where it is on the screen. */
export async function refreshPicture(uri: vscode.Uri | undefined): Promise<void> {
  const panel = uri === undefined ? undefined : panels.get(uri.toString());
  if (uri === undefined || panel?.visible !== true) {
    return;
  }
  const picture = await draw(uri);
  if (isPicture(picture)) {
    panel.webview.html = page(picture.html);
  }
}

/** The titles of the panels that are open. */
export function pictures(): string[] {
  return [...panels.values()].map((panel) => panel.title);
}

/** What the server is asked: with the colours of this window. */
export function withShades(args: unknown[]): unknown[] {
  const { kind } = vscode.window.activeColorTheme;
  const light = kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
  return [args[0], light ? "light" : "dark"];
}

/** Shows what the server drew, as a tab of its own: the picture is wider than half an editor. */
export function showPicture(result: unknown): void {
  if (!isPicture(result)) {
    return;
  }
  // As the editor writes the URI, not as the server does.
  const uri = vscode.Uri.parse(result.uri).toString();
  let panel = panels.get(uri);
  if (panel === undefined) {
    // The page needs no script and fetches nothing.
    panel = vscode.window.createWebviewPanel("plimsoll.picture", `Layers: ${result.title}`, vscode.ViewColumn.Active, {
      enableScripts: false,
      localResourceRoots: [],
      enableFindWidget: true,
    });
    panels.set(uri, panel);
    panel.onDidDispose(() => panels.delete(uri));
    panel.onDidChangeViewState(() => void refreshPicture(vscode.Uri.parse(uri)));
  } else {
    panel.reveal();
  }
  panel.webview.html = page(result.html);
}

/** The page in the editor's own colours and type. What its heading says, the tab and the drawing say. */
function page(html: string): string {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
  const style = `<style>
body{padding:0;background:var(--vscode-editor-background);color:var(--vscode-editor-foreground);font-family:var(--vscode-font-family);font-size:var(--vscode-font-size)}
h1,h1+p{display:none}
svg .paper{fill:var(--vscode-editor-background);stroke:none}
svg{margin-left:-20px}
th,td{border-color:var(--vscode-editorGroup-border,var(--vscode-widget-border))}
code{font-family:var(--vscode-editor-font-family);font-size:inherit;color:inherit;background:none}
</style>`;
  return html.replace('<meta charset="utf-8">', `<meta charset="utf-8">${policy}`).replace("</html>", `${style}</html>`);
}

function isPicture(value: unknown): value is Picture {
  const picture = value as Partial<Picture> | null | undefined;
  return typeof picture?.uri === "string" && typeof picture.title === "string" && typeof picture.html === "string";
}
