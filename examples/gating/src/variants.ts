// The cells that are compared, with what sets each apart.
import { gru, type Cell } from "@sluice/core";
import { mergeGate } from "./cells/mergeGate.ts";
import { onlyNew } from "./cells/onlyNew.ts";
import { otherReset } from "./cells/otherReset.ts";

export interface Variant {
  readonly title: string;
  /** What it does otherwise than the GRU. */
  readonly differs: string;
  readonly cell: Cell;
}

export const variants: readonly Variant[] = [
  { title: "GRU", differs: "h′ = z∘h + (1 − z)∘n, n sees r∘h", cell: gru({ reset: "before" }) },
  { title: "only new", differs: "h′ = (1 − z)∘n", cell: onlyNew },
  { title: "other reset", differs: "n sees (1 − r)∘h", cell: otherReset },
  { title: "merge gate", differs: "h′ = m∘(z∘h + (1 − z)∘n)", cell: mergeGate },
];
