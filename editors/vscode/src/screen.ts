import { execFile } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import { isExplanation, type Explanation } from "./explanation";
import type { Layers, Shown } from "./layers";
import { refreshPicture } from "./picture";
import type { Changes, Server } from "./server";
import type { Status } from "./status";

/** Between the last change and the question about it. */
const PAUSE_MS = 250;

/** What is asked about a change beside the Dockerfile as it is. */
type Question = { after: string; changes: Changes } | { after: string; since: string };

/** Keeps what is shown of a Dockerfile (the view, the status item, the picture) as the Dockerfile is. */
export class Screen implements vscode.Disposable {
  /** The Dockerfile that is shown: the last one that was on the screen, as long as it is open. */
  private document: vscode.TextDocument | undefined;
  private question: Question | undefined;
  private timer: NodeJS.Timeout | undefined;
  private round = 0;
  private settled: Promise<void> = Promise.resolve();
  private readonly watches: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly layers: Layers,
    private readonly status: Status,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.watches = [
      vscode.window.onDidChangeActiveTextEditor(() => this.look()),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.document) {
          this.turnTo(isShown(vscode.window.activeTextEditor?.document));
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.soon(document.uri)),
      vscode.window.onDidChangeActiveColorTheme(() => void refreshPicture(this.document?.uri)),
      server.onDidAsk((uri) => this.soon(uri)),
      server.onDidChange((condition) => {
        status.setCondition(condition);
        void vscode.commands.executeCommand("setContext", "plimsoll.failed", condition.state === "failed");
        if (condition.state === "running") {
          this.refresh();
        } else if (condition.state === "failed") {
          layers.show(undefined);
          status.setExplained(undefined);
        }
      }),
    ];
    this.look();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watches.forEach((watch) => watch.dispose());
  }

  /** The Dockerfile that is shown. */
  get shown(): vscode.TextDocument | undefined {
    return this.document;
  }

  /** Resolves when what is shown is of the newest text. */
  async ready(): Promise<Shown | undefined> {
    let settled;
    do {
      while (this.timer !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      settled = this.settled;
      await settled;
    } while (this.timer !== undefined || settled !== this.settled);
    return this.layers.current;
  }

  /** Marks what a change runs again, from now on; without a question, nothing. */
  async ask(question: Question | undefined): Promise<void> {
    this.question = question;
    this.refresh();
    await this.ready();
    if (question !== undefined) {
      await this.layers.focus();
    }
  }

  private look(): void {
    const active = isShown(vscode.window.activeTextEditor?.document);
    if (active !== undefined && active !== this.document) {
      this.turnTo(active);
    } else {
      this.status.draw();
    }
  }

  private turnTo(document: vscode.TextDocument | undefined): void {
    this.document = document;
    this.question = undefined;
    this.refresh();
  }

  private soon(uri: vscode.Uri): void {
    if (uri.toString() === this.document?.uri.toString()) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.refresh(), PAUSE_MS);
    }
  }

  private refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.settled = this.fetch().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.output.debug(`No layers: ${reason}`);
      if (this.question !== undefined && this.server.condition.state === "running") {
        // What was asked has no answer; the file as it is has one.
        this.question = undefined;
        void vscode.window.showWarningMessage(`Plimsoll: ${reason}`);
        this.refresh();
        return this.settled;
      }
      // The document was closed, or the server went away: another refresh follows.
      return undefined;
    });
  }

  private async fetch(): Promise<void> {
    const round = ++this.round;
    const { document, question } = this;
    if (document === undefined || document.isClosed) {
      this.layers.show(undefined);
      this.status.setExplained(undefined);
      return;
    }
    const plain = await this.server.explain(document.uri, question !== undefined && "changes" in question ? question.changes : undefined);
    if (round !== this.round) {
      // Overtaken: it is the newer one that shows, and that the asker waits for.
      return this.settled;
    }
    this.status.setExplained(plain);
    if (plain === undefined) {
      this.layers.show(undefined);
      return;
    }
    let shown: Shown = question === undefined ? { explained: plain } : { explained: plain, after: question.after };
    if (question !== undefined && "since" in question) {
      const explained = await this.since(document, plain, question.since);
      if (round !== this.round) {
        return this.settled;
      }
      if (explained === undefined) {
        this.question = undefined;
        shown = { explained: plain };
      } else {
        shown = { explained, after: question.after };
      }
    }
    this.layers.show(shown);
    void refreshPicture(document.uri);
  }

  /** Compares with what git has: by the command line, which reads what is saved. */
  private async since(
    document: vscode.TextDocument,
    plain: Explanation,
    revision: string,
  ): Promise<Explanation | undefined> {
    const program = this.server.program;
    if (program === undefined || document.uri.scheme !== "file") {
      void vscode.window.showWarningMessage("Plimsoll compares a Dockerfile on disk with git: save this one first.");
      return undefined;
    }
    const folder = plain.context?.path || path.dirname(document.uri.fsPath);
    const args = ["explain", document.uri.fsPath, "--context", folder, "--since", revision, "--format", "json"];
    const options = { cwd: folder, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    const { error, stdout, stderr } = await new Promise<{ error: Error | null; stdout: string; stderr: string }>(
      (resolve) => execFile(program, args, options, (error, stdout, stderr) => resolve({ error, stdout, stderr })),
    );
    stderr.split("\n").filter(Boolean).forEach((line) => this.output.info(`[explain] ${line}`));
    if (error !== null) {
      const reason = /error: (.*)/.exec(stderr)?.[1] ?? error.message;
      void vscode.window.showWarningMessage(`Plimsoll: ${reason}`);
      return undefined;
    }
    const explained: unknown = JSON.parse(stdout);
    return isExplanation(explained) ? { ...explained, uri: plain.uri } : undefined;
  }
}

function isShown(document: vscode.TextDocument | undefined): vscode.TextDocument | undefined {
  const ours = document?.languageId === "dockerfile" && ["file", "untitled"].includes(document.uri.scheme);
  return ours ? document : undefined;
}
