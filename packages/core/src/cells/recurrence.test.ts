import { expect, test } from "vitest";
import {
  compile,
  gradient,
  hostArray,
  initialise,
  lengths,
  lowerGraph,
  lstm,
  recurrence,
  SluiceError,
  trace,
  type Tensor,
} from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });

test("lengths are checked on the host, by row", () => {
  expect(lengths([0, 3, 2], 3).data).toEqual(Int32Array.of(0, 3, 2));
  for (const bad of [[1, 4], [-1], [1.5], [NaN]]) expect(() => lengths(bad, 3)).toThrow(SluiceError);
});

test("only the last state in demand, a loop keeps one place for each state and none for outputs", () => {
  const cell = recurrence(lstm()),
    { graph } = trace("last", ((w: Parameters<typeof cell.run>[0], x: Tensor) => cell.run(w, x).last) as (...args: never[]) => unknown, [
      { wx: f32(3, 16), wh: f32(4, 16), b: f32(16) },
      f32(2, 50, 3),
    ]);
  const scratch = lowerGraph(graph, backend.supports).slots.filter((s) => s.binding === undefined);
  // x time-major [50, 2, 3], its product [50, 2, 16], h and c [2, 4]
  expect(scratch.map((s) => s.length).sort((a, b) => a - b)).toEqual([8, 8, 300, 1600]);
});

test("an error of shapes and an error of dtypes name what they are about", () => {
  const cell = recurrence(lstm()),
    weights = initialise(cell.weights({ input: 3, units: 4 }), { seed: 1 });
  const run = (x: unknown, n: unknown) =>
    compile(backend, (w: Parameters<typeof cell.run>[0], u: Tensor, l: Tensor) =>
      gradient(cell.run(w, u, { lengths: l }).last.sum(), w),
    ).program(weights, x as never, n as never);
  expect(() => run(f32(2, 3), { shape: [2], dtype: "i32" })).toThrow("lstm.run: x must be [batch, steps, input]");
  expect(() => run(f32(2, 5, 3), { shape: [3], dtype: "i32" })).toThrow("lengths must be [batch 2]");
  expect(() => run(f32(2, 5, 3), hostArray([1, 2]))).toThrow("lengths must be i32, got f32");
  expect(() => compile(backend, (x: Tensor) => cell.run({ wx: x, wh: x, b: x } as never, x)).program(f32(2, 5, 3))).toThrow(
    "no number of units",
  );
});
