// Attributions, attention and trajectories: axioms and closed forms.
import { random, type HostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import {
  attentionDecoder,
  dense,
  embedding,
  globalAveragePooling1D,
  gru,
  input,
  lstm,
  model,
  multiHeadAttention,
  sequential,
  simpleRNN,
  type AnyWeights,
} from "@sluice/nn";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { attentionMaps } from "./attentionMaps.ts";
import { inputTimesGradient, integratedGradients, saliency } from "./attribute.ts";
import { pca } from "./pca.ts";
import { stateTrajectories } from "./stateTrajectories.ts";

const backend = await open();
afterAll(() => backend.close());
const f64 = { backend, dtype: "f64", seed: 7 } as const;
const normal = (seed: number, ...shape: readonly number[]): HostArray => ({
  dtype: "f64",
  shape,
  data: random(seed).normal(shape.reduce((product, n) => product * n, 1)),
});

test("of a linear model the saliency is its kernel, and input × gradient adds up to what it gives", async () => {
  await using trainer = await sequential([input({ shape: [3] }), dense({ units: 2, useBias: false })]).compile(f64);
  const { dense: weights } = (await trainer.weights()) as unknown as Record<string, Record<string, HostArray>>;
  const column = [0, 1, 2].map((i) => Number(weights!["kernel"]!.data[i * 2 + 1]));
  const x = normal(1, 2, 3);
  const { inputs, y, target } = await saliency(trainer, x, { target: 1 });
  expect(inputs).toMatchObject([{ input: "x", shape: [2, 3], steps: undefined }]);
  expect(inputs[0]?.values).toEqual([...column, ...column].map((w) => expect.closeTo(w, 12)));
  expect(target).toEqual([[1], [1]]);
  const times = await inputTimesGradient(trainer, x, { target: 1 });
  for (const row of [0, 1]) {
    const sum = times.inputs[0]!.values.slice(row * 3, row * 3 + 3).reduce((all, one) => all + one, 0);
    expect(sum).toBeCloseTo(y[row]!, 12);
  }
});

test("left out, the target is the largest number of each row", async () => {
  await using trainer = await sequential([input({ shape: [3] }), dense({ units: 4, activation: "softmax" })]).compile(f64);
  const x = normal(2, 5, 3);
  const { y, target } = await saliency(trainer, x);
  const given = await trainer.predict(x);
  for (let row = 0; row < 5; row++) {
    const own = Array.from(given.data)
      .slice(row * 4, row * 4 + 4)
      .map(Number);
    expect([y[row], target[row]]).toEqual([Math.max(...own), [own.indexOf(Math.max(...own))]]);
  }
});

test("the gradient of a recurrent model is what differences say, and its steps are the norms over features", async () => {
  await using trainer = await sequential([input({ shape: [4, 2] }), lstm({ units: 3 }), dense({ units: 1 })]).compile(f64);
  const x = normal(3, 1, 4, 2);
  const { inputs } = await saliency(trainer, x);
  const at = async (i: number, by: number) =>
    Number((await trainer.predict({ ...x, data: Float64Array.from(x.data, (v, j) => v + (i === j ? by : 0)) })).data[0]);
  for (let i = 0; i < 8; i++) expect(inputs[0]?.values[i]).toBeCloseTo(((await at(i, 1e-5)) - (await at(i, -1e-5))) / 2e-5, 8);
  expect(inputs[0]?.steps?.[0]?.[2]).toBeCloseTo(Math.hypot(...inputs[0]!.values.slice(4, 6)), 12);
});

test("integrated gradients are complete: they add up to what the model gives beyond the baseline, whatever that is", async () => {
  await using trainer = await sequential([input({ shape: [3, 2] }), gru({ units: 4 }), dense({ units: 2, activation: "softmax" })]).compile(
    f64,
  );
  const drawn = fc.record({ seed: fc.nat(1000), baseline: fc.double({ min: -1, max: 1, noNaN: true }), target: fc.nat(1) });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ seed, baseline, target }) => {
      const {
        inputs,
        y,
        baseline: from,
        delta,
      } = await integratedGradients(trainer, normal(seed, 2, 3, 2), { baseline, target, points: 48 });
      for (const row of [0, 1]) {
        const sum = inputs[0]!.values.slice(row * 6, row * 6 + 6).reduce((all, one) => all + one, 0);
        expect(Math.abs(sum - (y[row]! - from[row]!))).toBeLessThan(1e-3);
        expect(delta[row]).toBeCloseTo(sum - (y[row]! - from[row]!), 12);
        expect(inputs[0]!.steps![row]!.reduce((all, one) => all + one, 0)).toBeCloseTo(sum, 10);
      }
    }),
    { numRuns: 6 },
  );
  const at = async (points: number) => Math.abs((await integratedGradients(trainer, normal(1, 1, 3, 2), { points })).delta[0]!);
  expect((await at(8)) / (await at(16))).toBeCloseTo(4, 0); // midpoints: the error falls with the square
});

test("what does not enter has no share, and steps that do not count have none", async () => {
  await using trainer = await sequential([input({ shape: [4, 1] }), simpleRNN({ units: 2 }), dense({ units: 1 })]).compile(f64);
  const { inputs } = await integratedGradients(trainer, normal(4, 2, 4, 1), { lengths: [2, 3] });
  expect([inputs[0]!.steps![0]!.slice(2), inputs[0]!.steps![1]!.slice(3)]).toEqual([[0, 0], [0]]);
  expect(inputs[0]!.steps![0]!.slice(0, 2).every((share) => share !== 0)).toBe(true);
});

