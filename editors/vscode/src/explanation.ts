/** What the server says of a Dockerfile's layers: the JSON of `plimsoll explain`, as far as it is shown here. */
export interface Explanation {
  uri: string;
  path: string;
  target: string | null;
  context: Context | null;
  image: Whole & { layers: number };
  stages: Stage[];
  steps: Step[];
  scenarios: Scenario[];
}

export interface Context {
  /** The folder that is built from. */
  path: string;
  files: number;
  bytes: number;
  ignored_files: number;
  ignored_bytes: number;
}

/** Bytes, uncompressed. */
export interface Size {
  low: number;
  likely: number;
  high: number;
  basis: "measured" | "lockfile" | "table";
}

export interface Whole {
  /** What isn't known of it is null, and the basis then "unknown". */
  size: { low: number; likely: number | null; high: number | null; basis: string } | null;
  /** In words, short. */
  shown: string | null;
}

export interface Stage extends Whole {
  index: number;
  title: string;
  name: string | null;
  /** 1-based, as all lines here. */
  line: number | null;
  base: string;
  reach: "image" | "copied" | "unused" | null;
}

export type Again = boolean | "maybe";

export interface Step {
  stage: number;
  line: number;
  end_line: number;
  instruction: string;
  text: string;
  layer: "filesystem" | "metadata" | "none";
  in_image: boolean;
  size: Size | null;
  shown: string | null;
  /** The weight with its range and where it comes from. */
  words: string | null;
  parts: { what: string; size: Size | null; words: string | null }[];
  cache: { depends_on: { kind: string; detail: string }[] };
  /** Only where a change was asked about. */
  runs_again?: Again;
}

export interface Scenario {
  change: string;
  runs_again: { line: number; certain: boolean }[];
}

export function isExplanation(value: unknown): value is Explanation {
  const explained = value as Partial<Explanation> | null | undefined;
  return Array.isArray(explained?.steps) && Array.isArray(explained.stages) && typeof explained.image === "object";
}

/** A step's text without what says how and not what: owner, mode, mounts. */
export function plain(text: string): string {
  return text.replace(/ --(?:chown|chmod|link|mount|network|security|parents|exclude|checksum)(?:=\S*)?(?= )/g, "");
}

/** The steps of a stage that run: all but its FROM. */
export function stepsOf(explained: Explanation, stage: number): Step[] {
  return explained.steps.filter((step) => step.stage === stage && step.instruction !== "FROM");
}

/** What part of the image a step is, from 0 to 1; none where one of the two isn't known. */
export function share(explained: Explanation, step: Step): number | undefined {
  const whole = explained.image.size?.likely;
  return !step.in_image || step.size === null || !whole ? undefined : step.size.likely / whole;
}

/** The heaviest layer of the file: what all bars are measured by. */
export function heaviest(explained: Explanation): number {
  return Math.max(0, ...explained.steps.map((step) => step.size?.likely ?? 0));
}

/** How many steps run again, how many may, and of how many. Base images don't run. */
export function countAgain(explained: Explanation): { certain: number; maybe: number; all: number } {
  const steps = explained.steps.filter((step) => step.instruction !== "FROM" && step.layer === "filesystem");
  return {
    certain: steps.filter((step) => step.runs_again === true).length,
    maybe: steps.filter((step) => step.runs_again === "maybe").length,
    all: steps.length,
  };
}

/** What a change runs again, in a sentence; `after` is "After …". */
export function sentenceAgain(explained: Explanation, after: string): string {
  const { certain, maybe, all } = countAgain(explained);
  const steps = all === 1 ? "step" : "steps";
  if (certain === 0 && maybe === 0) {
    return `${after}, nothing runs again.`;
  }
  const may = maybe === 0 ? "" : `, ${maybe} more may`;
  const run = certain === 1 ? "runs" : "run";
  return `${after}, ${certain} of ${all} ${steps} ${run} again${may}.`;
}
