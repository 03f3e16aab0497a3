// Gradients against finite differences, values against the sum that defines them.
import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { apart, slopes } from "../../testing/near.ts";
import { convolution } from "./convolution.ts";

test.each([1, 2, 7])("gradients of a convolution with dilation %i are slopes, and it is the sum it should be", (dilation) => {
  const sizes = { size: 3, dilation, batch: 2, steps: 5, input: 2, filters: 3 };
  const given = { x: random("x").normal(20), kernel: random("kernel").normal(18) };
  const up = random("up").normal(30);
  const { output, backward } = convolution(given, sizes);
  const wanted = slopes(given, () => convolution(given, sizes).output.reduce((sum, value, at) => sum + value * up[at]!, 0));
  expect(apart(backward(up), wanted)).toBeLessThanOrEqual(1e-8);
  output.forEach((value, at) => {
    const [row, t, f] = [Math.floor(at / 15), Math.floor(at / 3) % 5, at % 3];
    let sum = 0;
    for (let k = 0; k < 3; k++)
      for (let c = 0; c < 2; c++) {
        const step = t - (2 - k) * dilation;
        if (step >= 0) sum += given.x[(row * 5 + step) * 2 + c]! * given.kernel[(k * 2 + c) * 3 + f]!;
      }
    expect(value).toBeCloseTo(sum, 12);
  });
});
