import { accessSync, constants, statSync } from "node:fs";
import * as path from "node:path";

/** Where the server can be looked for. All of it is given, so that nothing here reads the environment. */
export interface Places {
  /** The setting `plimsoll.path`, empty where it isn't set. */
  configured: string;
  /** Where the program of a platform package of this extension lies, whether or not it is there. */
  bundled: string;
  /** The environment's PATH. */
  searchPath: string;
  home: string;
  platform: NodeJS.Platform;
}

/** The program to start, or a sentence for the user that says why there is none. */
export type Found =
  | { program: string; from: "setting" | "extension" | "PATH" }
  | { problem: string };

/** Looks for the server: the setting, else the program that came with the extension, else PATH. */
export function findServer(places: Places): Found {
  const configured = places.configured.trim();
  if (configured !== "") {
    return findConfigured(configured, places);
  }
  if (isProgram(places.bundled, places.platform)) {
    return { program: places.bundled, from: "extension" };
  }
  const program = onPath("plimsoll", places);
  return program === undefined
    ? { problem: "No plimsoll on PATH. Install it, or name the program in the setting plimsoll.path." }
    : { program, from: "PATH" };
}

function findConfigured(configured: string, places: Places): Found {
  const { join, isAbsolute } = rules(places.platform);
  const expanded = /^~[/\\]/.test(configured) ? join(places.home, configured.slice(2)) : configured;
  if (isAbsolute(expanded)) {
    return isProgram(expanded, places.platform)
      ? { program: expanded, from: "setting" }
      : { problem: `The setting plimsoll.path names ${expanded}, and there is no program there that can be started.` };
  }
  if (/[/\\]/.test(expanded)) {
    return {
      problem: `The setting plimsoll.path is ${configured}. It must be an absolute path, or a name to look for on PATH.`,
    };
  }
  const program = onPath(expanded, places);
  return program === undefined
    ? { problem: `The setting plimsoll.path names ${configured}, and there is no such program on PATH.` }
    : { program, from: "setting" };
}

/**
 * Looks a name up on PATH. Relative entries are passed over, and the answer is absolute: a program must never come
 * from the working directory, which is the workspace.
 */
function onPath(name: string, places: Places): string | undefined {
  const { join, isAbsolute, delimiter } = rules(places.platform);
  const names = places.platform === "win32" && !/\.exe$/i.test(name) ? [`${name}.exe`] : [name];
  for (const folder of places.searchPath.split(delimiter)) {
    if (!isAbsolute(folder)) {
      continue;
    }
    for (const candidate of names) {
      const program = join(folder, candidate);
      if (isProgram(program, places.platform)) {
        return program;
      }
    }
  }
  return undefined;
}

function isProgram(file: string, platform: NodeJS.Platform): boolean {
  try {
    if (platform !== "win32") {
      accessSync(file, constants.X_OK);
    }
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function rules(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}
