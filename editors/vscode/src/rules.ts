import * as vscode from "vscode";

/** The server's command, whose result is a rule's page. It is registered by the language client. */
export const SHOW_RULE = "plimsoll.showRule";

const SCHEME = "plimsoll-rule";
const pages = new Map<string, string>();

/** Serves the pages that were asked for. */
export function servePages(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => pages.get(uri.path) ?? "",
  });
}

/** Shows the page of a rule as the editor shows Markdown. */
export async function showRule(result: unknown): Promise<void> {
  const { rule, markdown } = (result ?? {}) as { rule?: unknown; markdown?: unknown };
  if (typeof rule !== "string" || typeof markdown !== "string") {
    return;
  }
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
  pages.set(uri.path, markdown);
  await vscode.commands.executeCommand("markdown.showPreview", uri);
}
