import { inspect } from "node:util";
import type { Program } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { expect, test } from "vitest";
import { batchNormalization, bidirectional, dense, dropout, embedding, input, lstm, sequential } from "../index.ts";

const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

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

test("what no gradient reaches is counted apart", () => {
  const summary = sequential([input({ shape: [3] }), batchNormalization(), dense({ units: 2 })], { name: "small" }).summary();
  expect(String(summary)).toMatch(/\n20 parameters, 6 of them not learnt, 80 B in f32$/);
  expect(summary.layers.map(({ nonTrainable }) => nonTrainable)).toEqual([0, 6, 0]);
});

test("a summary says what backends would run, as they then do", async () => {
  const model = sequential([
    input({ shape: [7], dtype: "i32" }),
    embedding({ inputDim: 5, outputDim: 3 }),
    bidirectional(lstm({ units: 4 })),
    dense({ units: 2 }),
  ]);
  const backends = [await openCpu(), await openReference()];
  const told = [];
  for (const backend of backends) {
    const programs: Program[] = [];
    const compile = (program: Program) => (programs.push(program), backend.compile(program));
    using trainer = await model.compile({ backend: { ...backend, compile } });
    await trainer.predict({ dtype: "i32", shape: [3, 7], data: new Int32Array(21) });
    const { steps, slots } = (backend.passes ?? []).reduce((before, pass) => pass.run(before, backend.supports), programs[0]!);
    const scratch = slots.filter(({ binding, data }) => binding === undefined && data === undefined);
    const scratchBytes = 4 * scratch.reduce((sum, { length }) => sum + length, 0);
    told.push({ backend: backend.name, batch: 3, kernels: count(steps), scratchBytes });
  }
  const summary = model.summary(undefined, { backends, batch: 3 });
  const { runs } = summary;
  expect(runs).toEqual(told);
  expect(runs.every(({ kernels, scratchBytes }) => kernels > 0 && scratchBytes > 0)).toBe(true);
  expect(String(summary)).toMatch(/\ncpu: \d+ kernels on 3 rows, [\d.]+ (B|KiB) of scratch\nreference: /);
  expect(model.summary().runs).toEqual([]);
  for (const backend of backends) await backend.close();
});

function count(steps: Program["steps"]): number {
  return steps.reduce((sum, step) => sum + (step.kind === "scan" ? count(step.body) : 1), 0);
}

test("what is no backend, or no number of rows, is refused", () => {
  const model = sequential([input({ shape: [3] }), dense({ units: 2 })]);
  const summary = (options: unknown) => () => model.summary(undefined, options as never);
  expect(summary({ backends: [openReference()] })).toThrow(refused("a backend, as open() resolves to"));
  expect(summary({ batch: 0 })).toThrow(refused("batch"));
  expect(summary({ backend: 1 })).toThrow(refused("backends"));
});

test("a model that begins with its input, or was saved, needs no shape; any other does", () => {
  expect(sequential([input({ shape: [3] }), dense({ units: 2 })]).summary().parameters).toBe(8);
  expect(() => sequential([dense({ units: 2 })]).summary()).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("Pass it, or begin the model with input") }),
  );
  expect(() => sequential([dense({ units: 2 })]).summary([1.5])).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => sequential([lstm({ units: 2 })]).summary([3])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
});
