import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findServer, type Places } from "./find";

const root = mkdtempSync(join(tmpdir(), "plimsoll-find-"));
after(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, mode: number): string {
  const full = join(root, name);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, "");
  chmodSync(full, mode);
  return full;
}

const onPath = file("bin/plimsoll", 0o755);
const other = file("other/plimsoll-nightly", 0o755);
const notRunnable = file("plain/plimsoll", 0o644);

function places(changes: Partial<Places>): Places {
  return {
    configured: "",
    bundled: join(root, "nothing"),
    searchPath: join(root, "bin"),
    home: root,
    platform: "linux",
    ...changes,
  };
}

test("with nothing set the program on PATH is taken", () => {
  assert.deepEqual(findServer(places({})), { program: onPath, from: "PATH" });
});

test("the program of the extension goes before PATH", () => {
  assert.deepEqual(findServer(places({ bundled: other })), { program: other, from: "extension" });
});

test("the setting goes before both", () => {
  const want = { program: other, from: "setting" };
  assert.deepEqual(findServer(places({ configured: other, bundled: onPath })), want);
  assert.deepEqual(findServer(places({ configured: "~/other/plimsoll-nightly" })), want);
  assert.deepEqual(findServer(places({ configured: "plimsoll-nightly", searchPath: join(root, "other") })), want);
});

test("a setting that names nothing is said, not silently passed over", () => {
  for (const configured of [join(root, "gone"), join(root, "bin"), notRunnable, "no-such-name"]) {
    const found = findServer(places({ configured }));
    assert.ok("problem" in found && found.problem.includes(configured), JSON.stringify(found));
  }
});

test("a relative setting is refused: it would be a program of the workspace", () => {
  for (const configured of ["./plimsoll", "bin/plimsoll", "..\\plimsoll"]) {
    const found = findServer(places({ configured }));
    assert.ok("problem" in found && found.problem.includes("absolute"), JSON.stringify(found));
  }
});

test("empty and relative entries of PATH are passed over", () => {
  const before = process.cwd();
  process.chdir(join(root, "bin"));
  try {
    const found = findServer(places({ searchPath: ":.:../bin" }));
    assert.ok("problem" in found && found.problem.includes("plimsoll.path"), JSON.stringify(found));
  } finally {
    process.chdir(before);
  }
});
