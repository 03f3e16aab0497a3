// Losses that are seldom named: imported when one of them is.
import { binaryFocalCrossentropy } from "./binaryFocalCrossentropy.ts";
import { categoricalFocalCrossentropy } from "./categoricalFocalCrossentropy.ts";
import { categoricalGeneralizedCrossEntropy } from "./categoricalGeneralizedCrossEntropy.ts";
import { categoricalHinge } from "./categoricalHinge.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { ctc } from "./ctc.ts";
import { dice } from "./dice.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { klDivergence } from "./klDivergence.ts";
import { logCosh } from "./logCosh.ts";
import type { Loss } from "./loss.ts";
import { meanAbsolutePercentageError } from "./meanAbsolutePercentageError.ts";
import { meanSquaredLogarithmicError } from "./meanSquaredLogarithmicError.ts";
import type { FurtherLossName } from "./names.ts";
import { poisson } from "./poisson.ts";
import { squaredHinge } from "./squaredHinge.ts";
import { tversky } from "./tversky.ts";

export const furtherLosses = {
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  msle: meanSquaredLogarithmicError,
  huber,
  logCosh,
  poisson,
  cosineSimilarity,
  klDivergence,
  hinge,
  squaredHinge,
  categoricalHinge,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalGeneralizedCrossEntropy,
  ctc,
  dice,
  tversky,
} as const satisfies Record<FurtherLossName, Loss>;
