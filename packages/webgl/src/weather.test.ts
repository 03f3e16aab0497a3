import { type Backend, type HostArray, mapTree, random } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { adam, type Trainer } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";
import { days, forecaster } from "./testing/weather.ts";

const [units, epochs] = [8, 4];
const data = days(64);

test.each(["webgl2", "webgl"] as const)(
  "on %s the weather model reaches the loss curve of cpu, as far as rounding lets it",
  async (mode) => {
    const [gpu, cpu] = [await open({ modes: [mode] }), await openCpu()];
    const curve = await losses(gpu);
    const want = await losses(cpu);
    const moved = [await losses(cpu, 1), await losses(cpu, 2), await losses(cpu, 3)];
    curve.forEach((loss, epoch) => {
      const budget = Math.max(...moved.map((other) => Math.abs(other[epoch]! - want[epoch]!)));
      expect(Math.abs(loss - want[epoch]!)).toBeLessThanOrEqual(budget);
      expect(budget).toBeLessThan(want[epoch]! / 1000); // it says something
    });
    expect(curve.at(-1)).toBeLessThan(curve[0]!);
    await gpu.close();
    await cpu.close();
  },
);

/** The loss of each epoch; from `seed` 1 on with every weight off by what rounding in one update amounts to. */
async function losses(backend: Backend, seed = 0): Promise<number[]> {
  const optimizer = adam({ learningRate: 0.01, globalClipNorm: 1 });
  const trainer = await forecaster(units).compile({ backend, optimizer, loss: "meanSquaredError", seed: 7 });
  if (seed > 0) await perturb(trainer, seed);
  const { epochs: logs } = await trainer.fit(data, { epochs, batchSize: 32 });
  trainer.dispose();
  return logs.map(({ loss }) => loss);
}

/**
 * A computed sum of n products is the exact one of factors that are off by at most n·u (Higham 2002, §3.1), u = 2⁻²⁴; a gate has one product for
 * each input and unit and then some functions that are off by a few ulp, and each of the updates does all of it again, forward and back.
 */
async function perturb(trainer: Trainer, seed: number): Promise<void> {
  const updates = (epochs * data.x.shape[0]!) / 32;
  const most = 2 * updates * (11 + units + 2 * (3 + 4)) * 2 ** -24;
  const stream = random(seed);
  const isArray = (value: unknown): boolean => typeof value === "object" && value !== null && "data" in value;
  const moved = mapTree(await trainer.weights(), isArray, (leaf) => {
    const array = leaf as HostArray;
    const factors = stream.uniform(array.data.length, 1 - most, 1 + most);
    return { ...array, data: Float32Array.from(array.data, (weight, i) => weight * factors[i]!) };
  });
  trainer.setWeights(moved as Awaited<ReturnType<Trainer["weights"]>>); // the same tree
}
