import { stopGradient, trace } from "@sluice/core";
import { expect, test } from "vitest";
import { dense, input, lstm, model, sequential } from "../index.ts";
import { type Watched, watchLayers } from "./watch.ts";

const inner = sequential([dense({ units: 3, activation: "relu", name: "inside" })]);
const whole = sequential([inner, lstm({ units: 2 })]);
const built = whole.build(whole.sample([4, 5]));
const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
const weights = {
  sequential: { inside: { kernel: f32(5, 3), bias: f32(3) } },
  lstm: { wx: f32(3, 8), wh: f32(2, 8), b: f32(8) },
};

test("each layer is told of with what it read and gave, those of models within first", () => {
  const seen: Watched[] = [];
  trace(
    "watched",
    (w: never, x: never) =>
      watchLayers(
        (watched) => (seen.push(watched), {}),
        () => built.apply(w, { x }).outputs,
      ),
    [weights, f32(2, 4, 5)],
  );
  expect(seen.map(({ name, layer, given }) => [name, layer.kind, Object.keys(given)])).toEqual([
    ["inside", "dense", [""]],
    ["sequential", "model", [""]],
    ["lstm", "lstm", ["state.h", "state.c", ""]],
  ]);
  expect(seen[0]?.given[""]?.shape).toEqual([2, 4, 3]);
});

test("what stands in place of what a layer gave is what the next reads, and nobody looks on afterwards", () => {
  const x = input({ shape: [3] });
  const two = model({ inputs: x, outputs: dense({ units: 1, name: "second" })(dense({ units: 2, name: "first" })(x)) });
  const read: unknown[] = [];
  let calls = 0;
  const own = two.build(two.sample([3]));
  const dense2 = { first: { kernel: f32(3, 2), bias: f32(2) }, second: { kernel: f32(2, 1), bias: f32(1) } };
  const run = (w: never, all: never) => own.apply(w, { x: all }).outputs;
  trace(
    "watched",
    (w: never, all: never) =>
      watchLayers(
        ({ x: tensor, given }) => {
          calls++;
          read.push(tensor);
          return { "": stopGradient(given[""]!) };
        },
        () => run(w, all),
      ),
    [dense2, f32(2, 3)],
  );
  expect(read[1]).toMatchObject({ node: { kind: "pointwise", op: "stop" } });
  trace("unwatched", run, [dense2, f32(2, 3)]);
  expect(calls).toBe(2);
});
