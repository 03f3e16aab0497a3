// Metrics against figures of Keras 3.15.1 (backend torch 2.13.0, f32): of all samples alike, then by weights, each given in two batches;
// overlaps with dtype="float32", as without it Keras makes weights whole numbers.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { logCosh } from "../losses/logCosh.ts";
import { meanAbsolutePercentageError } from "../losses/meanAbsolutePercentageError.ts";
import { reported } from "../testing/measuring.ts";
import { auc } from "./auc.ts";
import { binaryAccuracy } from "./binaryAccuracy.ts";
import { binaryIoU } from "./binaryIoU.ts";
import { concordanceCorrelation } from "./concordanceCorrelation.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { f1Score } from "./f1Score.ts";
import { fBetaScore } from "./fBetaScore.ts";
import { falseNegatives } from "./falseNegatives.ts";
import { falsePositives } from "./falsePositives.ts";
import { iou } from "./iou.ts";
import { meanIoU } from "./meanIoU.ts";
import type { Metric } from "./metric.ts";
import { pearsonCorrelation } from "./pearsonCorrelation.ts";
import { perplexity } from "./perplexity.ts";
import { precision } from "./precision.ts";
import { precisionAtRecall } from "./precisionAtRecall.ts";
import { r2Score } from "./r2Score.ts";
import { recall } from "./recall.ts";
import { recallAtPrecision } from "./recallAtPrecision.ts";
import { rootMeanSquaredError } from "./rootMeanSquaredError.ts";
import { sensitivityAtSpecificity } from "./sensitivityAtSpecificity.ts";
import { sparseTopKCategoricalAccuracy } from "./sparseTopKCategoricalAccuracy.ts";
import { specificityAtSensitivity } from "./specificityAtSensitivity.ts";
import { topKCategoricalAccuracy } from "./topKCategoricalAccuracy.ts";
import { trueNegatives } from "./trueNegatives.ts";
import { truePositives } from "./truePositives.ts";

const backend = await open();
afterAll(() => backend.close());

/** Yes or no from logits, three classes from logits, two features. */
const bits = {
  y: [1, 0, 1, 0, 1, 1, 0, 0, 0, 1],
  z: [2.1, -0.4, 0.3, -1.7, 0.9, -0.2, 1.4, -2.6, 0.05, -0.9],
  w: [1, 2, 0.5, 1, 1, 3, 1, 1, 2, 1],
  size: 1,
};
const labels = {
  y: [2, 0, 0, 1, 2, 0],
  z: [0.3, -1.2, 2.5, -0.7, 0.1, 0.9, 1.1, 0.4, -0.2, 0.2, 0.8, -1.5, -0.3, 0.6, 0.5, 1.9, -0.1, 0.7],
  w: [1, 0.5, 2, 1, 1, 1],
  size: 3,
};
const hot = { ...labels, y: labels.y.flatMap((label) => [0, 1, 2].map((c) => (c === label ? 1 : 0))) };
const numbers = { y: [0.1, 0.7, 2.2, -0.4, 2.6, 0.9, -1.1, 1.3], z: [0.3, -0.2, 2.5, -0.7, 1.9, 0.9, -0.6, 1.1], w: [1, 2, 0.5, 1], size: 2 }; // prettier-ignore
const rows = { y: [0.1, 0.7, 2.2, -0.4, 2.6, 0.9, -1.1, 1.3, 0.2, 0.5, 0.4, -0.3], z: [0.3, -0.2, 2.5, -0.7, 1.9, 0.9, -0.6, 1.1, 0.9, 0.1, 0.2, 0.3], w: [1, 2, 0.5, 1], size: 3 }; // prettier-ignore
const loss = (of: typeof logCosh): Metric => ({ ...of, better: "lower" });

