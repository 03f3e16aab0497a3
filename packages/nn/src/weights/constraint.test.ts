import { array, compile, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { embedding } from "../layers/embedding.ts";
import { input } from "../layers/input.ts";
import { lstm } from "../layers/lstm.ts";
import { multiHeadAttention } from "../layers/multiHeadAttention.ts";
import { learn } from "../learner/learn.ts";
import { sequential } from "../models/sequential.ts";
import { transformerEncoder } from "../models/transformerEncoder.ts";
import { sgd } from "../optimizers/sgd.ts";
import { constrain, type Constraint } from "./constraint.ts";

const backend = await open();

async function constrained(constraint: Constraint): Promise<readonly number[]> {
  const run = compile(backend, (w: Tensor) => constrain(w, constraint));
  return [...(await (await run(array(backend, Float64Array.of(3, -0.1, 4, 0.2), { shape: [2, 2] }))).read())];
}

// Keras 3.15.1, of [[3, -0.1], [4, 0.2]].
test.each<[Constraint, readonly number[]]>([
  ["maxNorm", [1.1999999760000004, -0.09999995527866046, 1.5999999680000005, 0.19999991055732091]],
  [{ maxNorm: 2, axis: 0 }, [1.1999999760000004, -0.09999995527866046, 1.5999999680000005, 0.19999991055732091]],
  [{ maxNorm: 2, axis: -1 }, [1.9988897473656362, -0.06662965824552121, 1.9975046278803787, 0.09987523139401894]],
  ["unitNorm", [0.5999999880000002, -0.44721339550004735, 0.7999999840000003, 0.8944267910000947]],
  [{ minMaxNorm: [0.5, 1], rate: 0.5 }, [1.7999999640000006, -0.16180332651434204, 2.399999952000001, 0.3236066530286841]],
  ["nonNeg", [3, 0, 4, 0.2]],
])("%j is Keras's", async (constraint, wanted) => {
  (await constrained(constraint)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 12));
});

test("a vector of zeros stays one, whatever its norm is to be", async () => {
  const run = compile(backend, (w: Tensor) => constrain(w, "unitNorm"));
  expect([...(await (await run(array(backend, new Float64Array(2), { shape: [2, 1] }))).read())]).toEqual([0, 0]);
});

test("weights are within their constraint after each update, and the others as without one", async () => {
  const weights = (kernel: object) => ({
    kernel: { axes: { features: 2, units: 2 }, init: { normal: 1 }, ...kernel },
    other: { axes: { units: 3 }, init: "ones" },
  });
  const options = {
    inputs: { x: "float" },
    optimizer: sgd({ learningRate: 0.5 }),
    loss: (w: { readonly kernel: Tensor; readonly other: Tensor }, { x }: { readonly x: Tensor }) =>
      x.dot(w.kernel).sum().add(w.other.mul(w.other).sum()),
    dtype: "f64",
  } as const;
  const [free, kept] = [
    await learn(backend, { ...options, weights: weights({}) } as never),
    await learn(backend, { ...options, weights: weights({ constraint: { maxNorm: 0.5 } }) } as never),
  ];
  for (const one of [free, kept]) await one.step({ x: [[1, 2]] } as never);
  const [a, b] = [await free.weights(), await kept.weights()] as unknown as readonly Record<
    "kernel" | "other",
    { readonly data: Float64Array }
  >[];
  const norm = (w: Float64Array, unit: number): number => Math.hypot(w[unit] ?? NaN, w[unit + 2] ?? NaN);
  for (const unit of [0, 1]) {
    expect(norm(a?.kernel.data ?? new Float64Array(), unit)).toBeGreaterThan(0.5);
    expect(norm(b?.kernel.data ?? new Float64Array(), unit)).toBeCloseTo(0.5, 6);
  }
  expect(b?.other.data).toEqual(a?.other.data);
  free.dispose();
  kept.dispose();
});

test("layers take constraints, prices and starts by name, and groups say otherwise", async () => {
  const net = sequential([
    input({ shape: [3], dtype: "i32" }),
    embedding({ inputDim: 4, outputDim: 2, embeddingsInitializer: { constant: 2 }, embeddingsConstraint: { maxNorm: 1, axis: 1 } }),
    lstm({
      units: 2,
      kernelInitializer: "heNormal",
      recurrentInitializer: { orthogonal: 0.5 },
      biasInitializer: "ones",
      biasConstraint: "nonNeg",
    }),
    dense({ units: 1, kernelRegularizer: { l2: 0.5 }, biasInitializer: { constant: -1 }, biasConstraint: "nonNeg" }),
  ]);
  const compiling = { backend, loss: "mse", optimizer: sgd({ learningRate: 0.1 }), dtype: "f64" } as const;
  const trainer = await net.compile(compiling);
  expect([...((await trainer.weights()).lstm.b?.data ?? [])]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  const kernel = (await trainer.weights()).dense.kernel.data;
  const data = { x: [[0, 1, 2]], y: [[0]] };
  const [dear, plain] = [
    await trainer.evaluate(data),
    await (await net.compile({ ...compiling, groups: [{ weights: "dense", l2: 0 }] })).evaluate(data),
  ];
  expect(dear.loss - plain.loss).toBeCloseTo(0.5 * kernel.reduce((sum, w) => sum + w * w, 0), 12);
  await trainer.fit(data, { epochs: 1 });
  const after = await trainer.weights();
  expect(after.dense.bias?.data[0]).toBe(0);
  expect(Math.hypot(after.embedding.embeddings.data[0] ?? NaN, after.embedding.embeddings.data[1] ?? NaN)).toBeCloseTo(1, 6);
  trainer.dispose();
});

test("projections of attention, and what stands in blocks of it, start as their options say", async () => {
  const x = input({ shape: [3, 4] });
  const net = sequential([
    x,
    multiHeadAttention({
      numHeads: 2,
      kernelInitializer: { constant: 0.5 },
      biasInitializer: "ones",
      biasConstraint: "nonNeg",
      name: "heads",
    }),
    transformerEncoder({
      intermediateDim: 3,
      numHeads: 2,
      kernelInitializer: { constant: 0.25 },
      biasInitializer: { constant: 2 },
      name: "block",
    }),
  ]);
  const trainer = await net.compile({ backend });
  const { heads, block } = await trainer.weights();
  expect(new Set([...heads.wq.data, ...heads.wo.data])).toEqual(new Set([0.5]));
  expect(new Set(heads.bo?.data)).toEqual(new Set([1]));
  expect(new Set([...block.selfAttention.wk.data, ...block.feedforwardOutput.kernel.data])).toEqual(new Set([0.25]));
  expect(new Set(block.feedforwardIntermediate.bias.data)).toEqual(new Set([2]));
});

test("what is no constraint is refused with what may stand there", () => {
  for (const wrong of ["maxnorm", { maxNorm: -1 }, { minMaxNorm: [2, 1] }, { unitNorm: false }, { maxNorm: 1, axes: 0 }])
    expect(() => dense({ units: 1, kernelConstraint: wrong as never })).toThrow(/kernelConstraint must be/);
});
