// Metrics that are seldom named: imported when one of them is.
import { auc } from "./auc.ts";
import { binaryIoU } from "./binaryIoU.ts";
import { concordanceCorrelation } from "./concordanceCorrelation.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { f1Score } from "./f1Score.ts";
import { fBetaScore } from "./fBetaScore.ts";
import { falseNegatives } from "./falseNegatives.ts";
import { falsePositives } from "./falsePositives.ts";
import { meanIoU } from "./meanIoU.ts";
import { pearsonCorrelation } from "./pearsonCorrelation.ts";
import { perplexity } from "./perplexity.ts";
import { precision } from "./precision.ts";
import { r2Score } from "./r2Score.ts";
import { recall } from "./recall.ts";
import { rootMeanSquaredError } from "./rootMeanSquaredError.ts";
import { sparseTopKCategoricalAccuracy } from "./sparseTopKCategoricalAccuracy.ts";
import { topKCategoricalAccuracy } from "./topKCategoricalAccuracy.ts";
import { trueNegatives } from "./trueNegatives.ts";
import { truePositives } from "./truePositives.ts";
import type { Metric } from "./metric.ts";
import type { FurtherMetricName } from "./names.ts";

export const furtherMetrics = {
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  precision,
  recall,
  f1Score,
  fBetaScore,
  auc,
  truePositives,
  falsePositives,
  trueNegatives,
  falseNegatives,
  meanIoU,
  binaryIoU,
  perplexity,
  rootMeanSquaredError,
  r2Score,
  cosineSimilarity,
  pearsonCorrelation,
  concordanceCorrelation,
} as const satisfies Record<FurtherMetricName, Metric>;
