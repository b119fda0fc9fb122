import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, sentenceAgain, type Again, type Explanation } from "./explanation";

function steps(...again: Again[]): Explanation {
  const all = again.map((runs_again) => ({ instruction: "RUN", layer: "filesystem", runs_again }));
  return { steps: [{ instruction: "FROM", layer: "none" }, ...all] } as unknown as Explanation;
}

test("what runs again is counted without base images", () => {
  const after = "After a change of a";
  assert.equal(sentenceAgain(steps(true, false, false), after), "After a change of a, 1 of 3 steps runs again.");
  assert.equal(sentenceAgain(steps(true, true, "maybe"), after), "After a change of a, 2 of 3 steps run again, 1 more may.");
  assert.equal(sentenceAgain(steps(false), after), "After a change of a, nothing runs again.");
});

test("a step is shown without its owner and mounts but with where it comes from", () => {
  assert.equal(plain("RUN npm ci"), "RUN npm ci");
  assert.equal(plain("COPY --from=a --chown=node:node /b /c"), "COPY --from=a /b /c");
  assert.equal(plain("RUN --mount=type=cache,target=/root/.npm npm ci"), "RUN npm ci");
  assert.equal(plain("COPY --link --chmod=755 a b"), "COPY a b");
});
