import * as os from "node:os";
import * as readline from "node:readline";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State,
  type CloseHandlerResult,
  type DocumentSelector,
  type StaticFeature,
} from "vscode-languageclient/node";
import { isExplanation, type Explanation } from "./explanation";
import { findServer } from "./find";
import { SHOW_PICTURE, showPicture, withShades } from "./picture";
import { SHOW_RULE, showRule } from "./rules";
import { chosen } from "./settings";

/** What the editor shows to the server. */
export const dockerfiles: vscode.DocumentFilter[] = [
  { language: "dockerfile", scheme: "file" },
  { language: "dockerfile", scheme: "untitled" },
];

/**
 * What the conversion reads or writes beside the Dockerfile: shown to the server too, so that it works with the text on
 * the screen rather than with an older one on disk.
 */
const companions: vscode.DocumentFilter[] = [
  { scheme: "file", pattern: "**/package.json" },
  { scheme: "file", pattern: "**/next.config.{js,mjs,ts}" },
  { scheme: "file", pattern: "**/{,*}.dockerignore" },
];

/** What is said of the server. */
export type Condition =
  | { state: "starting" | "stopped" }
  | { state: "running"; version: string }
  | { state: "failed"; short: string; message: string };

/** Changes that are asked about, as the server's command takes them. */
export interface Changes {
  changed?: string[];
  changed_args?: string[];
  changed_base?: boolean;
}

/** After this many crashes within three minutes the server stays down until it is asked for. */
const CRASHES_ALLOWED = 4;
const CRASH_WINDOW_MS = 3 * 60 * 1000;

