// What losses are called, apart from what they are, which whoever only predicts need not import.
export const lossNames = [
  "meanSquaredError",
  "mse",
  "meanAbsoluteError",
  "mae",
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
] as const;

export type LossName = (typeof lossNames)[number];
