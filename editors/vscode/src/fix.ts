import * as vscode from "vscode";

const KIND = "source.fixAll.plimsoll";

/** A fix may make place for another one: this many rounds, and no more. */
const ROUNDS = 5;

/** Makes all safe fixes of a Dockerfile, until there are none. */
export async function fixAll(document: vscode.TextDocument | undefined): Promise<void> {
  if (document === undefined) {
    void vscode.window.showInformationMessage("Plimsoll mends a Dockerfile: open one first.");
    return;
  }
  for (let round = 0; round < ROUNDS; round++) {
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[] | undefined>(
      "vscode.executeCodeActionProvider",
      document.uri,
      whole,
      KIND,
      1,
    );
    const edit = actions?.find((action) => action.kind?.value === KIND && action.edit !== undefined)?.edit;
    if (edit === undefined) {
      if (round === 0) {
        void vscode.window.setStatusBarMessage("Plimsoll: nothing has a safe fix", 5000);
      }
      return;
    }
    const before = document.version;
    if (!(await vscode.workspace.applyEdit(edit)) || document.version === before) {
      return;
    }
  }
}
