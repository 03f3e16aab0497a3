// Which bindings a Program writes.
import type { Program } from "@sluice/core";
import { sitesOf, usesOf } from "@sluice/core/kit";

/** The bindings that a run may change. */
export function writtenBy({ slots, steps }: Program): number[] {
  const writes = sitesOf(steps).flatMap(({ kernel }) => usesOf(kernel).filter(({ access }) => access !== "read"));
  return [...new Set(writes.map(({ view }) => slots[view.slot]!.binding))].filter((binding) => binding !== undefined);
}
