import * as vscode from "vscode";
import { bar, blocks, percent, type BarKind } from "./bars";
import { heaviest, plain, sentenceAgain, share, stepsOf, type Explanation, type Stage, type Step } from "./explanation";

/** A line of the view. */
export type Row = { kind: "stage"; stage: Stage; uri: vscode.Uri } | { kind: "step"; step: Step; uri: vscode.Uri };

/** What is shown: a Dockerfile as it is, or after a change. */
export interface Shown {
  explained: Explanation;
  /** "After a change of app/page.tsx", where a change was asked about. */
  after?: string;
}

/** The view "Layers": the steps by stage, each with its weight as a bar. A click goes to the line. */
export class Layers implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Row>;
  private readonly marks = new Marks();
  private shown: Shown | undefined;

  constructor() {
    this.view = vscode.window.createTreeView<Row>("plimsoll.layers", { treeDataProvider: this, showCollapseAll: true });
  }

  dispose(): void {
    this.view.dispose();
    this.marks.dispose();
    this.changed.dispose();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  onDidChangeVisibility(listener: () => void): vscode.Disposable {
    return this.view.onDidChangeVisibility(listener);
  }

  /** What is shown now. */
  get current(): Shown | undefined {
    return this.shown;
  }

  show(shown: Shown | undefined): void {
    this.shown = shown;
    void vscode.commands.executeCommand("setContext", "plimsoll.hasLayers", shown !== undefined);
    void vscode.commands.executeCommand("setContext", "plimsoll.explaining", shown?.after !== undefined);
    this.view.description = shown === undefined ? "" : (shown.explained.image.shown ?? "");
    this.view.message =
      shown?.after === undefined ? "" : sentenceAgain(shown.explained, shown.after);
    this.marks.set(shown);
    this.changed.fire();
  }

  focus(): Thenable<unknown> {
    return vscode.commands.executeCommand("plimsoll.layers.focus", { preserveFocus: true });
  }

  getChildren(row?: Row): Row[] {
    if (this.shown === undefined) {
      return [];
    }
    const { explained } = this.shown;
    const uri = vscode.Uri.parse(explained.uri);
    if (row === undefined) {
      return explained.stages.map((stage) => ({ kind: "stage", stage, uri }));
    }
    if (row.kind === "step") {
      return [];
    }
    const from = explained.steps.filter((step) => step.stage === row.stage.index && step.instruction === "FROM");
    const steps = [...from, ...stepsOf(explained, row.stage.index)];
    return steps.map((step) => ({ kind: "step", step, uri }));
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return row.kind === "stage" ? this.stageItem(row.stage, row.uri) : this.stepItem(row.step, row.uri);
  }

  private stageItem(stage: Stage, uri: vscode.Uri): vscode.TreeItem {
    const open =
      stage.reach === "unused" ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded;
    const item = new vscode.TreeItem(stage.name ?? capital(stage.title), open);
    item.id = `${uri.toString()}#stage ${stage.index}`;
    const becomes = { image: "in the image", copied: "left behind", unused: "not built" }[stage.reach ?? "unused"];
    item.description = stage.reach === "unused" ? becomes : `${stage.shown ?? ""} · ${becomes}`;
    item.iconPath = new vscode.ThemeIcon(stage.reach === "image" ? "package" : "layers");
    const meaning = {
      image: "Its layers are the image's.",
      copied: "Its layers stay behind: only what a later stage copies from it reaches the image.",
      unused: "The build doesn't need it.",
    }[stage.reach ?? "unused"];
    item.tooltip = new vscode.MarkdownString(`**${stage.title}**, from \`${stage.base}\`\n\n${meaning}`);
    item.contextValue = "stage";
    return item;
  }

  private stepItem(step: Step, uri: vscode.Uri): vscode.TreeItem {
    const item = new vscode.TreeItem(this.leading(step));
    item.id = `${uri.toString()}#line ${step.line}`;
    const { explained, after } = this.shown ?? {};
    const most = explained === undefined ? 0 : heaviest(explained);
    const part = step.size === null || most === 0 ? 0 : step.size.likely / most;
    const kind = barKind(step);
    item.iconPath =
      after !== undefined && step.instruction !== "FROM" && step.layer !== "none"
        ? againIcon(step)
        : { light: vscode.Uri.parse(bar(kind, part, "light")), dark: vscode.Uri.parse(bar(kind, part, "dark")) };
    item.description = plain(step.text);
    item.tooltip = this.tooltip(step, part);
    item.accessibilityInformation = {
      label: [`Line ${step.line}`, step.text, this.leading(step), step.in_image ? "in the image" : "not in the image"].join(", "),
    };
    item.contextValue = "step";
    item.command = { command: "plimsoll.goToStep", title: "Go to Step", arguments: [uri.toString(), step.line] };
    return item;
  }

  /** What is asked for stands first, where a narrow side bar doesn't cut it off: the weight, or what a change does. */
  private leading(step: Step): string {
    if (this.shown?.after !== undefined && step.instruction !== "FROM") {
      return step.runs_again === true ? "runs again" : step.runs_again === "maybe" ? "may run again" : "kept";
    }
    if (step.size !== null && step.size.likely > 0) {
      return step.shown ?? "";
    }
    return step.size === null && step.layer === "filesystem" ? "?" : "–";
  }

  private tooltip(step: Step, part: number): vscode.MarkdownString {
    const tip = new vscode.MarkdownString();
    tip.appendCodeblock(step.text, "dockerfile");
    if (step.layer === "none" || step.layer === "metadata") {
      tip.appendMarkdown("Makes no layer.");
    } else if (step.size === null) {
      tip.appendMarkdown("What its layer weighs isn't known.");
    } else if (step.size.likely > 0) {
      tip.appendMarkdown(`${blocks(part)} ${step.words ?? ""}`);
      const ofImage = this.shown === undefined ? undefined : share(this.shown.explained, step);
      if (ofImage !== undefined) {
        tip.appendMarkdown(`; ${percent(ofImage)} of the image`);
      }
      if (!step.in_image) {
        tip.appendMarkdown(", not in the image");
      }
    } else {
      tip.appendMarkdown("Its layer is empty.");
    }
    for (const { what, words } of step.parts.length > 1 ? step.parts : []) {
      if (words !== null) {
        tip.appendMarkdown("\n- ");
        tip.appendText(`${what}: ${words}`);
      }
    }
    const keys = step.cache.depends_on.filter(({ kind, detail }) => kind !== "parent" && kind !== "command" && detail);
    if (keys.length > 0) {
      tip.appendMarkdown("\n\nRuns again with ");
      tip.appendText(keys.map(({ detail }) => detail).join(", "));
    }
    return tip;
  }
}

