import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, blocks, percent } from "./bars";

function svg(uri: string): string {
  return Buffer.from(uri.slice("data:image/svg+xml;base64,".length), "base64").toString();
}

function widths(uri: string): string[] {
  return [...svg(uri).matchAll(/ width="(\d+)" height="8"/g)].map((found) => found[1] ?? "");
}

test("a bar is as long as its part, and what weighs anything is seen", () => {
  assert.deepEqual(widths(bar("image", 1, "dark")), ["16", "16"]);
  assert.deepEqual(widths(bar("image", 0.5, "dark")), ["16", "8"]);
  assert.deepEqual(widths(bar("left-behind", 0.0001, "light")), ["16", "1"]);
  assert.deepEqual(widths(bar("image", 0, "light")), ["16", "0"]);
  assert.deepEqual(widths(bar("image", 7, "light")), ["16", "16"]);
});

test("what isn't known has an outline, and what makes no layer a dot", () => {
  assert.match(svg(bar("unknown", 0, "dark")), /stroke-dasharray/);
  assert.match(svg(bar("none", 0, "dark")), /<circle/);
});

test("bars of characters go by eighths", () => {
  assert.equal(blocks(1), "████████");
  assert.equal(blocks(0.5), "████");
  assert.equal(blocks(0.0001), "▏");
  assert.equal(blocks(0), "");
  assert.equal(blocks(7 / 64), "▉");
});

test("a share that rounds to nothing is said to be small", () => {
  assert.deepEqual([0.004, 0.62, 1].map(percent), ["< 1 %", "62 %", "100 %"]);
});
