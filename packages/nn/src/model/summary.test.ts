import { inspect } from "node:util";
import { expect, test } from "vitest";
import { bidirectional, dense, dropout, embedding, input, lstm, sequential } from "../index.ts";

test("a summary says what each layer gives and learns, and prints as a table", () => {
  const model = sequential(
    [
      embedding({ inputDim: 1000, outputDim: 32 }),
      bidirectional(lstm({ units: 64 })),
      dropout({ rate: 0.5 }),
      dense({ units: 6, name: "scores" }),
    ],
    { name: "names" },
  );
  const summary = model.summary([20]);
  expect(String(summary)).toBe(`\
names: x [batch, steps 20]
layer          kind           output                       parameters
embedding      embedding      [batch, steps 20, units 32]      32,000
bidirectional  bidirectional  [batch, units 128]               49,664
dropout        dropout        [batch, units 128]                    0
scores         dense          [batch, units 6]                    774
82,438 parameters, 322 KiB in f32`);
  const { weights } = model.build(model.sample([20]));
  expect(Object.keys(weights)).toEqual(["embedding", "bidirectional", "scores"]);
  expect(summary.layers.map(({ parameters }) => parameters).reduce((sum, n) => sum + n)).toBe(summary.parameters);
  expect(summary.bytes).toBe(4 * summary.parameters);
  expect(inspect(summary)).toBe(String(summary));
  expect(structuredClone(summary)).toEqual({ ...summary });
});

test("a model that begins with its input, or was saved, needs no shape; any other does", () => {
  expect(sequential([input({ shape: [3] }), dense({ units: 2 })]).summary().parameters).toBe(8);
  expect(() => sequential([dense({ units: 2 })]).summary()).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("Pass it, or begin the model with input") }),
  );
  expect(() => sequential([dense({ units: 2 })]).summary([1.5])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => sequential([lstm({ units: 2 })]).summary([3])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
});