/** What runs again, marked in the editor's lines. */
class Marks implements vscode.Disposable {
  private shown: Shown | undefined;
  private readonly again = decoration("editor.stackFrameHighlightBackground", "editorWarning.foreground");
  private readonly maybe = decoration("editor.focusedStackFrameHighlightBackground", "editorInfo.foreground");
  private readonly watch = vscode.window.onDidChangeVisibleTextEditors(() => this.draw());

  dispose(): void {
    this.watch.dispose();
    this.again.dispose();
    this.maybe.dispose();
  }

  set(shown: Shown | undefined): void {
    this.shown = shown;
    this.draw();
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const shown = this.shown;
      const ours = shown?.after !== undefined && editor.document.uri.toString() === vscode.Uri.parse(shown.explained.uri).toString();
      const ranges = (wanted: true | "maybe") =>
        !ours || shown === undefined
          ? []
          : shown.explained.steps
              .filter((step) => step.runs_again === wanted && step.instruction !== "FROM" && step.layer !== "none")
              .map((step) => new vscode.Range(step.line - 1, 0, step.end_line - 1, Number.MAX_SAFE_INTEGER));
      editor.setDecorations(this.again, ranges(true));
      editor.setDecorations(this.maybe, ranges("maybe"));
    }
  }
}

function decoration(background: string, ruler: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(background),
    overviewRulerColor: new vscode.ThemeColor(ruler),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function againIcon(step: Step): vscode.ThemeIcon {
  switch (step.runs_again) {
    case true:
      return new vscode.ThemeIcon("refresh", new vscode.ThemeColor("editorWarning.foreground"));
    case "maybe":
      return new vscode.ThemeIcon("question", new vscode.ThemeColor("editorInfo.foreground"));
    default:
      return new vscode.ThemeIcon("check", new vscode.ThemeColor("disabledForeground"));
  }
}

function barKind(step: Step): BarKind {
  if (step.layer !== "filesystem" && step.instruction !== "FROM") {
    return "none";
  }
  if (step.size === null) {
    return step.instruction === "FROM" && step.layer === "none" ? "none" : "unknown";
  }
  return step.in_image ? "image" : "left-behind";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
