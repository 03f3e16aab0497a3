// The random masks of recurrent layers: variational dropout of what comes in and of the state, and zoneout.
import { mapTree, variationalDropout, zoneout } from "@sluice/core";
import type { Cell, ExtraSpec, States, Tree, Weights } from "@sluice/core";
import { finite, fraction, rate } from "@sluice/core/arguments";
import { either, recordOf } from "../options/rules.ts";
import { optional, preset, type Table } from "../options/table.ts";
import type { RandomMask } from "./layer.ts";

export interface MaskConfig {
  /** Probability that a feature of x is dropped from all steps of a sequence, in [0, 1) (Gal & Ghahramani 2016). Default 0. */
  readonly dropout?: number;
  /** Probability that a unit of the state h is dropped from what all steps of a sequence see, in [0, 1) (Gal & Ghahramani 2016). Default 0. */
  readonly recurrentDropout?: number;
  /** Probability that a unit keeps its old state in a step, in [0, 1], of all states or by name (Krueger et al. 2016). Default none. */
  readonly zoneout?: number | Readonly<Record<string, number>>;
  /** Fixes this layer's masks; by default they follow from the seed of `compile` and the layer's name. */
  readonly seed?: number;
}

export const maskTable = {
  dropout: preset(fraction, 0),
  recurrentDropout: preset(fraction, 0),
  zoneout: optional(either(rate, recordOf(rate))),
  seed: optional(finite),
} satisfies Table<MaskConfig>;

/** The cell as it takes the masks that are asked for. Throws INVALID_ARGUMENT for a state there is not. */
export function masked<P extends Weights, S extends States>(cell: Cell<P, S>, config: MaskConfig): Cell<P, S> {
  const { dropout = 0, recurrentDropout = 0, zoneout: rates } = config;
  const dropped: Cell<P, S> =
    dropout + recurrentDropout === 0 ? cell : variationalDropout(cell, { states: recurrentDropout > 0 ? ["h"] : [] });
  if (rates === undefined) return dropped;
  const zoned = zoneout(dropped, { rates: rates as number }); // the names are checked there
  if (typeof rates === "number") return rates === 0 ? dropped : zoned;
  const named = Object.entries(rates).filter(([, rate]) => rate > 0); // a rate of 0 would cost a map
  return named.length === 0 ? dropped : zoneout(dropped, { rates: Object.fromEntries(named) as unknown as number }); // as above
}

/** How each tensor that the cell takes is drawn; where its rate is 0 it is left out. */
export function masksOf(extras: Tree<ExtraSpec>, steps: number, config: MaskConfig): Tree<RandomMask | undefined> {
  const drawn = (leaf: unknown, path: string): RandomMask | undefined => {
    const { axes, per } = leaf as ExtraSpec, // `isExtra` says so
      [kind, of] = path.split(".").slice(-2) as [string, string]; // "forward.dropout.x"
    const rate = rateOf(config, kind, of);
    if (rate === 0) return undefined;
    const shape = [...(per === "step" ? [steps] : []), ...Object.values(axes)];
    return { shape, rate, ...(kind === "zoneout" && { values: [1, 0] }), ...(config.seed !== undefined && { seed: config.seed }) };
  };
  return mapTree(extras, isExtra, drawn) as Tree<RandomMask | undefined>; // a record maps to a record
}

function rateOf({ dropout, recurrentDropout, zoneout: rates }: MaskConfig, kind: string, of: string): number {
  const found = kind === "dropout" ? (of === "x" ? dropout : recurrentDropout) : typeof rates === "object" ? rates[of] : rates;
  return found ?? 0;
}

function isExtra(value: unknown): boolean {
  return typeof value === "object" && value !== null && "per" in value;
}
