// What losses are called, apart from what they are, which whoever only predicts need not import.

/** Those that come with training, named or not. */
const common = [
  "meanSquaredError",
  "mse",
  "meanAbsoluteError",
  "mae",
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
] as const;

/** Those that are imported when one of them is named. */
const further = [
  "meanAbsolutePercentageError",
  "mape",
  "meanSquaredLogarithmicError",
  "msle",
  "huber",
  "logCosh",
  "poisson",
  "cosineSimilarity",
  "klDivergence",
  "hinge",
  "squaredHinge",
  "categoricalHinge",
  "binaryFocalCrossentropy",
  "categoricalFocalCrossentropy",
  "categoricalGeneralizedCrossEntropy",
  "ctc",
  "dice",
  "tversky",
] as const;

export type CommonLossName = (typeof common)[number];
export type FurtherLossName = (typeof further)[number];
export type LossName = CommonLossName | FurtherLossName;
export const lossNames: readonly LossName[] = [...common, ...further];
