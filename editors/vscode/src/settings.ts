import * as vscode from "vscode";

/** The extension's own settings: the server knows nothing of them. */
const OWN = ["path", "statusBar.enabled", "trace.server"];

/**
 * What the user has set, for the server, as it would stand below "plimsoll": in the folder `scope` of the workspace, or
 * in all of it. What only has its default is left out: the editor's settings go before those of plimsoll.toml, and a
 * default must not.
 */
export function chosen(context: vscode.ExtensionContext, scope?: vscode.Uri): Record<string, unknown> {
  const manifest = context.extension.packageJSON as {
    contributes: { configuration: { properties: Record<string, unknown> } };
  };
  const settings = vscode.workspace.getConfiguration(undefined, scope ?? null);
  const found: Record<string, unknown> = {};
  for (const full of Object.keys(manifest.contributes.configuration.properties)) {
    const name = full.slice("plimsoll.".length);
    const set = settings.inspect(full);
    const isSet =
      set?.globalValue !== undefined || set?.workspaceValue !== undefined || set?.workspaceFolderValue !== undefined;
    if (isSet && !OWN.includes(name)) {
      place(found, name.split("."), settings.get(full));
    }
  }
  return found;
}

function place(into: Record<string, unknown>, [first, ...rest]: string[], value: unknown): void {
  if (first === undefined) {
    return;
  }
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const below = (into[first] ?? {}) as Record<string, unknown>;
  into[first] = below;
  place(below, rest, value);
}
