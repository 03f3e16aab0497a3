import { lowerGraph, square, tanh, trace, type Program, type Tensor } from "@sluice/core";
import { lstmForward } from "@sluice/core/kit";
import { expect, test } from "vitest";
import { supportsOf } from "../../supports.ts";
import { assemble, assembleAll } from "./assemble.ts";

const supports = supportsOf(2 ** 31);
const lowered = (fn: (x: Tensor) => Tensor, shape: readonly number[]): Program =>
  lowerGraph(trace("f", fn as never, [{ shape, dtype: "f32" }]).graph, supports);

test("several Programs in one module are planned as each alone, and share what they have in common", () => {
  const programs = {
    long: lstmForward({ steps: 7, batch: 4, input: 3, units: 16 }),
    short: lstmForward({ steps: 1, batch: 4, input: 3, units: 16 }),
  };
  const { bytes, linked } = assembleAll(programs);
  const alone = Object.values(programs).map((program) => assemble(program));
  expect(Object.values(linked)).toEqual(alone.map(({ panels, workspaceBytes }) => ({ panels, workspaceBytes })));
  expect(bytes.length).toBeLessThan(0.9 * alone.reduce((sum, one) => sum + one.bytes.length, 0));
});

test("each of them runs under its own name", () => {
  const { bytes } = assembleAll({ a: lowered((x) => square(tanh(x)), [9]), b: lowered((x) => tanh(x).sum(0).expand(0), [9]) });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const run = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
  const [words, floats] = [new Int32Array(memory.buffer), new Float32Array(memory.buffer)];
  words.set([1024, 2048, 3072, 4096]); // x, the result, room
  floats.set(
    Float32Array.from({ length: 9 }, (_, i) => i / 4),
    256,
  );
  run["a"]!(0);
  const squares = floats.slice(512, 521);
  run["b"]!(0);
  const sum = [...squares].reduce((total, y) => total + Math.sqrt(y), 0);
  expect(floats[512]).toBeCloseTo(sum, 5);
});
