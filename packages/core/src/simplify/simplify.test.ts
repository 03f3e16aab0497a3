import { expect, test } from "vitest";
import type { MatmulStep } from "../backend.ts";
import { compile, concat, constant, div, gradient, literal, matmul, mul, sum, transpose, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f32, kindsOf, programOf } from "../testing/programs.ts";

const accumulates = (fn: (...args: never[]) => unknown, args: readonly unknown[]): boolean[] =>
  programOf(fn, args).steps.map((step) => (step as MatmulStep).accumulate);

test("a fold of a fold is one; where the inner one is wanted as well, what it gives is folded", () => {
  expect(kindsOf(programOf((x: Tensor) => sum(sum(x, 0), 0), [f32(4, 8)]))).toBe("reduce");
  const { steps } = programOf((x: Tensor) => ({ rows: sum(x, 1), all: sum(sum(x, 1)) }), [f32(4, 8)]);
  expect(steps.map((step) => step.kind === "reduce" && step.shape)).toEqual([[4, 8], [4]]);
});

test("the bias of rows that are spread over columns takes its gradient from theirs", () => {
  const spread = (x: Tensor, b: Tensor, y: Tensor): Tensor => x.add(b).expand(2).mul(y.expand(1));
  const { steps } = programOf(
    (x: Tensor, b: Tensor, y: Tensor, d: Tensor) => gradient(spread(x, b, y), { x, b }, d),
    [f32(2, 5), f32(5), f32(2, 7), f32(2, 5, 7)],
  );
  expect(steps.map((step) => step.kind === "reduce" && step.shape)).toEqual([
    [2, 5, 7],
    [5, 2],
  ]);
});

test("products that are transposed, or seen under another shape, are summed where they are written", () => {
  expect(accumulates((a: Tensor, b: Tensor) => matmul(a, b).add(transpose(matmul(b, a))), [f32(4, 4), f32(4, 4)])).toEqual([false, true]);
  expect(accumulates((a: Tensor, b: Tensor, w: Tensor) => a.dot(w).add(matmul(a, b)), [f32(2, 3, 4), f32(2, 4, 5), f32(4, 5)])).toEqual([
    false,
    true,
  ]);
});

test("the gradients of what is read as keys and as values are one sum", () => {
  const read = (q: Tensor, m: Tensor): Tensor => matmul(matmul(q, transpose(m, [0, 2, 1])), m);
  expect(
    accumulates((q: Tensor, m: Tensor, d: Tensor) => gradient(read(q, m), m, d), [f32(2, 3, 4), f32(2, 5, 4), f32(2, 3, 4)]).filter(
      Boolean,
    ),
  ).toEqual([true]);
});

test("numbers that differ in the sign of zero alone stay two values", async () => {
  const backend = await open();
  const run = compile(backend, (x: Tensor) => [
    div(1, literal([0, 1]).add(mul(x, -0))),
    div(1, literal([-0, 1]).add(mul(x, -0))),
    div(1, concat([constant(-0, [1]), x], 0)),
  ]);
  const results = await Promise.all((await run([1, 1])).map((array) => array.read()));
  expect(results.map((values) => values[0])).toEqual([Infinity, -Infinity, -Infinity]);
});
