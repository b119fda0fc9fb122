import * as vscode from "vscode";
import { percent } from "./bars";
import { share, type Explanation } from "./explanation";
import type { Condition } from "./server";

/** The item in the status bar: what the image weighs, and how the server is. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("plimsoll.status", vscode.StatusBarAlignment.Right, 100);
  private condition: Condition = { state: "stopped" };
  private explained: Explanation | undefined;

  constructor() {
    this.item.name = "Plimsoll: Image Weight";
  }

  dispose(): void {
    this.item.dispose();
  }

  /** What the item says now; none where it is hidden. */
  get text(): string | undefined {
    return this.shown ? this.item.text : undefined;
  }

  private shown = false;

  setCondition(condition: Condition): void {
    this.condition = condition;
    this.draw();
  }

  /** What is on the screen; none where no Dockerfile is. */
  setExplained(explained: Explanation | undefined): void {
    this.explained = explained;
    this.draw();
  }

  draw(): void {
    const { item, condition, explained } = this;
    const failed = condition.state === "failed";
    item.backgroundColor = failed ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    const enabled = vscode.workspace.getConfiguration("plimsoll").get("statusBar.enabled", true);
    const onScreen = vscode.window.activeTextEditor?.document.languageId === "dockerfile";
    this.shown = failed || (enabled && (onScreen || (explained !== undefined && condition.state === "running")));
    if (!this.shown) {
      item.hide();
      return;
    }
    if (failed) {
      item.text = `$(error) Plimsoll: ${condition.short}`;
      item.tooltip = condition.message;
      item.command = "plimsoll.showOutput";
    } else if (condition.state !== "running") {
      item.text = condition.state === "starting" ? "$(loading~spin) Plimsoll" : "$(debug-disconnect) Plimsoll: stopped";
      item.tooltip = condition.state === "starting" ? "The server starts" : "The server is stopped";
      item.command = "plimsoll.showOutput";
    } else {
      const shown = explained?.image.shown;
      const known = shown !== undefined && shown !== null && explained?.image.size?.basis !== "unknown";
      item.text = `$(layers) ${known ? shown : "Plimsoll"}`;
      item.tooltip = explained === undefined ? `Plimsoll ${condition.version}` : tooltip(explained, condition.version);
      item.command = "plimsoll.layers.focus";
    }
    item.accessibilityInformation = { label: `Plimsoll: image ${explained?.image.shown ?? ""} ${condition.state}` };
    item.show();
  }
}

function tooltip(explained: Explanation, version: string): vscode.MarkdownString {
  const { image } = explained;
  const tip = new vscode.MarkdownString(undefined, true);
  tip.isTrusted = { enabledCommands: ["plimsoll.drawLayers", "plimsoll.layers.focus", "plimsoll.restart"] };
  tip.appendMarkdown(`**Final image** ${image.shown ?? ""} · ${image.layers} ${image.layers === 1 ? "layer" : "layers"}\n\n`);
  const heavy = explained.steps
    .filter((step) => step.in_image && (step.size?.likely ?? 0) > 0)
    .sort((a, b) => (b.size?.likely ?? 0) - (a.size?.likely ?? 0))
    .slice(0, 3);
  for (const step of heavy) {
    const part = share(explained, step);
    tip.appendMarkdown(`- line ${step.line}, \``);
    tip.appendMarkdown(step.text.replaceAll("`", "'").slice(0, 60));
    tip.appendMarkdown(`\`: ${step.shown ?? ""}${part === undefined ? "" : ` (${percent(part)})`}\n`);
  }
  tip.appendMarkdown(
    `\n[$(list-tree) Layers](command:plimsoll.layers.focus) · [$(graph) Picture](command:plimsoll.drawLayers) · ` +
      `[$(debug-restart) Restart](command:plimsoll.restart)\n\nPlimsoll ${version}`,
  );
  return tip;
}
