// CTC on the GPU: a model learns what it learns on cpu, and labels that do not fit are told from those that do.
import { compile, type Backend, type Tensor } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { ctc, dense, input, lstm, model, sgd } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const [samples, steps] = [3, 6];
const data = {
  x: Array.from({ length: samples }, (_, i) => Array.from({ length: steps }, (_, t) => [Math.sin(i + 3 * t), Math.cos(i * t)])),
  y: [[1, 2, 2], [2, 0, 0], [1, 1, 0]], // prettier-ignore
  lengths: [6, 3, 4],
};

async function learnt(backend: Backend): Promise<readonly number[]> {
  const x = input({ shape: [steps, 2] });
  const said = dense({ units: 3, activation: "softmax" })(lstm({ units: 4, returnSequences: true })(x));
  using trainer = await model({ inputs: x, outputs: said }).compile({
    backend,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: ctc,
    seed: 3,
  });
  const { epochs } = await trainer.fit(data, { epochs: 3, batchSize: 2 });
  const { weights } = await trainer.checkpoint();
  return [...epochs.map(({ loss }) => loss), ...Object.values(weights).flatMap(({ data: numbers }) => [...numbers])];
}

test("a model learns by CTC what it learns on cpu, as far as rounding lets it", async () => {
  const [gpu, cpu] = [await open(), await openCpu()];
  const [got, want] = [await learnt(gpu), await learnt(cpu)];
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-3)); // six updates of at most 0.1 of a gradient each
  await gpu.close();
  await cpu.close();
});

test.each(["webgl2", "webgl"] as const)("on %s labels that do not fit cost more than any number does, or nothing", async (mode) => {
  const gpu = await open({ modes: [mode] });
  const cost = compile(gpu, (y: Tensor, z: Tensor) => [ctc.perSample(y, z), ctc({ zeroInfinity: true }).perSample(y, z)] as const);
  const [strict, lenient] = await cost(
    { dtype: "i32", shape: [2, 2], data: Int32Array.of(1, 1, 1, 0) },
    { dtype: "f32", shape: [2, 2, 3], data: new Float32Array(12) },
  );
  const alone = Math.log(9 / 3); // of nine paths "1 1", "1 -" and "- 1" say it
  const [fits, not] = [(await strict.read())[1]!, (await strict.read())[0]!];
  expect(fits).toBeCloseTo(alone, 4);
  expect(not).toBeGreaterThan(3e38);
  expect([...(await lenient.read())]).toEqual([0, expect.closeTo(alone, 4)]);
  await gpu.close();
});
