// The attention layers, normalisation and positions: what core computes with the same weights.
import {
  additiveAttention as additive,
  attend,
  compile,
  concatAttention,
  dotAttention,
  initialise,
  layerNormalization as normalise,
  multiHeadAttention as module,
  rmsNormalization as normaliseRms,
  scaledDotAttention,
  sinusoidalPositions,
  tanh,
  type HostArray,
  type SluiceError,
  type Tensor,
  type Weight,
} from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import { additiveAttention } from "./additiveAttention.ts";
import { attention } from "./attention.ts";
import { dense } from "./dense.ts";
import { groupQueryAttention } from "./groupQueryAttention.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import { positionalEncoding } from "./positionalEncoding.ts";
import { rmsNormalization } from "./rmsNormalization.ts";
import { Also, type Built, type Layer } from "./layer.ts";
import { specOf, type Spec } from "./spec.ts";

const backend = await open();
const [batch, steps, features] = [2, 3, 4];
const sample = specOf([steps, features], "float");
const ramp = (...shape: readonly number[]): HostArray => ({
  dtype: "f64",
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
});

interface Given {
  /** As the layer has them. */
  readonly w: never;
  readonly x: Tensor;
  readonly mask?: Tensor;
}
const grouped = { heads: 4, keyValueHeads: 2, size: 2, valueSize: 3, useBias: false, outputSize: 5 },
  many = { numHeads: 4, numKeyValueHeads: 2, keyDim: 2, valueDim: 3, useBias: false, outputDim: 5 };

const layers: Readonly<Record<string, readonly [Layer, plain: (given: Given) => Tensor, mask?: readonly number[]]>> = {
  "attention as Keras has it": [attention(), ({ x }) => dotAttention(x, x, x).output],
  "attention by scaled products, causal, onto x": [
    attention({ score: "scaledDot", causal: true, residual: true }),
    ({ x }) => scaledDotAttention(x, x, x, { causal: true, residual: x }).output,
  ],
  "attention by concatenation, bent": [
    attention({ score: "concat", softCap: 0.5 }),
    ({ w, x }) => concatAttention(w, x, x, x, { softCap: 0.5 }).output,
  ],
  "attention by products with a learnt scale": [attention({ useScale: true }), ({ w, x }) => dotAttention(x.mul(w["scale"]), x, x).output],
  "additive attention as Keras has it": [
    additiveAttention(),
    ({ w, x }) =>
      attend(
        tanh(x.expand(-2).add(x.expand(-3)))
          .mul(w["v"])
          .sum(-1),
        x,
      ).output,
  ],
  "additive attention as Keras has it without a scale": [
    additiveAttention({ useScale: false }),
    ({ x }) => attend(tanh(x.expand(-2).add(x.expand(-3))).sum(-1), x).output,
  ],
  "additive attention with dropped weights": [
    additiveAttention({ units: 5, dropout: 0.5 }),
    ({ w, x, mask: dropout }) => additive(w, x, x, x, { dropout }).output,
    [steps, steps],
  ],
  "two heads with dropped weights, causal, onto x": [
    multiHeadAttention({ numHeads: 2, causal: true, dropout: 0.5, residual: true }),
    ({ w, x, mask: dropout }) => module({ heads: 2 }).run(w, { query: x, causal: true, dropout, residual: x }).output,
    [2, steps, steps],
  ],
  "four heads in two groups, of sizes of their own": [multiHeadAttention(many), ({ w, x }) => module(grouped).run(w, { query: x }).output],
  "heads by the additive score": [
    multiHeadAttention({ numHeads: 2, score: "additive", scoreUnits: 3, causal: "start" }),
    ({ w, x }) => module({ heads: 2, score: "additive", units: 3 }).run(w, { query: x, causal: "start" }).output,
  ],
  "heads that are columns": [
    multiHeadAttention({ numHeads: 2, score: "concat", useProjections: false }),
    ({ w, x }) => module({ heads: 2, score: "concat", useProjections: false }).run(w, { query: x }).output,
  ],
  "heads in groups, as Keras calls them": [
    groupQueryAttention({ headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2 }),
    ({ w, x }) => module({ heads: 4, keyValueHeads: 2, size: 3 }).run(w, { query: x }).output,
  ],
  "heads that turn": [
    multiHeadAttention({ numHeads: 2, rotary: { base: 100 } }),
    ({ w, x }) => module({ heads: 2, rotary: { base: 100 } }).run(w, { query: x }).output,
  ],
  "layer normalisation": [layerNormalization(), ({ w, x }) => normalise(x, { gain: w["gamma"], shift: w["beta"], epsilon: 1e-3 })],
  "layer normalisation without weights": [
    layerNormalization({ epsilon: 0.1, center: false, scale: false }),
    ({ x }) => normalise(x, { epsilon: 0.1 }),
  ],
  "rms normalisation": [rmsNormalization(), ({ w, x }) => normaliseRms(x, { gain: w["gamma"] })],
  positions: [positionalEncoding(), ({ x }) => x.add(sinusoidalPositions(steps, features, "f64"))],
};

/** Without what stands beside it. */
function valueOf(given: ReturnType<Built["apply"]>): Tensor {
  return (given instanceof Also ? given.value : given) as Tensor;
}

