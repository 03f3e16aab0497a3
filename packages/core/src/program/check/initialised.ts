// Scratch is written before it is accumulated into, decided at the corners of the view in the first and in the last iteration:
// refuses only what is certainly wrong, in time independent of the number of elements.
import type { Program, Shape, View } from "../../backend.ts";
import { slotName } from "../print/notation.ts";
import { illegal, useText } from "./site.ts";
import { type Site, type Use, usesOf } from "../uses.ts";
import { names } from "../views.ts";
import { sizeOf } from "../../shape.ts";

export function checkInitialised(program: Program, sites: readonly Site[]): void {
  const scratch = ({ view }: Use): boolean => program.slots[view.slot]!.binding === undefined;
  sites.forEach((site, at) => {
    for (const use of usesOf(site.kernel)) {
      if (use.access !== "accumulate" || !scratch(use) || sizeOf(use.view.shape) * sizeOf(site.lengths) === 0) continue;
      const missing = uninitialisedElement(use.view, site, writesTo(use.view.slot, sites), at);
      if (missing === undefined) continue;
      const slot = slotName(program, use.view.slot);
      throw illegal(
        program,
        site,
        `${useText(program, use)} accumulates into element ${missing} of scratch slot ${slot}, which nothing has written before`,
        { slot, element: missing },
      );
    }
  });
}

interface Write {
  readonly site: Site;
  readonly view: View;
  /** Its position among all sites. */
  readonly at: number;
}

function writesTo(slot: number, sites: readonly Site[]): Write[] {
  return sites.flatMap((site, at) =>
    usesOf(site.kernel).flatMap(({ view, access }) => (access === "write" && view.slot === slot ? [{ site, view, at }] : [])),
  );
}

/** A corner element of `view` that no write can have reached, if there is one. */
function uninitialisedElement(view: View, site: Site, writes: readonly Write[], at: number): number | undefined {
  const first = site.lengths.map(() => 0);
  const last = site.lengths.map((length) => length - 1);
  const before = writes.filter((write) => write.at < at);
  // In the first iteration of the scans that both stand in, only that iteration's earlier steps have run.
  const ran = (write: Write): View => ({
    ...write.view,
    advance: write.view.advance.map((step, d) => (d < commonScans(write.site, site) ? 0 : step)),
  });
  const fresh = corners(view, first).find((element) => !before.some((write) => names(ran(write), write.site.lengths, element)));
  if (fresh !== undefined) return fresh;
  // In the last one, any iteration of any step around may have.
  const around = writes.filter((write) => write.at < at || commonScans(write.site, site) > 0);
  return corners(view, last).find((element) => !around.some((write) => names(write.view, write.site.lengths, element)));
}

/** How many scans two sites stand in together. */
function commonScans(a: Site, b: Site): number {
  const scans = Math.min(a.lengths.length, b.lengths.length);
  for (let d = 0; d < scans; d++) if (a.path[d] !== b.path[d]) return d;
  return scans;
}

function corners({ shape, strides, offset, advance }: View, t: Shape): number[] {
  const base = advance.reduce((sum, step, d) => sum + step * t[d]!, offset);
  return shape.reduce(
    (at, size, axis) => (size === 1 ? at : at.flatMap((element) => [element, element + strides[axis]! * (size - 1)])),
    [base],
  );
}
