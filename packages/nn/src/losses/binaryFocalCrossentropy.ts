// Yes or no, from logits, where most is easy.
import { neg, sigmoid } from "@sluice/core";
import { boolean, nonNegative, rate } from "@sluice/core/arguments";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import { smoothed, smoothingTable, type SmoothingConfig } from "../measures/smoothing.ts";
import { preset, type Table } from "../options/table.ts";
import { elementwise } from "./binaryCrossentropy.ts";
import { focus } from "./focal.ts";
import type { Loss } from "./loss.ts";

export interface BinaryFocalConfig extends SmoothingConfig {
  /** Whether targets of 1 count α and those of 0 count 1 − α; default false. */
  readonly applyClassBalancing?: boolean;
  /** α, 0 … 1; default 0.25. */
  readonly alpha?: number;
  /** γ, at least 0; default 2. */
  readonly gamma?: number;
}

export const binaryFocalTable = {
  applyClassBalancing: preset(boolean, false),
  alpha: preset(rate, 0.25),
  gamma: preset(nonNegative, 2),
  ...smoothingTable,
} satisfies Table<BinaryFocalConfig>;

/**
 * (1 − p)ᵞ times the binary cross-entropy, where p = y σ(z) + (1 − y)(1 − σ(z)) is how right it is; its mean over every axis but the batch (Lin et al. 2017).
 * Logits z, targets y in [0, 1]; with `labelSmoothing` s of y (1 − s) + s/2.
 *
 * The same as torchvision's sigmoid_focal_loss with `applyClassBalancing`, which that has where it is not told otherwise.
 */
export const binaryFocalCrossentropy: Configurable<Loss, BinaryFocalConfig> = configurable(
  binaryFocalTable,
  ({ applyClassBalancing, alpha, gamma, labelSmoothing }) =>
    checkedMeasure({
      name: "binaryFocalCrossentropy",
      includes: "sigmoid",
      accuracy: binaryAccuracy,
      target: probabilities,
      perSample(target, z) {
        const y = smoothed(target, labelSmoothing, 2);
        const not = y.neg().add(1);
        const wrong = y.mul(sigmoid(neg(z))).add(not.mul(sigmoid(z))); // 1 − p, as a sum of what is at least 0
        const focal = elementwise(y, z).mul(gamma === 0 ? 1 : focus(wrong, gamma));
        return meanPerSample(applyClassBalancing ? y.mul(alpha).add(not.mul(1 - alpha)).mul(focal) : focal); // prettier-ignore
      },
    }),
);
