// Writes the settings into package.json: what the server can be told, from ../../docs/plimsoll.schema.json, and what
// is the extension's own. With --check it only says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const manifest = join(here, "../package.json");

/** Only the command line's exit code hangs on it. */
const NOT_FOR_EDITORS = ["$schema", "fail-level"];

/** What holds where nothing is set: the server's own defaults, which `cargo test` compares. */
const DEFAULTS = { profile: "editor", "hadolint-comments": true, "strict-labels": false, shellcheck: true };
const ON = ["hints.", "lenses."];

/** How the words of a choice are explained, in the order of the schema. */
const CHOICES = {
  profile: {
    editor: "What matters while writing, with few false alarms.",
    hadolint: "Exactly what hadolint reports, with its severities.",
    buildkit: "Exactly what `docker build --check` reports.",
    strict: "Every rule.",
  },
};

/**
 * What is not in the schema: programs, which the schema of plimsoll.toml must not have, and what is the extension's own.
 * Machine scope: a workspace can't set it.
 */
const OWN = {
  "plimsoll.shellcheck-path": {
    type: "string",
    scope: "machine",
    markdownDescription:
      "ShellCheck's program: an absolute path, or a name to look for on `PATH`. Empty: `shellcheck` on `PATH`. A workspace can't set it.",
  },
  "plimsoll.path": {
    type: "string",
    default: "",
    scope: "machine",
    markdownDescription:
      "The `plimsoll` program: an absolute path, or a name to look for on `PATH`. Empty: the one that came with this extension, else `plimsoll` on `PATH`. A workspace can't set it.",
  },
  "plimsoll.statusBar.enabled": {
    type: "boolean",
    default: true,
    markdownDescription: "Say in the status bar what the image of the Dockerfile on the screen weighs.",
  },
  "plimsoll.trace.server": {
    type: "string",
    enum: ["off", "messages", "verbose"],
    enumDescriptions: ["Nothing.", "Which messages go over.", "The messages whole."],
    default: "off",
    markdownDescription: "Writes what is said between the editor and the server to the output channel.",
  },
};

function flat(schema, prefix = "") {
  const found = [];
  for (const [name, value] of Object.entries(schema.properties)) {
    const full = prefix + name;
    if (NOT_FOR_EDITORS.includes(full)) {
      continue;
    }
    if (value.type === "object" && value.properties !== undefined) {
      found.push(...flat(value, `${full}.`));
    } else {
      found.push([full, value]);
    }
  }
  return found;
}

function property(name, { description, ...schema }) {
  const words = name === "context" ? description.replace("relative to the settings file", "relative to the workspace folder") : description;
  const made = { ...schema };
  if (schema.enum !== undefined) {
    made.type = "string";
  }
  const choices = CHOICES[name];
  if (choices !== undefined) {
    made.markdownEnumDescriptions = schema.enum.map((word) => choices[word]);
  }
  if (name in DEFAULTS) {
    made.default = DEFAULTS[name];
  } else if (ON.some((prefix) => name.startsWith(prefix))) {
    made.default = true;
  } else if (schema.type === "array") {
    made.default = [];
  } else if (schema.type === "object") {
    made.default = {};
  }
  // Each folder of a workspace may have its own.
  made.scope = "resource";
  made.markdownDescription = words;
  return made;
}

const schema = JSON.parse(readFileSync(join(here, "../../../docs/plimsoll.schema.json"), "utf8"));
const before = readFileSync(manifest, "utf8");
const json = JSON.parse(before);
const all = [...flat(schema).map(([name, value]) => [`plimsoll.${name}`, property(name, value)]), ...Object.entries(OWN)];
json.contributes.configuration = {
  title: "Plimsoll",
  properties: Object.fromEntries(all.map(([name, value], index) => [name, { order: index + 1, ...value }])),
};
const after = `${JSON.stringify(json, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (before !== after) {
    console.error("the settings in package.json are not those of docs/plimsoll.schema.json: npm run settings");
    process.exit(1);
  }
} else {
  writeFileSync(manifest, after);
}
