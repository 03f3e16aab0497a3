// Losses by their Keras names. Those over classes read logits: softmax and sigmoid are inside them, where they are stable.
import { SluiceError } from "@sluice/core";
import { meant } from "@sluice/core/arguments";
import { maybeEntryOf } from "../host/entryOf.ts";
import { binaryCrossentropy } from "./binaryCrossentropy.ts";
import { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
import { meanAbsoluteError } from "../measures/meanAbsoluteError.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { sparseCategoricalCrossentropy } from "./sparseCategoricalCrossentropy.ts";
import type { Loss } from "./loss.ts";
import { lossNames, type CommonLossName, type LossName } from "./names.ts";

const losses = {
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} as const satisfies Record<CommonLossName, Loss>;

/** Rejects with INVALID_ARGUMENT for a name that is none. */
export async function resolveLoss(loss: LossName | Loss): Promise<Loss> {
  if (typeof loss !== "string") return loss;
  const found = await lossNamed(loss);
  if (found !== undefined) return found;
  const fix = hintFor(loss, lossNames);
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "model.compile", what: `there is no loss "${loss}"`, fix, facts: { loss } });
}

/** What to do about a name that is none of these; also as Keras writes its functions and classes, "binary_crossentropy", "AUC". */
export function hintFor(name: string, names: readonly string[]): string {
  const plain = (text: string): string => text.replaceAll(/[^a-z0-9]/gi, "").toLowerCase();
  const same = names.find((one) => plain(one) === plain(name));
  if (same !== undefined) return `Did you mean "${same}"?`;
  const told = meant(name, names);
  return told.endsWith("?") ? told : `${told}, or take an object`;
}

/** Undefined where there is none of that name. */
export async function lossNamed(name: string): Promise<Loss | undefined> {
  const common = commonLoss(name);
  if (common !== undefined) return common;
  const { furtherLosses } = await import("./furtherLosses.ts");
  return maybeEntryOf<Loss>(furtherLosses, name);
}

/** The same of those that need no import. */
export function commonLoss(name: string): Loss | undefined {
  return maybeEntryOf<Loss>(losses, name);
}