for (const [title, [layer, plain, masked]] of Object.entries(layers)) {
  test(`${title}: the layer computes what core does, with the shape it told`, async () => {
    const built = layer.build(sample, "test"),
      w = initialise(built.weights as Readonly<Record<string, Weight>>, { seed: 1, dtype: "f64" });
    const run = compile(backend, (given: { w: Record<string, Tensor>; x: Tensor; masks: { mask?: Tensor } }) => ({
      layer: valueOf(built.apply(given.w, given.x, { drawn: given.masks.mask })),
      plain: plain({ w: given.w as never, x: given.x, ...given.masks }),
    }));
    const masks = masked === undefined ? {} : { mask: ramp(batch, ...masked) };
    const result = await run({ w, x: ramp(batch, steps, features), masks } as never);
    expect(await result.layer.read()).toEqual(await result.plain.read());
    expect(result.layer.shape).toEqual([batch, ...(built.output as Spec).shape]);
    expect(built.drawn).toEqual(masked && { shape: masked, rate: 0.5 });
  });

  test(`${title}: the layer comes back from a file`, async () => {
    const model = sequential([layer, dense({ units: 1 })], { name: "saved" });
    const options = { backend, optimizer: adam(), loss: "mse", dtype: "f64", seed: 3 } as const;
    const data = { x: ramp(4, steps, features), y: ramp(4, steps, 1) };
    const trainer = await model.compile(options);
    await trainer.fit(data, { epochs: 2, batchSize: 2 });
    const again = await deserialize(await serialize(trainer, { optimizer: true })).compile(options);
    expect(await again.evaluate(data)).toEqual(await trainer.evaluate(data));
    trainer.dispose();
    again.dispose();
  });
}

test.each(["start", "end", true] as const)(
  "causal: %s counts from that end where there are more keys than queries, in groups too",
  async (causal) => {
    const layers = [attention({ causal }), groupQueryAttention({ headDim: 2, numQueryHeads: 2, numKeyValueHeads: 1, causal })];
    for (const layer of layers) {
      const built = (layer as unknown as Layer).build(sample, "test", { value: specOf([steps + 2, features], "float") });
      const w = initialise(built.weights as Readonly<Record<string, Weight>>, { seed: 1, dtype: "f64" });
      const run = compile(backend, (given: { w: Record<string, Tensor>; x: Tensor; value: Tensor }) => {
        const all = built.apply(given.w, given.x, { beside: { value: given.value } }) as Also;
        return all.also["scores"] as Tensor;
      });
      const scores = await run({ w, x: ramp(batch, steps, features), value: ramp(batch, steps + 2, features) } as never);
      const seen = [...(await scores.read())].map((score, i) => [Math.floor(i / (steps + 2)) % steps, i % (steps + 2), score] as const);
      for (const [query, key, score] of seen) expect(score > 0).toBe(key <= query + (causal === "start" ? 0 : 2));
    }
  },
);

const refusals: readonly [title: string, code: SluiceError["code"], message: string, attempt: () => unknown][] = [
  ["an unknown score", "INVALID_ARGUMENT", "score must be one of", () => attention({ score: "general" as "dot" })],
  ["units that no score asked for", "INVALID_ARGUMENT", "no units", () => attention({ units: 3 })],
  ["a scale that no score asked for", "INVALID_ARGUMENT", "no scale of its own", () => attention({ score: "scaledDot", useScale: true })],
  ["a hidden layer of width 0", "INVALID_ARGUMENT", "units", () => additiveAttention({ units: 0 })],
  ["a rate of 1", "INVALID_ARGUMENT", "dropout", () => attention({ dropout: 1 })],
  ["heads that do not divide", "INVALID_ARGUMENT", "heads 3 must divide", () => multiHeadAttention({ numHeads: 3 }).build(sample, "test")],
  [
    "a bias of no projections",
    "INVALID_ARGUMENT",
    "without projections there is no useBias",
    () => multiHeadAttention({ numHeads: 2, useProjections: false, useBias: false }),
  ],
  [
    "groups that do not divide",
    "INVALID_ARGUMENT",
    "groupQueryAttention: numKeyValueHeads 2 must divide numQueryHeads 3",
    () => groupQueryAttention({ headDim: 1, numQueryHeads: 3, numKeyValueHeads: 2 }),
  ],
  ["a vector", "SHAPE_MISMATCH", "needs x [batch, steps, features]", () => attention().build(specOf([4], "float"), "test")],
  [
    "an output that x cannot be added to",
    "SHAPE_MISMATCH",
    "needs 5 features",
    () => multiHeadAttention({ numHeads: 2, outputDim: 5, residual: true }).build(sample, "test"),
  ],
  ["indices", "DTYPE_MISMATCH", "reads numbers", () => layerNormalization().build(specOf([3], "i32"), "test")],
  [
    "positions of a vector",
    "SHAPE_MISMATCH",
    "needs x [batch, steps, features]",
    () => positionalEncoding().build(specOf([4], "float"), "test"),
  ],
];
for (const [title, code, message, attempt] of refusals)
  test(`${title}: ${code}`, () => {
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
