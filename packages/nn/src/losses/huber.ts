// Regression: squared near the target, absolute far from it.
import { abs, minimum } from "@sluice/core";
import { positive } from "@sluice/core/arguments";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import { preset, type Table } from "../options/table.ts";
import type { Loss } from "./loss.ts";

export interface HuberConfig {
  /** Where it turns from squared to absolute, above 0; default 1. */
  readonly delta?: number;
}

export const huberTable = { delta: preset(positive, 1) } satisfies Table<HuberConfig>;

/**
 * mean of ½ e² where |e| ≤ δ, otherwise δ|e| − ½ δ², for e = output − target, over every axis but the batch (Huber 1964). Target and output have the same shape.
 *
 * The gradient is e within ±δ, ±δ beyond and at it. PyTorch's HuberLoss is the same; its SmoothL1Loss(beta) is that of δ = beta, divided by beta.
 */
export const huber: Configurable<Loss, HuberConfig> = configurable(huberTable, ({ delta }) =>
  checkedMeasure({
    name: "huber",
    target: likeOutput,
    perSample(target, output) {
      const size = abs(output.sub(target));
      const near = minimum(size, delta);
      return meanPerSample(near.mul(size.sub(near.mul(0.5)))); // m(|e| − ½ m) for m = min(|e|, δ)
    },
  }),
);