/** A client that writes its troubles to the output channel; what the user has to know, `Server.report` says once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/**
 * The one server of this window. Start, stop and restart are queued: each begins when the one before has ended, so two
 * quick restarts never leave two servers.
 */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private queue: Promise<void> = Promise.resolve();
  /** Ends the wait for a server that is starting, which may be a program that never answers. */
  private abandonStart: () => void = () => undefined;
  private disposed = false;
  /** The setting as it was when a server was last looked for. */
  private startedWith = "";
  private readonly conditions = new vscode.EventEmitter<Condition>();
  private readonly asked = new vscode.EventEmitter<vscode.Uri>();
  private said: Condition = { state: "stopped" };

  /** Fires when the server's condition changes. */
  readonly onDidChange = this.conditions.event;
  /** Fires when the editor asks anew about a document: it, its context or a setting has changed. */
  readonly onDidAsk = this.asked.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  get condition(): Condition {
    return this.said;
  }

  /** The program that was started. */
  program: string | undefined;

  /** The id of the server's process. */
  get processId(): number | undefined {
    return this.client?.serverProcess?.pid;
  }

  /** What the server knows of the layers of an open Dockerfile, after `changes` where there are some. */
  async explain(uri: vscode.Uri, changes?: Changes): Promise<Explanation | undefined> {
    const answer = await this.command("plimsoll.explain", uri, changes);
    return isExplanation(answer) ? answer : undefined;
  }

  /** Runs a command of the server on an open document. */
  async command(command: string, uri: vscode.Uri, argument?: unknown): Promise<unknown> {
    const client = this.client;
    if (client?.isRunning() !== true) {
      return undefined;
    }
    const args = [client.code2ProtocolConverter.asUri(uri), ...(argument === undefined ? [] : [argument])];
    return client.sendRequest("workspace/executeCommand", { command, arguments: args });
  }

  /** Starts another server where the settings now name another one. */
  settingsChanged(): void {
    if (configuredPath() !== this.startedWith) {
      void this.restart();
    }
  }

  start(): Promise<void> {
    return this.enqueue(() => this.launch());
  }

  restart(): Promise<void> {
    this.abandonStart();
    return this.enqueue(async () => {
      await this.halt();
      await this.launch();
    });
  }

  stop(): Promise<void> {
    this.disposed = true;
    this.abandonStart();
    return this.enqueue(() => this.halt());
  }

  dispose(): void {
    void this.stop();
    this.conditions.dispose();
    this.asked.dispose();
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.output.error(sentence(error));
    });
    return this.queue;
  }

  private async launch(): Promise<void> {
    if (this.disposed || this.client !== undefined) {
      return;
    }
    this.startedWith = configuredPath();
    const found = findServer({
      configured: this.startedWith,
      bundled: this.context.asAbsolutePath(process.platform === "win32" ? "bin/plimsoll.exe" : "bin/plimsoll"),
      searchPath: process.env["PATH"] ?? process.env["Path"] ?? "",
      home: os.homedir(),
      platform: process.platform,
    });
    if ("problem" in found) {
      this.report("not found", found.problem);
      return;
    }
    this.output.info(`Starting ${found.program} (from ${found.from})`);
    this.program = found.program;
    this.tell({ state: "starting" });
    const client = this.newClient(found.program);
    this.client = client;
    const abandoned = new Promise<void>((resolve) => {
      this.abandonStart = resolve;
    });
    try {
      await Promise.race([client.start(), abandoned]);
    } catch (error) {
      await this.halt();
      this.report("not started", `${found.program} did not start as a language server: ${sentence(error)}`);
    }
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client === undefined) {
      return;
    }
    if (!client.isRunning()) {
      // Nothing to say goodbye to: it is gone, or it never answered.
      client.serverProcess?.kill();
      return;
    }
    try {
      await client.dispose();
    } catch (error) {
      this.output.warn(`The server did not stop cleanly: ${sentence(error)}`);
    }
  }

  private newClient(program: string): LanguageClient {
    const crashes = new Crashes();
    let ran = false;
    const closed = (): CloseHandlerResult => {
      const stay = { action: CloseAction.DoNotRestart, handled: true };
      if (this.client !== client || !ran) {
        // Asked for, or it never ran: then `launch` says so.
        return stay;
      }
      const count = crashes.add(Date.now());
      if (count <= CRASHES_ALLOWED) {
        this.output.error(`The server ended by itself (${count}); starting it again.`);
        return { action: CloseAction.Restart, handled: true };
      }
      this.report("crashed", `The server ended by itself ${count} times in three minutes and stays down.`);
      return stay;
    };
    const client: LanguageClient = new QuietClient(
      "plimsoll",
      "Plimsoll",
      { command: program, args: ["lsp"] },
      {
        documentSelector: [...dockerfiles, ...companions] as DocumentSelector,
        outputChannel: this.output,
        errorHandler: {
          // What can't be written or read doesn't end the client: where the server is gone, the end of its process is
          // told too, and `closed` starts it again. Shutting down here, between the two, would keep it from that.
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed,
        },
        initializationFailedHandler: () => false,
        middleware: {
          executeCommand: async (command, args: unknown[], next) => {
            switch (command) {
              case SHOW_PICTURE:
                showPicture(await next(command, withShades(args)));
                return undefined;
              case SHOW_RULE:
                await showRule(await next(command, args));
                return undefined;
              default:
                return next(command, args);
            }
          },
          provideDiagnostics: (document, previous, token, next) => {
            // The editor asks after each change, and when the server says that something else has changed.
            this.asked.fire(document instanceof vscode.Uri ? document : document.uri);
            return next(document, previous, token);
          },
          workspace: {
            configuration: (params, _token, _next) =>
              params.items.map(({ section, scopeUri }) =>
                section !== "plimsoll"
                  ? null
                  : chosen(this.context, scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri)),
              ),
          },
        },
        // What the server writes to standard error is its log, not a list of errors.
        stdioOptions: {
          stdout: (input) => input.resume(),
          stderr: (input, channel) => {
            readline.createInterface({ input }).on("line", (line) => channel.info(`[server] ${line}`));
          },
        },
      },
    );
    client.registerFeature(showsPages);
    client.onDidChangeState(({ newState }) => {
      if (this.client === client) {
        ran ||= newState === State.Running;
        this.show(newState, client);
      }
    });
    return client;
  }

  private show(state: State, client: LanguageClient): void {
    if (state === State.Running) {
      const info = client.initializeResult?.serverInfo;
      this.output.info(`Running: ${info?.name ?? "plimsoll"} ${info?.version ?? ""}`);
      this.tell({ state: "running", version: info?.version ?? "" });
    } else if (this.said.state !== "failed") {
      this.tell({ state: state === State.Starting ? "starting" : "stopped" });
    }
  }

  private tell(condition: Condition): void {
    this.said = condition;
    this.conditions.fire(condition);
  }

  private report(short: string, message: string): void {
    this.output.error(message);
    this.tell({ state: "failed", short, message });
    const settings = "Open Settings";
    const restart = "Restart";
    const output = "Show Output";
    void vscode.window.showErrorMessage(`Plimsoll: ${message}`, restart, settings, output).then((choice) => {
      if (choice === restart) {
        void this.restart();
      } else if (choice === settings) {
        void vscode.commands.executeCommand("workbench.action.openSettings", "plimsoll.path");
      } else if (choice === output) {
        this.output.show();
      }
    });
  }
}

/** Tells the server that pictures and pages of rules are shown here. */
const showsPages: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...capabilities.experimental, plimsollShowsPictures: true, plimsollShowsRules: true };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** When the server crashed, as far back as it counts. */
class Crashes {
  private times: number[] = [];

  /** Notes a crash and returns how many there were within the window. */
  add(now: number): number {
    this.times = [...this.times.filter((time) => now - time <= CRASH_WINDOW_MS), now];
    return this.times.length;
  }
}

/** In an untrusted workspace the workspace's own value is left out by the editor. */
function configuredPath(): string {
  return vscode.workspace.getConfiguration("plimsoll").get("path", "");
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