test("of tokens it is of their embeddings, by output and input where these have names", async () => {
  const words = input({ name: "words", dtype: "i32", shape: [3] }),
    extra = input({ name: "extra", shape: [2] });
  const pooled = globalAveragePooling1D()(embedding({ inputDim: 5, outputDim: 4, name: "table" })(words));
  const net = model({
    inputs: { words, extra },
    outputs: { first: dense({ units: 1, name: "first" })(pooled), second: dense({ units: 1, name: "second" })(extra) },
  });
  await using trainer = await net.compile(f64);
  const x = { words: [[1, 2, 4]], extra: [[0.5, -1]] };
  const { inputs, delta, y } = await integratedGradients(trainer, x, { output: "first" });
  expect(inputs.map(({ input: name, layer, shape }) => [name, layer, shape])).toEqual([
    ["extra", undefined, [1, 2]],
    ["words", "table", [1, 3, 4]],
  ]);
  expect(inputs[0]?.values.map(Math.abs)).toEqual([0, 0]);
  expect(delta[0]).toBeCloseTo(0, 10);
  expect(y[0]).toBeCloseTo(
    inputs[1]!.steps![0]!.reduce((sum, one) => sum + one, 0),
    10,
  ); // linear, and its bias is 0
  await expect(saliency(trainer, x)).rejects.toThrow("several outputs");
  await expect(saliency(trainer, x, { output: "third" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(saliency(trainer, x, { output: "first", target: 1 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("attention maps are by layer, row, head, query and key, and each query's add up to 1", async () => {
  const [source, target] = [input({ name: "source", shape: [4, 3] }), input({ name: "target", shape: [2, 3] })];
  const mixed = multiHeadAttention({ numHeads: 2, keyDim: 3, name: "mix" })(source);
  const decoded = attentionDecoder(gru({ units: 3, returnSequences: true }), { name: "align" })(target, { memory: mixed });
  await using trainer = await model({ inputs: { source, target }, outputs: { y: dense({ units: 1 })(decoded) } }).compile(f64);
  const x = { source: normal(1, 2, 4, 3), target: normal(2, 2, 2, 3) };
  const maps = await attentionMaps(trainer, x, { samples: 2 });
  expect(
    maps.map(({ layer, kind, scores }) => [
      layer,
      kind,
      scores.length,
      scores[0]?.length,
      scores[0]?.[0]?.length,
      scores[0]?.[0]?.[0]?.length,
    ]),
  ).toEqual([
    ["mix", "multiHeadAttention", 2, 2, 4, 4],
    ["align", "attentionDecoder", 2, 1, 2, 4],
  ]);
  for (const query of maps.flatMap(({ scores }) => scores.flat(2))) expect(query.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  expect(await attentionMaps(trainer, x, { samples: 2, layers: ["align"] })).toEqual(maps.slice(1));
  await expect(attentionMaps(trainer, x, { layers: ["dense"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("trajectories are what the layer gives at each step, null where none counts, and lie within their components", async () => {
  const net = sequential([input({ shape: [5, 2] }), lstm({ units: 3, returnSequences: true, name: "first" }), gru({ units: 2 })]);
  await using trainer = await net.compile(f64);
  const x = normal(1, 3, 5, 2);
  const { states, points, components, ...name } = await stateTrajectories(trainer, x, { lengths: [5, 2, 4], components: 3 });
  expect(name).toEqual({ layer: "first", kind: "lstm", cell: "lstm", direction: "forward", state: "h" });
  await using outputs = await sequential([input({ shape: [5, 2] }), lstm({ units: 3, returnSequences: true, name: "first" })])
    .withWeights({ first: ((await trainer.weights()) as AnyWeights)["first"] } as never)
    .compile(f64);
  const given = await outputs.predict(x, { lengths: [5, 2, 4] });
  for (const [row, count] of [5, 2, 4].entries())
    for (let t = 0; t < 5; t++)
      expect(states[row]![t]).toEqual(
        t < count
          ? Array.from(given.data)
              .slice((row * 5 + t) * 3, (row * 5 + t + 1) * 3)
              .map(Number)
          : null,
      );
  expect(components.explained.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  // All components together give the states back.
  const back = points[0]![3]!.reduce((sum, p, k) => sum.map((v, i) => v + p * components.axes[k]![i]!), [...components.mean]);
  expect(back).toEqual(states[0]![3]!.map((v) => expect.closeTo(v, 12)));
  expect((await stateTrajectories(trainer, x, { state: "c" })).state).toBe("c");
  expect((await stateTrajectories(trainer, x, { layer: "gru", components: 9 })).components.axes).toHaveLength(2);
  await expect(stateTrajectories(trainer, x, { layer: "none" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(stateTrajectories(trainer, x, { state: "m" })).rejects.toThrow('state "m"');
});

test("principal components of points on a line are that line, all of the variance, with a sign of its own", () => {
  const line = [-2, 0, 1, 4].map((a) => [1 - 3 * a, 2 + 4 * a]);
  const { axes, explained, mean, points } = pca(line, 2);
  expect(axes[0]).toEqual([expect.closeTo(-0.6, 12), expect.closeTo(0.8, 12)]);
  expect(explained).toEqual([expect.closeTo(1, 12), expect.closeTo(0, 12)]);
  expect(mean).toEqual([expect.closeTo(1 - 3 * 0.75, 12), expect.closeTo(2 + 4 * 0.75, 12)]);
  expect(points.map(([first]) => first)).toEqual([-2, 0, 1, 4].map((a) => expect.closeTo(5 * (a - 0.75), 10)));
  expect(
    pca(
      [
        [1, 2],
        [1, 2],
      ],
      1,
    ).explained,
  ).toEqual([0]);
  for (const wrong of [() => pca([]), () => pca([[1], [1, 2]]), () => pca([[1, 2]], 3), () => pca([[1]], 0)])
    expect(wrong).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
