// The layer of minimal gated units.
import { mgu as cell, type MguOptions, type MguWeights } from "@sluice/core";
import { boolean } from "@sluice/core/arguments";
import { given, preset, without, type Table } from "../options/table.ts";
import { cellLayerTable, type CellLayerConfig } from "./cellLayer.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, type KnownRecurrent } from "./recurrent.ts";

/** The option of the cell is that of `mgu` in core: its bias. */
export interface MguConfig extends CellLayerConfig, MguOptions {}

export const mguTable = { ...cellLayerTable, useBias: preset(boolean, true) } satisfies Table<MguConfig>;

/**
 * Minimal gated unit (Zhou et al. 2016), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 2·units], `wh` [units, 2·units], `b` [2·units]; columns forget, candidate. Throws as `recurrent` does.
 */
export function mgu<const N extends LayerName = undefined>(
  options: MguConfig & Naming<N>,
): KnownRecurrent<"mgu", N, MguWeights<boolean>, "h"> {
  const config = given<MguConfig>("mgu", mguTable, options);
  return recurrentLayer("mgu", cell(without(config, cellLayerTable)), config);
}
