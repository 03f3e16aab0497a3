// The Programs of the kit are those that a trainer runs.
import { lowerGraph, type Program } from "@sluice/core";
import { keyOf } from "@sluice/core/kit";
import { open } from "@sluice/cpu";
import { expect, test } from "vitest";
import { batchNormalization, dense, embedding, gru, input, lstm, model, multiHeadAttention, sequential } from "../index.ts";
import { inferenceOf, type TracedProgram } from "./inference.ts";

const backend = await open();
const lowered = ({ graph }: TracedProgram): Program => lowerGraph(graph, backend.supports);
const structure = ({ slots, steps }: Program): string =>
  keyOf([slots.map(({ dtype, length, binding, data }) => [dtype, length, binding, data]), steps]);

function recording() {
  const programs: Program[] = [];
  return { programs, backend: { ...backend, compile: (program: Program) => (programs.push(program), backend.compile(program)) } };
}

test("predict, also with lengths, weights that do not train and a state from batch to batch, is the Program that a trainer compiles", async () => {
  const made = sequential([
    input({ shape: [5, 3] }),
    lstm({ units: 4, returnSequences: true, stateful: true }),
    batchNormalization(),
    dense({ units: 2 }),
  ]);
  const { programs, backend } = recording();
  using trainer = await made.compile({ backend });
  const saved = await trainer.checkpoint({ optimizer: false });
  await trainer.predict({ dtype: "f32", shape: [2, 5, 3], data: new Float32Array(30) }, { lengths: [5, 2] });
  const inference = inferenceOf(made, saved, saved.samples, "test");
  const predict = inference.predict({ batch: 2, counted: ["x"] });
  expect([structure(lowered(predict))]).toEqual(programs.map(structure));
  expect(predict.inputs.map(({ path }) => path)).toEqual(["params", "frozen", "x.x", "lengths.x", "state.lstm.h", "state.lstm.c"]);
  expect(predict.results).toEqual([{ path: "y", shape: [2, 5, 2], dtype: "f32", axes: ["batch", "steps", "units"] }]);
  expect(Object.values(inference.weights).map(({ length }) => length)).toEqual([predict.inputs[0]?.shape[0], predict.inputs[1]?.shape[0]]);
});

test("a stream's are the Programs that a trainer compiles, also beside an input that is known as a whole", async () => {
  const source = input({ shape: [4], dtype: "i32", name: "source" });
  const target = input({ shape: [6, 8], name: "target" });
  const encoded = embedding({ inputDim: 9, outputDim: 8, maskIndex: 0 })(source);
  const read = multiHeadAttention({ numHeads: 2, keyDim: 4 })(gru({ units: 8, returnSequences: true })(target), { value: encoded });
  const made = model({ inputs: { source, target }, outputs: { read } });
  const { programs, backend } = recording();
  using trainer = await made.compile({ backend });
  const saved = await trainer.checkpoint({ optimizer: false });
  using _ = await trainer.stream({ over: "target", inputs: { source: { dtype: "i32", shape: [2, 4], data: new Int32Array(8).fill(1) } } });
  const { before, start, step } = inferenceOf(made, saved, saved.samples, "test").stream({ batch: 2, counted: [], over: "target" });
  expect([before!, start, step].map((one) => structure(lowered(one)))).toEqual(programs.map(structure));
});
