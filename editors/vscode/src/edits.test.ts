import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits } from "./edits";

function edit(start: [number, number], end: [number, number], newText: string) {
  const position = ([line, character]: [number, number]) => ({ line, character });
  return { range: { start: position(start), end: position(end) }, newText };
}

test("edits are all of the text as it was, in whatever order they come", () => {
  const made = applyEdits("FROM a\nRUN b\n", [edit([1, 4], [1, 5], "make"), edit([0, 6], [0, 6], " AS x")]);
  assert.equal(made, "FROM a AS x\nRUN make\n");
});

test("several insertions at one place keep their order", () => {
  assert.equal(applyEdits("c", [edit([0, 0], [0, 0], "a"), edit([0, 0], [0, 0], "b")]), "abc");
});

test("line ends of every kind count, and columns count UTF-16 units", () => {
  assert.equal(applyEdits("# 😀\r\nRUN a\rRUN b", [edit([0, 4], [1, 3], "!\r\nrun"), edit([2, 4], [9, 0], "c")]), "# 😀!\r\nrun a\rRUN c");
});

test("a file that is made has no text to begin with", () => {
  assert.equal(applyEdits("", [edit([0, 0], [1, 0], "node_modules\n")]), "node_modules\n");
});
