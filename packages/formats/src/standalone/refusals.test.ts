// What a standalone file, and who makes one, refuses: by code, as the library does.
import { cast, exp, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import { attention, bidirectional, dense, embedding, gru, input, lambda, lstm, model, sequential } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { standalone } from "./index.ts";
import { cleanUp, opened } from "./testing/opened.ts";

const backend = await open();
afterAll(async () => {
  cleanUp();
  await backend.close();
});
const refused = (code: string, part = "") => expect.objectContaining({ name: "SluiceError", code, message: expect.stringContaining(part) });
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code: unknown }).code; // of what the library throws
  }
  return undefined;
};
const codeLater = async (act: () => Promise<unknown>): Promise<unknown> =>
  act().then(
    () => undefined,
    (error: { code: unknown }) => error.code,
  );

const numbers = sequential([input({ shape: [3, 2] }), lstm({ units: 4 }), dense({ units: 1 })], { name: "numbers" });
const words = sequential([input({ shape: [4], dtype: "i32" }), embedding({ inputDim: 5, outputDim: 3 }), gru({ units: 2 })], {
  name: "words",
});
const good = [[[1, 2], [3, 4], [5, 6]]]; // prettier-ignore

test("what is no input is refused with the code of the library's own refusal", async () => {
  using trainer = await numbers.compile({ backend });
  const ours = await opened(await standalone(trainer, { batch: 2 }));
  const wrong: Readonly<Record<string, unknown>> = {
    "a sample alone": good[0],
    "other steps": [[[1, 2]]],
    "other features": [[[1], [2], [3]]],
    "nothing": [],
    "empty rows": [[]],
    "NaN": [[[1, 2], [3, NaN], [5, 6]]],
    "infinity": [[[1, 2], [3, -Infinity], [5, 6]]],
    "too large for f32": [[[1, 2], [3, 1e39], [5, 6]]],
    "lists of unequal lengths": [[[1, 2], [3], [5, 6]]],
    "a text": "x",
    "a text among numbers": [[[1, 2], ["3", 4], [5, 6]]],
    "null": null,
    "undefined": undefined,
    "bigints": [[[1n, 2n], [3n, 4n], [5n, 6n]]],
    "a map": new Map(),
    "a shape that is none": { dtype: "f32", shape: "3", data: new Float32Array(6) },
    "a shape that does not fit": { dtype: "f32", shape: [1, 3, 2], data: new Float32Array(5) },
    "lists in lists without end": Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1),
  }; // prettier-ignore
  for (const [title, x] of Object.entries(wrong)) {
    const theirs = await codeLater(() => trainer.predict(x as never));
    expect([title, codeOf(() => ours.predict(x)), theirs]).toEqual([title, theirs, expect.any(String)]);
  }
  expect(() => ours.predict([[[1, 2], [3, NaN], [5, 6]]])).toThrow(refused("NOT_FINITE", "x is not a finite f32: NaN at x[0][1][1]")); // prettier-ignore
  expect(() => ours.predict([...good, ...good, ...good])).toThrow(refused("SHAPE_MISMATCH", "x must be [batch ≤ 2, steps 3, features 2], got [3, 3, 2]: this file was made for these sizes")); // prettier-ignore
  expect(() => ours.predict(good, { length: [1] })).toThrow(refused("INVALID_ARGUMENT", 'there is no option "length"'));
  expect(() => ours.predict(good, { lengths: [1] })).toThrow(refused("INVALID_ARGUMENT", "made without"));
  expect(codeOf(() => ours.predict(good))).toBeUndefined();
});

test("indices and lengths outside their range are refused; what stands past a length is not looked at", async () => {
  using trainer = await words.compile({ backend });
  const ours = await opened(await standalone(trainer, { batch: 2, lengths: true }));
  expect(() => ours.predict([[0, 1, 2, 5]])).toThrow(refused("INDEX_OUT_OF_RANGE", "x is outside 0 … 4: 5 at x[0][3]"));
  expect(() => ours.predict([[0, 1, -1, 2]])).toThrow(refused("INDEX_OUT_OF_RANGE"));
  expect(() => ours.predict([[0, 1, 2.5, 2]])).toThrow(refused("DTYPE_MISMATCH"));
  expect(() => ours.predict([[0, 1, 2, 3]], { lengths: [5] })).toThrow(refused("INDEX_OUT_OF_RANGE", "lengths"));
  expect(() => ours.predict([[0, 1, 2, 3]], { lengths: [1, 2] })).toThrow(refused("SHAPE_MISMATCH"));
  expect(ours.predict([[0, 1, 99, NaN]], { lengths: [2] })).toEqual(ours.predict([[0, 1, 0, 0]], { lengths: [2] }));
  expect(() => ours.predict([[0, 1, 99, NaN]], { lengths: [3] })).toThrow(refused("INDEX_OUT_OF_RANGE"));
});

