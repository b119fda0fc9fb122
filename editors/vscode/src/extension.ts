import * as vscode from "vscode";
import { explainChange, explainWorkingTree } from "./change";
import { Conversions } from "./convert";
import { fixAll } from "./fix";
import { Layers } from "./layers";
import { drawLayers, drawWith, pictures, SHOW_PICTURE, withShades } from "./picture";
import { servePages } from "./rules";
import { Screen } from "./screen";
import { Server } from "./server";
import { Status } from "./status";

let server: Server | undefined;

/** What the tests in the editor look at. */
export interface Api {
  server: Server;
  layers: Layers;
  status: Status;
  screen: Screen;
  conversions: Conversions;
  pictures: () => string[];
}

export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const output = vscode.window.createOutputChannel("Plimsoll", { log: true });
  const running = new Server(context, output);
  server = running;
  const layers = new Layers();
  const status = new Status();
  const conversions = new Conversions(running, output);
  drawWith((uri) => running.command(SHOW_PICTURE, uri, withShades([uri])[1]));
  const screen = new Screen(running, layers, status, output);
  const dockerfile = () => {
    const active = vscode.window.activeTextEditor?.document;
    return active?.languageId === "dockerfile" ? active : screen.shown;
  };
  const command = (name: string, run: (...args: never[]) => unknown) => vscode.commands.registerCommand(name, run);
  context.subscriptions.push(
    output,
    running,
    layers,
    status,
    conversions,
    screen,
    servePages(),
    command("plimsoll.restart", () => running.restart()),
    command("plimsoll.showOutput", () => output.show()),
    command("plimsoll.drawLayers", () => drawLayers(dockerfile())),
    command("plimsoll.convertFile", () => {
      const document = dockerfile();
      return document === undefined
        ? vscode.window.showInformationMessage("Plimsoll converts a Dockerfile: open one first.")
        : conversions.show(document);
    }),
    command("plimsoll.applyConversion", () => conversions.apply()),
    command("plimsoll.discardConversion", () => conversions.discard()),
    command("plimsoll.explainChange", (picked?: vscode.Uri) =>
      explainChange(screen, layers, picked instanceof vscode.Uri ? picked : undefined),
    ),
    command("plimsoll.explainWorkingTree", () => explainWorkingTree(screen)),
    command("plimsoll.clearChange", () => screen.ask(undefined)),
    command("plimsoll.fixAll", () => fixAll(dockerfile())),
    command("plimsoll.goToStep", (uri: string, line: number) => goTo(vscode.Uri.parse(uri), line)),
    command("plimsoll.openWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`, false),
    ),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("plimsoll.path")) {
        running.settingsChanged();
      }
      if (event.affectsConfiguration("plimsoll.statusBar")) {
        status.draw();
      }
    }),
  );
  await running.start();
  return { server: running, layers, status, screen, conversions, pictures };
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}

async function goTo(uri: vscode.Uri, line: number): Promise<void> {
  const place = new vscode.Range(line - 1, 0, line - 1, 0);
  const column = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString())?.viewColumn;
  await vscode.window.showTextDocument(uri, { selection: place, ...(column === undefined ? {} : { viewColumn: column }) });
}
