import { expect, test } from "vitest";
import { additiveAttention, gradient, scan, type AdditiveWeights, type Tensor } from "../index.ts";
import { f32, kindsOf, programOf, scratchOf } from "../testing/programs.ts";

const [steps, batch, keys, size, units] = [9, 2, 7, 4, 6];
type Given = { readonly w: AdditiveWeights<Tensor>; readonly h: Tensor; readonly x: Tensor; readonly memory: Tensor };
const given = {
  w: { wq: f32(size, units), wk: f32(size, units), b: f32(units), v: f32(units) },
  h: f32(batch, size),
  x: f32(steps, batch, size),
  memory: f32(batch, keys, size),
};
const outputs = ({ w, h, x, memory }: Given): Tensor =>
  scan({
    state: h,
    inputs: x,
    step: (state, row) => {
      const next = additiveAttention(w, state.expand(1), memory, memory).output.squeeze(1).add(row);
      return { state: next, output: next };
    },
  }).outputs;

test("what a step spreads over queries, keys and units is stored for no step, forward or back", () => {
  const whole = programOf((at: Given) => gradient(outputs(at).sum(), at as never), [given]);
  expect(Math.max(...scratchOf(whole))).toBe(steps * batch * keys); // the scores
});

test("a memory is projected once, before the loop, and its gradient is gathered once, after it", () => {
  const { steps: forward } = programOf(outputs, [given]),
    inside = kindsOf(programOf(outputs, [given])).match(/scan\[(.*)\]/)?.[1];
  expect(forward.findIndex((step) => step.kind === "matmul")).toBeLessThan(forward.findIndex((step) => step.kind === "scan"));
  expect(inside).toBe("matmul reduce reduce map matmul reduce map");
});