test("a refused call changes nothing, and what is gone says so", async () => {
  using trainer = await numbers.compile({ backend });
  const ours = await opened(await standalone(trainer));
  const [stream, another] = [ours.stream(), ours.stream()];
  const first = stream.step([1, 2]);
  expect(() => stream.step([1])).toThrow(refused("SHAPE_MISMATCH"));
  expect(() => stream.step([1, NaN])).toThrow(refused("NOT_FINITE", "x[1]"));
  const state = stream.state();
  expect(() => stream.setState({ ...state, arrays: {} })).toThrow(refused("INVALID_ARGUMENT", "lstm.h"));
  expect(() => stream.setState(undefined)).toThrow(refused("INVALID_ARGUMENT"));
  expect(stream.state()).toEqual(state);
  expect(another.step([1, 2])).toEqual(first);
  stream.dispose();
  stream.dispose();
  expect(() => stream.step([1, 2])).toThrow(refused("DISPOSED"));
  const third = ours.stream(); // in the room of the first
  expect(third.step([1, 2])).toEqual(first);
  expect(() => ours.stream({ inputs: {} })).toThrow(refused("INVALID_ARGUMENT"));
  ours.dispose();
  ours.dispose();
  for (const act of [() => ours.predict(good), () => ours.stream(), () => third.reset(), () => another.state()])
    expect(act).toThrow(refused("DISPOSED"));
});

test("inputs by name are refused where one is missing, unknown or of other rows", async () => {
  const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [3], name: "b" })];
  using trainer = await model({ inputs: { a, b }, outputs: { y: dense({ units: 1 })(a), z: dense({ units: 1 })(b) } }).compile({ backend });
  const ours = await opened(await standalone(trainer, { batch: 2 }));
  expect(() => ours.predict({ a: [[1, 2]] })).toThrow(refused("INVALID_ARGUMENT", "a record of a, b, got a"));
  expect(() => ours.predict({ a: [[1, 2]], b: [[1, 2, 3]], c: 1 })).toThrow(refused("INVALID_ARGUMENT"));
  expect(() => ours.predict({ a: [[1, 2]], b: [[1, 2, 3], [1, 2, 3]] })).toThrow(refused("SHAPE_MISMATCH", "x.b has 2 rows")); // prettier-ignore
  expect(() => ours.predict([[1, 2]])).toThrow(refused("INVALID_ARGUMENT"));
  expect(ours.predict({ a: [[1, 2]], b: [[1, 2, 3]] })).toEqual({ y: expect.anything(), z: expect.anything() });
});

test("who makes a file is told what cannot be, all of it at once", async () => {
  await expect(standalone(numbers)).rejects.toThrow(refused("INVALID_ARGUMENT", 'the model "numbers" has no weights'));
  await expect(standalone({} as never)).rejects.toThrow(refused("INVALID_ARGUMENT"));
  using trainer = await numbers.compile({ backend });
  const wrong = [
    { batch: 0 },
    { steps: 0 },
    { steps: { y: 2 } },
    { verbs: [] },
    { verbs: ["fit"] },
    { weights: "none" },
    { lengths: ["x"] },
    { over: "x" },
    { batchSize: 1 },
    { maxSteps: 0.5 },
  ];
  for (const options of wrong)
    expect([options, await codeLater(() => standalone(trainer, { verbs: ["stream"], ...options } as never))]).toEqual([
      options,
      "INVALID_ARGUMENT",
    ]);
  await expect(standalone(trainer, { steps: 9 })).rejects.toThrow(refused("SHAPE_MISMATCH", "needs x [batch, steps 3, features 2]"));
  using wide = await numbers.compile({ backend, dtype: "f64" });
  await expect(standalone(wide)).rejects.toThrow(refused("UNSUPPORTED", "f64"));
  const late = sequential([input({ shape: [3, 4] }), bidirectional(gru({ units: 2, returnSequences: true })), attention()]);
  using latest = await late.compile({ backend });
  await expect(standalone(latest, { verbs: ["stream"] })).rejects.toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", facts: expect.objectContaining({ layers: ["bidirectional", "attention"] }) }),
  );
  const { verbs, withoutStream, types } = await standalone(latest);
  expect({ verbs, withoutStream }).toEqual({ verbs: ["predict"], withoutStream: expect.stringContaining("nor can attention") });
  expect(types).not.toContain("Stream");
});

test("attention keeps as many steps as are named, and refuses the next", async () => {
  using trainer = await sequential([input({ shape: [3, 4] }), attention({ causal: true })]).compile({ backend });
  expect((await standalone(trainer)).withoutStream).toContain("maxSteps");
  const stream = (await opened(await standalone(trainer, { maxSteps: 2 }))).stream();
  stream.step([1, 2, 3, 4]);
  stream.step([1, 2, 3, 4]);
  expect(() => stream.step([1, 2, 3, 4])).toThrow(refused("INVALID_ARGUMENT", "2 steps"));
});

test("a Program that computes in f64 is refused with what is f64 in it", async () => {
  const wide = lambda((x: Tensor) => cast(exp(cast(x, "f64")), "f32"));
  using trainer = await sequential([input({ shape: [3] }), dense({ units: 2 }), wide]).compile({ backend });
  await expect(standalone(trainer)).rejects.toThrow(refused("UNSUPPORTED", "these are f64: "));
});
