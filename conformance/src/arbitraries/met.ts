// Examples that once refuted a law, as plain data: every run meets them, whatever its seed.
import { sized, type CellChoice, type Example, type Given } from "./cells.ts";
import type { Kind } from "./variants.ts";

const example = (cell: CellChoice, seed: number, { reverse = false, sizes, given }: Circumstances): Example => ({
  structure: sized({ kind: "recurrence", cell, reverse }, sizes, ...given),
  dtype: "f32",
  scale: 3,
  seed,
});
interface Circumstances {
  readonly reverse?: boolean;
  readonly sizes: Parameters<typeof sized>[1];
  readonly given: readonly Given[];
}
const zoned = (of: CellChoice): CellChoice => ({ cell: "zoneout", of, rates: 0.1 });
const dropped = (of: CellChoice, ...states: string[]): CellChoice => ({ cell: "variationalDropout", of, states });

/** The forget gate of its second row sees −56.7 in the last step: nearly shut, it is known no better relatively than that absolutely. */
export const nearlyShut = example(
  zoned(dropped({ cell: "lstm", peepholes: true, projection: 4, activation: "linear" }, "h", "c")),
  378226105,
  { sizes: [3, 2, 1, 5], given: ["state", "timeMajor", "extras"] },
);

/** Layer normalisation of two sums that are nearly equal, at several steps: what is known of them grows without limit, but for its range. */
export const nearlyEqual = example({ cell: "gru", reset: "after", update: "keeps", layerNorm: true }, 1528955984, {
  sizes: [4, 5, 3, 1],
  given: ["lengths"],
});

/** Gates and memory without bounds, which multiply each other at every step: at this scale they pass the largest number of float32. */
export const boundless = example(
  zoned({ cell: "lstm", peepholes: true, coupled: true, activation: "linear", recurrentActivation: "linear" }),
  566698645,
  { reverse: true, sizes: [3, 4, 2, 3], given: ["timeMajor"] },
);

/** An update gate that is exactly 1: h′ = n + z∘(h − n) rounds where h′ = z∘h + (1 − z)∘n has nothing to round. */
export const wholly = example(
  zoned(dropped({ cell: "gru", reset: "none", update: "keeps", activation: "relu", recurrentActivation: "hardSigmoid" }, "h")),
  124324234,
  { sizes: [3, 4, 2, 3], given: ["state", "lengths", "timeMajor"] },
);

/** By the cell whose law they refuted. */
export const met: Readonly<Partial<Record<Kind, readonly Example[]>>> = { lstm: [nearlyShut, boundless], gru: [nearlyEqual, wholly] };
