// One of several classes, from logits, where most is easy.
import { expm1, literal, logSoftmax, neg, SluiceError, type Tensor } from "@sluice/core";
import { nonNegative } from "@sluice/core/arguments";
import { categoricalAccuracy } from "../metrics/categoricalAccuracy.ts";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import { smoothed, smoothingTable, type SmoothingConfig } from "../measures/smoothing.ts";
import { either, listOf } from "../options/rules.ts";
import { preset, type Table } from "../options/table.ts";
import { focus } from "./focal.ts";
import type { Loss } from "./loss.ts";

export interface CategoricalFocalConfig extends SmoothingConfig {
  /** α, of all classes or of each, at least 0; default 0.25. */
  readonly alpha?: number | readonly number[];
  /** γ, at least 0; default 2. */
  readonly gamma?: number;
}

export const categoricalFocalTable = {
  alpha: preset(either<number, readonly number[]>(nonNegative, listOf(nonNegative)), 0.25),
  gamma: preset(nonNegative, 2),
  ...smoothingTable,
} satisfies Table<CategoricalFocalConfig>;

/**
 * −Σ α (1 − p)ᵞ y log p for p = softmax(z), over the last axis; its mean over the others but the batch (Lin et al. 2017).
 * y and z [batch, …, classes], z are logits; with `labelSmoothing` s of y (1 − s) + s/classes. Throws SHAPE_MISMATCH while tracing for a list of α that is not one for each class.
 */
export const categoricalFocalCrossentropy: Configurable<Loss, CategoricalFocalConfig> = configurable(
  categoricalFocalTable,
  ({ alpha, gamma, labelSmoothing }) =>
    checkedMeasure({
      name: "categoricalFocalCrossentropy",
      includes: "softmax",
      accuracy: categoricalAccuracy,
      target: probabilities,
      perSample(target, z) {
        const logs = logSoftmax(z);
        const cost = smoothed(target, labelSmoothing, z.shape.at(-1) ?? 1).mul(neg(logs));
        const focal = gamma === 0 ? cost : cost.mul(focus(neg(expm1(logs)), gamma));
        return meanPerSample(focal.mul(weights(alpha, z)).sum(z.rank - 1));
      },
    }),
);

function weights(alpha: number | readonly number[], { dtype, shape }: Tensor): number | Tensor {
  if (typeof alpha === "number") return alpha;
  if (alpha.length === shape.at(-1)) return literal(alpha, [alpha.length], dtype);
  const what = `alpha has ${alpha.length} numbers for ${shape.at(-1) ?? 0} classes`;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: "categoricalFocalCrossentropy",
    what,
    facts: { alpha: alpha.length, classes: shape.at(-1) ?? 0 },
  });
}
