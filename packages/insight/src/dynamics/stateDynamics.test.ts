// Jacobians, spectral radii and Lyapunov exponents in closed form, and of gated cells against differences.
import { compile, lstm as lstmCell, random, recurrence, type HostArray, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { bidirectional, dense, gru, input, lstm, sequential, simpleRNN } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { stateDynamics } from "./stateDynamics.ts";

const backend = await open();
afterAll(() => backend.close());
const f64 = (data: readonly number[], ...shape: readonly number[]): HostArray => ({ dtype: "f64", shape, data: Float64Array.from(data) });
const normal = (seed: number, ...shape: readonly number[]): HostArray =>
  f64([...random(seed).normal(shape.reduce((n, m) => n * m, 1))], ...shape);

async function linear(w: readonly number[], steps: number) {
  const units = Math.sqrt(w.length);
  const net = sequential([input({ shape: [steps, 1] }), simpleRNN({ units, activation: "linear", useBias: false })]);
  await using trainer = await net
    .withWeights({ simpleRNN: { wx: normal(1, 1, units), wh: f64(w, units, units) } } as never)
    .compile({ backend, dtype: "f64" });
  const { layers } = await stateDynamics(trainer, normal(2, 2, steps, 1), { samples: 2 });
  return layers[0]!;
}

test("of λ·I every radius is |λ| and every exponent log|λ|", async () => {
  for (const scale of [0.5, -1.5]) {
    const { spectralRadius, lyapunov, states } = await linear([scale, 0, 0, scale], 5);
    expect(states).toEqual({ h: 2 });
    for (const radius of spectralRadius.flat()) expect(radius).toBeCloseTo(Math.abs(scale), 12);
    for (const exponent of lyapunov.flat()) expect(exponent).toBeCloseTo(Math.log(Math.abs(scale)), 12);
    expect([spectralRadius.length, lyapunov.length]).toEqual([2, 2]);
  }
});

test("a rotation neither grows nor shrinks: radius 1, exponents 0", async () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const { spectralRadius, lyapunov } = await linear([c, -s, s, c], 6);
  for (const radius of spectralRadius.flat()) expect(radius).toBeCloseTo(1, 12);
  for (const exponent of lyapunov.flat()) expect(exponent).toBeCloseTo(0, 12);
});

test("of a triangular matrix the exponents come to the logarithms of its eigenvalues, and a singular one loses a direction", async () => {
  const { spectralRadius, lyapunov } = await linear([1.2, 0.3, 0, 0.4], 200);
  expect(spectralRadius[0]?.[0]).toBeCloseTo(1.2, 12);
  expect(lyapunov[0]?.[0]).toBeCloseTo(Math.log(1.2), 2);
  expect(lyapunov[0]?.[1]).toBeCloseTo(Math.log(0.4), 2);
  // Their sum is exactly log|det|.
  expect(lyapunov[0]![0]! + lyapunov[0]![1]!).toBeCloseTo(Math.log(0.48), 12);
  expect((await linear([0.5, 0, 0, 0], 3)).lyapunov[0]).toEqual([expect.closeTo(Math.log(0.5), 12), null]);
});

test("of an lstm the Jacobians of h and c together are what differences say: their determinants and radii agree", async () => {
  const [steps, units, features] = [3, 2, 2];
  const net = sequential([input({ shape: [steps, features] }), lstm({ units })]);
  await using trainer = await net.compile({ backend, dtype: "f64", seed: 4 });
  const x = normal(5, 1, steps, features);
  const { layers } = await stateDynamics(trainer, x);
  const { lstm: weights } = (await trainer.weights()) as unknown as Record<string, Record<string, HostArray>>;
  const run = recurrence(lstmCell());
  const after = compile(backend, (w: never, given: Tensor, h: Tensor, c: Tensor) => run.run(w, given, { state: { h, c } }).state, {
    name: "step",
  });
  let state: readonly number[] = Array.from({ length: 2 * units }, () => 0);
  let logDeterminant = 0;
  for (let t = 0; t < steps; t++) {
    const row = f64(
      Array.from(x.data)
        .slice(t * features, (t + 1) * features)
        .map(Number),
      1,
      1,
      features,
    );
    const step = async (at: readonly number[]) => {
      const { h, c } = await after(weights as never, row, f64(at.slice(0, units), 1, units), f64(at.slice(units), 1, units));
      return [...(await h.read()), ...(await c.read())];
    };
    const columns: number[][] = [];
    for (let j = 0; j < 2 * units; j++) {
      const moved = (by: number) => step(state.map((v, i) => (i === j ? v + by : v)));
      const [up, down] = [await moved(1e-6), await moved(-1e-6)];
      columns.push(up.map((v, i) => (v - down[i]!) / 2e-6));
    }
    logDeterminant += Math.log(Math.abs(determinant(columns)));
    state = await step(state);
  }
  expect(layers[0]?.states).toEqual({ h: units, c: units });
  const sum = layers[0]!.lyapunov[0]!.reduce<number>((all, one) => all + one!, 0);
  expect(sum * steps).toBeCloseTo(logDeterminant, 4);
});

function determinant([first = [], ...rest]: readonly number[][]): number {
  if (rest.length === 0) return first[0] ?? 1;
  return first.reduce((sum, v, i) => sum + (i % 2 === 0 ? v : -v) * determinant(rest.map((column) => column.filter((_, j) => j !== i))), 0);
}

test("both directions and masks: what does not count is null, and a layer by name", async () => {
  const net = sequential([
    input({ shape: [4, 2] }),
    bidirectional(gru({ units: 2, returnSequences: true, name: "inner" }), { name: "both" }),
    lstm({ units: 1 }),
    dense({ units: 1 }),
  ]);
  await using trainer = await net.compile({ backend, dtype: "f64" });
  const x = normal(1, 2, 4, 2);
  const { layers } = await stateDynamics(trainer, x, { samples: 2, lengths: [2, 4] });
  expect(layers.map(({ layer, direction, states }) => [layer, direction, states])).toEqual([
    ["both", "forward", { h: 2 }],
    ["both", "backward", { h: 2 }],
    ["lstm", "forward", { h: 1, c: 1 }],
  ]);
  for (const { spectralRadius } of layers) {
    expect(spectralRadius[0]?.map((radius) => radius === null)).toEqual([false, false, true, true]);
    expect(spectralRadius[1]?.every((radius) => radius !== null && radius > 0)).toBe(true);
  }
  const only = await stateDynamics(trainer, x, { layers: ["lstm"], samples: 2, lengths: [2, 4] });
  expect(only.layers).toEqual(layers.slice(2));
  await expect(stateDynamics(trainer, x, { layers: ["dense"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(stateDynamics(trainer, x, { samples: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
