// The layer of minimal gated units.
import { mgu as cell } from "@sluice/core";
import { given, type Table } from "../options/table.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, recurrentTable, type KnownRecurrent, type RecurrentConfig } from "./recurrent.ts";
import { recurrentWeightTable, type RecurrentWeightOptions } from "./recurrentWeights.ts";

export interface MguConfig extends RecurrentConfig, RecurrentWeightOptions {}

export const mguTable = { ...recurrentTable, ...recurrentWeightTable } satisfies Table<MguConfig>;

/**
 * Minimal gated unit (Zhou et al. 2016), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 2·units], `wh` [units, 2·units], `b` [2·units]; columns forget, candidate. Throws as `recurrent` does.
 */
export function mgu<const N extends LayerName = undefined>(
  options: MguConfig & Naming<N>,
): KnownRecurrent<"mgu", N, ReturnType<ReturnType<typeof cell>["weights"]>, "h"> {
  return recurrentLayer("mgu", cell(), given<MguConfig>("mgu", mguTable, options));
}
