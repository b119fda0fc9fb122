import * as vscode from "vscode";
import { applyEdits, type Change, type LspEdit, type TextEdit } from "./edits";
import type { Server } from "./server";

/** What the server's command answers. */
interface Answer {
  outcome: "converted" | "refused" | "question";
  title: string | null;
  reason: { message: string; line?: number | null } | null;
  questions: { key: string; message: string; choices: string[]; titles?: string[]; default: string | null }[];
  edit: LspEdit | null;
  notes: Note[];
  estimate: { before: { shown: string } | null; after: { shown: string } | null };
}

interface Note {
  severity: "warning" | "info";
  message: string;
  uri: string;
  line: number | null;
}

/** A conversion that is shown and not yet made. */
interface Preview {
  title: string;
  files: File[];
  notes: Note[];
  sizes: string;
}

/** A file as it is and as it will be. */
interface File {
  uri: vscode.Uri;
  /** None where the file is made. */
  before: string | undefined;
  after: string;
  edits: TextEdit[];
}

const SCHEME = "plimsoll-preview";
const APPLY = "Apply";
const DISCARD = "Discard";

/** Shows conversions as diffs of all their files, and makes them when they are wanted. */
export class Conversions implements vscode.Disposable {
  private preview: Preview | undefined;
  private readonly texts = new Map<string, string>();
  private readonly parts: vscode.Disposable[];
  private round = 0;

