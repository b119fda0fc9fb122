import * as vscode from "vscode";
import { drawActive } from "./picture";
import { dockerfiles, Server } from "./server";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Plimsoll", { log: true });
  const status = vscode.languages.createLanguageStatusItem("plimsoll", dockerfiles);
  status.name = "Plimsoll";
  status.text = "Plimsoll";
  status.command = { command: "plimsoll.showOutput", title: "Show Output" };
  const running = new Server(context, output, status);
  server = running;
  context.subscriptions.push(
    output,
    status,
    running,
    vscode.commands.registerCommand("plimsoll.restart", () => running.restart()),
    vscode.commands.registerCommand("plimsoll.drawLayers", () => drawActive()),
    vscode.commands.registerCommand("plimsoll.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("plimsoll.path")) {
        running.settingsChanged();
      }
    }),
  );
  await running.start();
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
