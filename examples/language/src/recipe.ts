// What the networks are trained with: chosen by the articles of validation alone (README, `scripts/tune.mjs`).
import type { Recipe } from "./training.ts";

export interface FullRecipe extends Recipe {
  /** Characters of the longest n-gram that is read as one. */
  readonly order: number;
  /** Those that training has less often are read as shorter ones. */
  readonly minCount: number;
}

export const recipe: FullRecipe = {
  ...{ order: 4, minCount: 4, units: 64, outputDim: 48, dropout: 0.1 },
  ...{ each: 160, batchSize: 64, epochs: 12 },
  ...{ learningRate: 0.015, weightDecay: 0.01, labelSmoothing: 0.02, characterDropout: 0.2 },
};
