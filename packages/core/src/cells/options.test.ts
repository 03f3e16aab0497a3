import { expect, test } from "vitest";
import { attend, bidirectional, compile, constant, initialise, lstm, recurrence, sum, type Tensor } from "../index.ts";
import { open } from "../reference.ts";

const backend = await open();
const layer = recurrence(lstm());
const weights = initialise(layer.weights({ input: 2, units: 2 }), { seed: 1 });
const run = (options: object) => (): unknown =>
  compile(backend, (p: never, x: Tensor) => layer.run(p, x, options)).program(weights as never, { shape: [1, 3, 2], dtype: "f32" });
const x = (): Tensor => constant(0, [2, 2]);

test.each<[string, () => unknown, string]>([
  ["a way to merge", () => bidirectional(lstm(), undefined, { merge: "ave" as never }), "merge must be one of concat, sum, mean, mul"],
  ["a misspelt way", () => bidirectional(lstm(), undefined, { merge: "Mean" as never }), 'Did you mean "mean"?'],
  ["an option of two ways", () => bidirectional(lstm(), undefined, { mergeMode: "sum" } as never), 'there is no option "mergeMode"'],
  ["an option of a recurrence", () => recurrence(lstm(), { reversed: true } as never), "Did you mean reverse?"],
  ["a switch that is no boolean", () => recurrence(lstm(), { reverse: "no" as never }), "reverse must be true or false"],
  ["an option of a run", run({ lenghts: x() }), "Did you mean lengths?"],
  ["an option of attention", () => attend(x(), x(), { casual: true } as never), "Did you mean causal?"],
  ["an option of a sum", () => sum(x(), 0, { keepdims: true } as never), "Did you mean keepDims?"],
  ["a state that is missing", run({ state: { h: constant(0, [1, 2]) } }), "lstm.run: state.c must be a tensor, got undefined"],
  ["a state too many", run({ state: { h: constant(0, [1, 2]), c: constant(0, [1, 2]), s: x() } }), 'there is no state "s"'],
])("%s that there is not is refused by name", (_, call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }));
});

test.each([
  ["batch", [2, 2]],
  ["rank", [1, 2, 2]],
])("a state of another %s is refused by its name", (_, shape) => {
  const call = run({ state: { h: constant(0, [1, 2]), c: constant(0, shape) } });
  expect(call).toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining("state.c must be [batch 1, units], got c [") }),
  );
});
