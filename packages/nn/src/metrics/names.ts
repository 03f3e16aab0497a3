// What metrics are called, apart from what they are, which whoever only predicts need not import.

/** Those that come with training, named or not. */
const common = ["binaryAccuracy", "categoricalAccuracy", "sparseCategoricalAccuracy"] as const;

/** Those that are imported when one of them is named. */
const further = [
  "topKCategoricalAccuracy",
  "sparseTopKCategoricalAccuracy",
  "precision",
  "recall",
  "f1Score",
  "fBetaScore",
  "auc",
  "truePositives",
  "falsePositives",
  "trueNegatives",
  "falseNegatives",
  "meanIoU",
  "binaryIoU",
  "perplexity",
  "rootMeanSquaredError",
  "r2Score",
  "cosineSimilarity",
  "pearsonCorrelation",
  "concordanceCorrelation",
] as const;

export type CommonMetricName = (typeof common)[number];
export type FurtherMetricName = (typeof further)[number];
export type OwnMetricName = CommonMetricName | FurtherMetricName;
export const ownMetricNames: readonly OwnMetricName[] = [...common, ...further];
