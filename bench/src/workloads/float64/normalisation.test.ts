// Gradients against finite differences.
import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { apart, slopes } from "../../testing/near.ts";
import { batchNormalization } from "./normalisation.ts";

test("gradients of batch normalisation are slopes", () => {
  const given = { x: random("x").normal(12), gamma: random("gamma").normal(3), beta: random("beta").normal(3) };
  const up = random("up").normal(12);
  const through = ({ output }: { readonly output: Float64Array }): number => output.reduce((sum, value, at) => sum + value * up[at]!, 0);
  const wanted = slopes(given, () => through(batchNormalization(given, 1e-3)));
  expect(apart(batchNormalization(given, 1e-3).backward(up), wanted)).toBeLessThanOrEqual(1e-8);
});
