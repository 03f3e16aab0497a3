// Losses against figures of Keras 3.15.1 (backend torch 2.13.0, floatx float64) and of PyTorch 2.13.0: each of its losses of two samples of three numbers.
// Keras takes some constants in f32, so its figures hold to 10⁻⁷ or so.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { binaryFocalCrossentropy } from "./binaryFocalCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { categoricalFocalCrossentropy } from "./categoricalFocalCrossentropy.ts";
import { categoricalGeneralizedCrossEntropy } from "./categoricalGeneralizedCrossEntropy.ts";
import { categoricalHinge } from "./categoricalHinge.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { dice } from "./dice.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { klDivergence } from "./klDivergence.ts";
import { logCosh } from "./logCosh.ts";
import { meanAbsolutePercentageError } from "./meanAbsolutePercentageError.ts";
import { meanSquaredLogarithmicError } from "./meanSquaredLogarithmicError.ts";
import { poisson } from "./poisson.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";
import { squaredHinge } from "./squaredHinge.ts";
import { tversky } from "./tversky.ts";
import type { Loss } from "./loss.ts";
import { measured } from "../testing/measuring.ts";

const backend = await open();
afterAll(() => backend.close());

const z = [0.3, -1.2, 2.5, -0.7, 0.1, 0.9];
const sigmoids = z.map((v) => 1 / (1 + Math.exp(-v)));
const y = [0.1, 0.7, 2.2, -0.4, 2.6, 0.9];
const rates = [0.2, 1.5, 3, 0.7, 0.05, 2];
const counts = [0, 2, 3, 1, 0, 5];
const hot = [0, 0, 1, 1, 0, 0];
const soft = [0.2, 0.3, 0.5, 0.6, 0.1, 0.3];
const bits = [0, 1, 1, 1, 0, 0];
const sides = bits.map((bit) => 2 * bit - 1);

const figures: readonly (readonly [of: string, loss: Loss, targets: readonly number[], outputs: readonly number[], want: readonly [number, number]])[] = [
  ["mean_absolute_percentage_error", meanAbsolutePercentageError, y, z, [161.6883158684, 57.0512831211]],
  ["mean_squared_logarithmic_error", meanSquaredLogarithmicError, counts, rates, [0.0221607536, 0.1697486192]],
  ["mean_squared_logarithmic_error, negative too", meanSquaredLogarithmicError, y, z, [0.1058345437, 0.4685678184]],
  ["huber", huber, y, z, [0.4883333147, 0.6816666722]],
  ["huber, delta=0.5", huber({ delta: 0.5 }), y, z, [0.296666652, 0.3899999857]],
  ["PyTorch's huber_loss, delta=0.5", huber({ delta: 0.5 }), y, z, [0.2966666667, 0.39]],
  ["log_cosh", logCosh, y, z, [0.4310619533, 0.6193029284]],
  ["poisson", poisson, counts, rates, [0.1977442056, -0.1196871176]],
  ["PyTorch's poisson_nll_loss, log_input=False, eps=1e-7", poisson, counts, rates, [0.1977442281, -0.1196871172]],
  ["cosine_similarity", cosineSimilarity, y, z, [-0.7276330743, -0.4242368316]],
  ["kl_divergence of softmax(z)", klDivergence, soft, z, [0.6474435687, 0.6435720038]],
  ["PyTorch's kl_div of log_softmax(z)", klDivergence, soft, z, [0.6474435687, 0.6435720038]],
  ["hinge", hinge, bits, z, [1.1666666269, 1.5666667223]],
  ["hinge of targets −1 and 1", hinge, sides, z, [1.1666666269, 1.5666667223]],
  ["squared_hinge", squaredHinge, bits, z, [2.1766664982, 2.5699999332]],
  ["categorical_hinge", categoricalHinge, hot, z, [0, 2.5999999046]],
  ["binary_crossentropy, from_logits, label_smoothing=0.1", binaryCrossentropy({ labelSmoothing: 0.1 }), bits, z, [0.8155091405, 1.0012454987]],
  ["categorical_crossentropy, from_logits, label_smoothing=0.1", categoricalCrossentropy({ labelSmoothing: 0.1 }), hot, z, [0.3237632495, 2.0215177287]],
  ["PyTorch's cross_entropy, label_smoothing=0.1", sparseCategoricalCrossentropy({ labelSmoothing: 0.1 }), [2, 0], z, [0.3237632495, 2.0215177287]],
  ["binary_focal_crossentropy, from_logits", binaryFocalCrossentropy, bits, z, [0.3822122514, 0.4416810572]],
  ["binary_focal_crossentropy, from_logits, apply_class_balancing, gamma=1.5, label_smoothing=0.1", binaryFocalCrossentropy({ applyClassBalancing: true, gamma: 1.5, labelSmoothing: 0.1 }), bits, z, [0.1695263386, 0.2845896482]],
  ["categorical_focal_crossentropy, from_logits", categoricalFocalCrossentropy, hot, z, [0.0004526149, 0.4047568855]],
  ["categorical_focal_crossentropy, from_logits, alpha=[0.2, 0.3, 0.5], gamma=0.5, label_smoothing=0.1", categoricalFocalCrossentropy({ alpha: [0.2, 0.3, 0.5], gamma: 0.5, labelSmoothing: 0.1 }), hot, z, [0.0730802655, 0.3838725628]],
  ["categorical_generalized_cross_entropy of softmax(z), q=0.5", categoricalGeneralizedCrossEntropy, [2, 0], z, [0.1231423997, 1.3006554109]],
  ["categorical_generalized_cross_entropy of softmax(z), q=0.3", categoricalGeneralizedCrossEntropy({ q: 0.3 }), [2, 0], z, [0.124704061, 1.5588355203]],
  ["dice of each sample of σ(z)", dice, bits, sigmoids, [0.3803761098, 0.7415531975]],
  ["tversky of each sample of σ(z), its alpha 0.3 and beta 0.7 the other way round", tversky({ alpha: 0.7, beta: 0.3 }), bits, sigmoids, [0.3619048193, 0.7625534725]],
]; // prettier-ignore

test.each(figures)("%s", async (_, loss, targets, outputs, want) => {
  const { values } = await measured(backend, loss, { y: targets, z: outputs, output: [3] });
  values.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1.5e-7 * Math.max(1, Math.abs(want[i]!))));
  expect(values).toHaveLength(2);
});

test("kl_divergence of one-hot targets is Keras's but for what it takes 0 for, 10⁻⁷", async () => {
  const { values } = await measured(backend, klDivergence, { y: hot, z, output: [3] });
  [0.1270939746, 2.1015146854].forEach((want, i) => expect(Math.abs(values[i]! - want)).toBeLessThan(5e-6));
});

test("cross-entropy of labels that are ignored, of a sequence, is what Keras and PyTorch give for the others", async () => {
  const loss = sparseCategoricalCrossentropy({ ignoreClass: -1 });
  const { values, gradients } = await measured(backend, loss, { y: [2, -1, -1, 0], z: [...z, ...z], output: [2, 3] });
  expect((values[0]! + values[1]!) / 2).toBeCloseTo(1.1143071557, 9); // a label of each
  expect(gradients.map((slope) => slope !== 0)).toEqual([true, true, true, false, false, false, false, false, false, true, true, true]);
  expect((await measured(backend, loss, { y: [-1, -1], z, output: [3] })).values).toEqual([0, 0]);
});
