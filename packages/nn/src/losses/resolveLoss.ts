// Losses by their Keras names. Those over classes read logits: softmax and sigmoid are inside them, where they are stable.
import { SluiceError } from "@sluice/core";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { meanAbsoluteError } from "../measures/meanAbsoluteError.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";
import type { Loss } from "./loss.ts";
import type { LossName } from "./names.ts";

const losses = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} as const satisfies Record<LossName, Loss>;

/** Throws INVALID_ARGUMENT for a name that is none. */
export function resolveLoss(loss: LossName | Loss): Loss {
  if (typeof loss === "object") return loss;
  if (Object.hasOwn(losses, loss)) return losses[loss];
  const fix = `Take one of ${Object.keys(losses).join(", ")}, or an object with name, target and perSample`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "model.compile", what: `there is no loss "${loss}"`, fix, facts: { loss } });
}
