// Examples that once refuted a law, as plain data: every run meets them, whatever its seed.
import { sized, type Example } from "./cells.ts";
import type { Kind } from "./variants.ts";

/** The forget gate of its second row sees −56.7 in the last step: nearly shut, it is known no better relatively than that absolutely. */
export const nearlyShut: Example = {
  structure: sized(
    {
      kind: "recurrence",
      cell: {
        cell: "zoneout",
        of: {
          cell: "variationalDropout",
          of: { cell: "lstm", peepholes: true, projection: 4, activation: "linear" },
          states: ["h", "c"],
        },
        rates: 0.1,
      },
      reverse: false,
    },
    [3, 2, 1, 5],
    "state",
    "timeMajor",
    "extras",
  ),
  dtype: "f32",
  scale: 3,
  seed: 378226105,
};

/** Layer normalisation of two sums that are nearly equal, at several steps: what is known of them grows without limit, but for its range. */
export const nearlyEqual: Example = {
  structure: sized(
    { kind: "recurrence", cell: { cell: "gru", reset: "after", update: "keeps", layerNorm: true }, reverse: false },
    [4, 5, 3, 1],
    "lengths",
  ),
  dtype: "f32",
  scale: 3,
  seed: 1528955984,
};

/** Gates and memory without bounds, which multiply each other at every step: at this scale they pass the largest number of float32. */
export const boundless: Example = {
  structure: sized(
    {
      kind: "recurrence",
      cell: {
        cell: "zoneout",
        of: { cell: "lstm", peepholes: true, coupled: true, activation: "linear", recurrentActivation: "linear" },
        rates: 0.1,
      },
      reverse: true,
    },
    [3, 4, 2, 3],
    "timeMajor",
  ),
  dtype: "f32",
  scale: 3,
  seed: 566698645,
};

/** An update gate that is exactly 1: h′ = n + z∘(h − n) rounds where h′ = z∘h + (1 − z)∘n has nothing to round. */
export const wholly: Example = {
  structure: sized(
    {
      kind: "recurrence",
      cell: {
        cell: "zoneout",
        of: {
          cell: "variationalDropout",
          of: { cell: "gru", reset: "none", update: "keeps", activation: "relu", recurrentActivation: "hardSigmoid" },
          states: ["h"],
        },
        rates: 0.1,
      },
      reverse: false,
    },
    [3, 4, 2, 3],
    "state",
    "lengths",
    "timeMajor",
  ),
  dtype: "f32",
  scale: 3,
  seed: 124324234,
};

/** By the cell whose law they refuted. */
export const met: Readonly<Partial<Record<Kind, readonly Example[]>>> = { lstm: [nearlyShut, boundless], gru: [nearlyEqual, wholly] };