const figures: readonly (readonly [of: string, metric: Metric, data: typeof bits, alike: number, weighed: number])[] = [
  ["Precision", precision, bits, 0.600000024, 0.454545468],
  ["Precision(thresholds=0.6)", precision({ threshold: 0.6 }), bits, 0.666666687, 0.666666687],
  ["Recall", recall, bits, 0.600000024, 0.384615391],
  ["Recall(thresholds=0.4)", recall({ threshold: 0.4 }), bits, 0.800000012, 0.846153855],
  ["TruePositives", truePositives, bits, 3, 2.5],
  ["FalsePositives", falsePositives, bits, 2, 3],
  ["TrueNegatives", trueNegatives, bits, 3, 4],
  ["FalseNegatives", falseNegatives, bits, 2, 4],
  ["AUC", auc, bits, 0.720000029, 0.65934062],
  ["AUC(num_thresholds=5)", auc({ numThresholds: 5 }), bits, 0.659999967, 0.571428597],
  ['AUC(curve="PR")', auc({ curve: "PR" }), bits, 0.708323061, 0.643010914],
  ['AUC(curve="PR", num_thresholds=5)', auc({ curve: "PR", numThresholds: 5 }), bits, 0.571720243, 0.507349312],
  ['AUC(curve="PR", num_thresholds=5, summation_method="minoring")', auc({ curve: "PR", numThresholds: 5, summationMethod: "minoring" }), bits, 0.439999998, 0.384615391],
  ['AUC(num_thresholds=5, summation_method="majoring")', auc({ numThresholds: 5, summationMethod: "majoring" }), bits, 0.76000005, 0.703296661],
  ["BinaryAccuracy(threshold=0.6)", binaryAccuracy({ threshold: 0.6 }), bits, 0.600000024, 0.592592597],
  ["BinaryIoU", binaryIoU, bits, 0.428571433, 0.313397139],
  ["BinaryIoU(target_class_ids=[1], threshold=0.6)", binaryIoU({ targetClassIds: [1], threshold: 0.6 }), bits, 0.333333313, 0.266666651],
  ["SensitivityAtSpecificity(0.6)", sensitivityAtSpecificity({ specificity: 0.6 }), bits, 0.800000012, 0.384615391],
  ["SpecificityAtSensitivity(0.6)", specificityAtSensitivity({ sensitivity: 0.6 }), bits, 0.800000012, 0.571428597],
  ["PrecisionAtRecall(0.6)", precisionAtRecall({ recall: 0.6 }), bits, 0.75, 0.647058845],
  ["RecallAtPrecision(0.6)", recallAtPrecision({ precision: 0.6 }), bits, 1, 0.846153855],
  ['F1Score(average="macro")', f1Score({ average: "macro" }), hot, 0.655555487, 0.720390618],
  ['F1Score(average="macro"), of labels', f1Score({ average: "macro" }), labels, 0.655555487, 0.720390618],
  ['F1Score(average="micro")', f1Score({ average: "micro" }), hot, 0.666666627, 0.769230723],
  ['F1Score(average="weighted")', f1Score({ average: "weighted" }), hot, 0.677777767, 0.775429666],
  ['F1Score(average="macro", threshold=0.6) of σ(z)', f1Score({ average: "macro", threshold: 0.6 }), hot, 0.711111069, 0.772338688],
["FBetaScore(average=\"macro\", beta=2.0)", fBetaScore({ average: "macro", beta: 2 }), hot, 0.682539642, 0.747334003],
  ["IoU(target_class_ids=[0, 2])", iou({ targetClassIds: [0, 2] }), labels, 0.5, 0.628571451],
  ["PearsonCorrelation", pearsonCorrelation, rows, 0.472878158, 0.534025013],
  ["ConcordanceCorrelation", concordanceCorrelation, rows, 0.557066739, 0.60827297],
  ["TopKCategoricalAccuracy(k=2)", topKCategoricalAccuracy({ k: 2 }), hot, 0.833333313, 0.923076928],
  ["SparseTopKCategoricalAccuracy(k=2)", sparseTopKCategoricalAccuracy({ k: 2 }), labels, 0.833333313, 0.923076928],
  ["MeanIoU", meanIoU, labels, 0.50000006, 0.585714281],
  ["OneHotMeanIoU", meanIoU, hot, 0.50000006, 0.585714281],
  ["MeanIoU(ignore_class=1)", meanIoU({ ignoreClass: 1 }), labels, 0.333333343, 0.419047624],
  ["exp of the mean cross-entropy, NumPy", perplexity, labels, 2.1523613667774915, 1.8845894638731877],
  ["RootMeanSquaredError", rootMeanSquaredError, numbers, 0.475657433, 0.440328121],
  ["R2Score", r2Score, numbers, 0.656705737, 0.737937808],
  ['R2Score(class_aggregation="variance_weighted_average")', r2Score({ classAggregation: "varianceWeightedAverage" }), numbers, 0.832368672, 0.850485444],
  ["CosineSimilarity", cosineSimilarity, numbers, 0.634436011, 0.674751699],
  ["LogCoshError", loss(logCosh), numbers, 0.104454108, 0.090075471],
  ["MeanAbsolutePercentageError", loss(meanAbsolutePercentageError), numbers, 63.121246338, 64.460540771],
]; // prettier-ignore

