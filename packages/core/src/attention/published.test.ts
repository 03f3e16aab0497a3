// Figures that others published.
import { expect, test } from "vitest";
import { dotAttention, scaledDotAttention, type Tensor } from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";

const backend = await open();

interface Operands {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

// webmachinelearning/webnn-baseline b7a6aae, test/softmax_test.js "softmax 2D axis=1" (Apache-2.0): scores as keys of width 1, a query of 1.
test("weights are the softmax of the scores, as WebNN's baseline has it", async () => {
  const scores = [
    0.4301911, 0.54719144, -1.1637765, 0.18390046, 0.58390397, 0.1735679, 0.539724, -0.953514, -0.59202826, -0.17344485, 0.14395015,
    -0.37920907,
  ];
  const softmax = [
    0.3216537706230936, 0.36157737612692964, 0.06533370899961785, 0.2514351442503589, 0.35271572559067943, 0.23400122550752556,
    0.33747196917113453, 0.07581107973066051, 0.17110128476868686, 0.2600409450936177, 0.35717794384660767, 0.2116798262910878,
  ];
  const got = await evaluate(backend, ({ q, k, v }: Operands) => dotAttention(q, k, v).weights, {
    q: f64([1, 1, 1], 3, 1, 1),
    k: f64(scores, 3, 4, 1),
    v: f64(scores, 3, 4, 1),
  });
  expect(misses(got, { "": softmax }, 1e-15)).toEqual([]);
});

// tensorflow/text, "Neural machine translation with a Transformer and Keras" in its edition of 2019, scaled dot product attention (Apache-2.0).
test("queries that pick one key, two alike, or the mean of two, as TensorFlow's tutorial prints it", async () => {
  const { output, weights } = await evaluate(backend, ({ q, k, v }: Operands) => scaledDotAttention(q, k, v), {
    q: f64([0, 10, 0, 0, 0, 10, 10, 10, 0], 3, 3),
    k: f64([10, 0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 10], 4, 3),
    v: f64([1, 0, 10, 0, 100, 5, 1000, 6], 4, 2),
  });
  expect(misses({ output: output! }, { output: [10, 0, 550, 5.5, 5.5, 0] }, 1e-9)).toEqual([]);
  expect(misses({ weights: weights! }, { weights: [0, 1, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0, 0] }, 1e-9)).toEqual([]);
});