  constructor(
    private readonly server: Server,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.parts = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: (uri) => this.texts.get(uri.toString()) ?? "",
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // One that is shown anew has the title of the one that it takes the place of.
        if (closed.some((tab) => isOf(tab, this.preview)) && this.tabs(this.preview).length === 0) {
          this.forget();
        }
      }),
    ];
  }

  dispose(): void {
    this.parts.forEach((part) => part.dispose());
  }

  /** What is shown and not yet made: each file's text to come. */
  get shown(): { uri: vscode.Uri; after: string }[] | undefined {
    return this.preview?.files;
  }

  /** Asks the server how the Dockerfile is converted, and shows it. */
  async show(document: vscode.TextDocument): Promise<void> {
    const answer = await this.ask(document);
    if (answer === undefined) {
      return;
    }
    if (answer.outcome === "refused" || answer.edit === null) {
      this.refuse(document, answer);
      return;
    }
    const files = await filesOf(answer.edit);
    const { before, after } = answer.estimate;
    const sizes = before !== null && after !== null ? `The image: ${before.shown} before, ${after.shown} after.` : "";
    const name = vscode.workspace.asRelativePath(document.uri);
    await this.discard();
    this.preview = { title: `Convert ${name}`, files, notes: answer.notes, sizes };
    const round = ++this.round;
    const resources = files.map((file): [vscode.Uri, vscode.Uri | undefined, vscode.Uri] => [
      file.uri,
      file.before === undefined ? undefined : this.keep(file.uri, `${round}-before`, file.before),
      this.keep(file.uri, `${round}-after`, file.after),
    ]);
    await vscode.commands.executeCommand("vscode.changes", this.preview.title, resources);
    await vscode.commands.executeCommand("setContext", "plimsoll.previewing", true);
    const made = this.preview;
    const message = [`${counted(files.length)} would change.`, sizes].filter(Boolean).join(" ");
    // Not waited for: the buttons in the title of the preview do the same.
    void vscode.window.showInformationMessage(message, APPLY, DISCARD).then((choice) => {
      if (this.preview === made && choice === APPLY) {
        void this.apply();
      } else if (this.preview === made && choice === DISCARD) {
        void this.discard();
      }
    });
  }

  /** Makes what is shown. Files that had nothing unsaved are saved. */
  async apply(): Promise<void> {
    const preview = this.preview;
    if (preview === undefined) {
      return;
    }
    const edit = new vscode.WorkspaceEdit();
    const toSave: vscode.Uri[] = [];
    for (const file of preview.files) {
      const document = await open(file.uri);
      if (document?.getText() !== file.before) {
        const name = vscode.workspace.asRelativePath(file.uri);
        void vscode.window.showWarningMessage(`Plimsoll: ${name} has changed since the preview; convert again.`);
        return;
      }
      if (document === undefined) {
        edit.createFile(file.uri, { contents: Buffer.from(file.after, "utf8") });
        continue;
      }
      if (!document.isDirty) {
        toSave.push(file.uri);
      }
      for (const { range, newText } of file.edits) {
        const { start, end } = range;
        edit.replace(file.uri, new vscode.Range(start.line, start.character, end.line, end.character), newText);
      }
    }
    if (!(await vscode.workspace.applyEdit(edit, { isRefactoring: true }))) {
      void vscode.window.showWarningMessage("Plimsoll: the editor didn't make the changes; nothing was converted.");
      return;
    }
    for (const uri of toSave) {
      await (await open(uri))?.save();
    }
    await this.discard();
    this.tell(preview);
  }

  /** Closes the preview. */
  async discard(): Promise<void> {
    const preview = this.preview;
    this.forget();
    await vscode.window.tabGroups.close(this.tabs(preview));
  }

  private tabs(preview: Preview | undefined): vscode.Tab[] {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    return tabs.filter((tab) => isOf(tab, preview));
  }

  private forget(): void {
    this.preview = undefined;
    this.texts.clear();
    void vscode.commands.executeCommand("setContext", "plimsoll.previewing", false);
  }

  private async ask(document: vscode.TextDocument): Promise<Answer | undefined> {
    const answers: Record<string, string> = {};
    // Each round answers a question; there are not many.
    for (let round = 0; round < 10; round++) {
      const answer = (await this.server.command("plimsoll.convert", document.uri, answers)) as Answer | undefined;
      const question = answer?.outcome === "question" ? answer.questions[0] : undefined;
      if (question === undefined) {
        return answer;
      }
      const choices = question.choices.map((choice, index) => ({
        label: choice,
        description: choice === question.default ? "likely" : "",
        detail: question.titles?.[index] ?? "",
      }));
      choices.sort((a, b) => b.description.length - a.description.length);
      const choice = await vscode.window.showQuickPick(choices, { title: question.message, ignoreFocusOut: true });
      if (choice === undefined) {
        return undefined;
      }
      answers[question.key] = choice.label;
    }
    return undefined;
  }

  private refuse(document: vscode.TextDocument, answer: Answer): void {
    const line = answer.reason?.line ?? undefined;
    const goTo = line === undefined ? [] : ["Go to Line"];
    const message = answer.reason?.message ?? "The file can't be converted.";
    // Not waited for, as no message is: it may stand for long.
    void vscode.window.showWarningMessage(`Not converted: ${message}`, ...goTo).then((choice) => {
      if (choice !== undefined && line !== undefined) {
        const selection = new vscode.Range(line - 1, 0, line - 1, 0);
        void vscode.window.showTextDocument(document, { selection });
      }
    });
  }

  /** What the user should know of the conversion that was made. */
  private tell(preview: Preview): void {
    const names = preview.files.map((file) => vscode.workspace.asRelativePath(file.uri)).join(", ");
    this.output.info(`Converted: ${names}. ${preview.sizes}`);
    for (const note of preview.notes) {
      this.output.info(note.message);
    }
    const warnings = preview.notes.filter((note) => note.severity === "warning");
    for (const note of warnings) {
      const goTo = note.line === null ? [] : ["Go to Line"];
      void vscode.window.showWarningMessage(`Plimsoll: ${note.message}`, ...goTo).then((choice) => {
        if (choice !== undefined && note.line !== null) {
          const selection = new vscode.Range(note.line - 1, 0, note.line - 1, 0);
          void vscode.window.showTextDocument(vscode.Uri.parse(note.uri), { selection });
        }
      });
    }
    if (preview.notes.length > warnings.length) {
      const message = `Converted ${counted(preview.files.length)}. ${preview.sizes}`;
      void vscode.window.showInformationMessage(message, "Show Notes").then((choice) => {
        if (choice !== undefined) {
          this.output.show();
        }
      });
    }
  }

  private keep(file: vscode.Uri, query: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: file.path, query });
    this.texts.set(uri.toString(), text);
    return uri;
  }
}

/** Whether a tab is the preview: the editor puts the number of files behind the title. */
function isOf(tab: vscode.Tab, preview: Preview | undefined): boolean {
  return preview !== undefined && tab.label.startsWith(preview.title) && !(tab.input instanceof vscode.TabInputText);
}

async function filesOf(edit: LspEdit): Promise<File[]> {
  const changes = new Map<string, Change>();
  for (const change of edit.documentChanges) {
    const uri = "kind" in change ? change.uri : change.textDocument.uri;
    const known = changes.get(uri) ?? { edits: [] };
    changes.set(uri, known);
    if (!("kind" in change)) {
      known.edits.push(...change.edits);
    }
  }
  const files: File[] = [];
  for (const [name, change] of changes) {
    const uri = vscode.Uri.parse(name);
    const before = (await open(uri))?.getText();
    files.push({ uri, before, after: applyEdits(before ?? "", change.edits), edits: change.edits });
  }
  // The Dockerfile first: it is what was asked for.
  const made = (file: File) => (file.before === undefined ? 1 : 0);
  return files.sort((a, b) => made(a) - made(b));
}

async function open(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

function counted(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}
