// The layer of minimal gated units.
import { mgu as cell } from "@sluice/core";
import { given } from "../options/table.ts";
import { recurrentLayer, recurrentTable, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

export type MguConfig = RecurrentConfig;

/**
 * Minimal gated unit (Zhou et al. 2016), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 2·units], `wh` [units, 2·units], `b` [2·units]; columns forget, candidate. Throws as `recurrent` does.
 */
export function mgu(options: MguConfig): RecurrentLayer<"h"> {
  return recurrentLayer("mgu", cell(), given("mgu", recurrentTable, options));
}