test.each(figures)("%s", async (_, metric, { y, z, w, size }, alike, weighed) => {
  const width = y.length / w.length;
  const parts = [0, 3].map((from) => [from, from === 0 ? 3 : w.length] as const);
  const batches = (weights: readonly number[]) => parts.map(([from, to]) => ({ y: y.slice(from * width, to * width), z: z.slice(from * size, to * size), w: weights.slice(from, to) })); // prettier-ignore
  const of = (weights: readonly number[]) =>
    reported(backend, metric, batches(weights), { output: [size], labels: size === 3 && width === 1 });
  for (const [got, want] of [
    [await of(w.map(() => 1)), alike],
    [await of(w), weighed],
  ] as const)
    // prettier-ignore
    expect(Math.abs(got - want)).toBeLessThan(3e-7 * Math.max(1, want));
});

test("perplexity leaves out labels that are ignored", async () => {
  const { y, z, w } = labels;
  const of = (ignoreClass: number, marked: readonly number[]) => reported(backend, perplexity({ ignoreClass }), [{ y: marked, z, w: w.map(() => 1) }], { output: [3] }); // prettier-ignore
  expect(await of(1, y)).toBeCloseTo(2.270128193393053, 12); // NumPy
  expect(await of(-7, y.map((label) => (label === 1 ? -7 : label)))).toBeCloseTo(2.270128193393053, 12); // prettier-ignore
});

test("at the edges: nothing is true, nothing is decided for, scores are equal", async () => {
  const of = (metric: Metric, y: readonly number[], z: readonly number[], output = [1], labels?: boolean) =>
    reported(backend, metric, [{ y, z, w: Array(z.length / output[0]!).fill(1) }], { output, ...(labels !== undefined && { labels }) });
  for (const metric of [auc, auc({ curve: "PR" }), precision, recall, f1Score]) expect(await of(metric, [0, 0], [-1, -2])).toBe(0);
  expect(await of(auc, [1, 1], [-1, 2])).toBe(0);
  expect(await of(precision, [1, 0], [-1, -2])).toBe(0);
  expect(await of(meanIoU, [-1], [1, 2, 3], [3], true)).toBe(0);
  expect(await of(r2Score, [2, 2], [1, 3])).toBe(0);
  const tied = [0.5, 0.5, 0.5, 0.1, 0.5, 0.5, 0.5, 0.1];
  expect(await of(sparseTopKCategoricalAccuracy({ k: 1 }), [1, 3], tied, [4], true)).toBe(0.5); // Keras and TensorFlow: all equals are among the k
  expect(await of(sparseTopKCategoricalAccuracy({ k: 3 }), [1, 3], tied, [4], true)).toBe(0.5);
  expect(await of(f1Score({ average: "macro" }), [0, 1], [0.4, 0.4, 0.2, 0.1, 0.8, 0.1], [3], true)).toBeCloseTo(0.5556, 4); // Keras: all equals are decided for
  expect(await of(perplexity({ ignoreClass: -1 }), [-1], [1, 2], [2])).toBeNaN();
});
