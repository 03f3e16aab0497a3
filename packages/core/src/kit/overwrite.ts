// Lets a map write its result over what it reads for the last time. A pure pass: Program to Program, same meaning. For backends that map in place.
import type { Program, View } from "../backend.ts";
import { type Site, type Use, sitesOf, usesOf } from "../check/uses.ts";
import { identical, meetsLater, overlap } from "../check/views.ts";
import { mapKernels, mapViews } from "./rewrite.ts";

/**
 * The same Program with scratch slots laid over others: where a map is the first to write a slot, and through the same view the last to read
 * another of its dtype, the two become one. So the gradient of an LSTM's gate sums takes the place of the sums, row by row as its loop runs.
 * What is left without a step goes with `shareScratch`.
 */
export function overwrite(program: Program): Program {
  const sites = sitesOf(program.steps);
  const touches = touchesOf(sites);
  for (const [at, site] of sites.entries())
    for (const { young, old } of candidates(program, site))
      if (fits(sites, at, touches.get(young)!, touches.get(old)!)) return overwrite(merge(program, young, old));
  return program;
}

/** One use of a slot. */
interface Touch extends Use {
  /** The position of its kernel in the order of the text. */
  readonly at: number;
}

function touchesOf(sites: readonly Site[]): ReadonlyMap<number, readonly Touch[]> {
  const found = new Map<number, Touch[]>();
  sites.forEach(({ kernel }, at) => {
    for (const use of usesOf(kernel)) {
      const earlier = found.get(use.view.slot) ?? [];
      found.set(use.view.slot, earlier);
      earlier.push({ ...use, at });
    }
  });
  return found;
}

/** Pairs of scratch slots that the site's map writes, and reads, through one view. */
function candidates({ slots }: Program, { kernel, lengths }: Site): { readonly young: number; readonly old: number }[] {
  if (kernel.kind !== "map") return [];
  const isScratch = ({ slot }: View): boolean => slots[slot]!.binding === undefined && slots[slot]!.data === undefined;
  return kernel.outputs.flatMap(({ view: written }) =>
    kernel.inputs
      .filter((read) => read.slot !== written.slot && isScratch(read) && isScratch(written))
      .filter(
        (read) => slots[read.slot]!.dtype === slots[written.slot]!.dtype && identical({ ...read, slot: written.slot }, written, lengths),
      )
      .map((read) => ({ young: written.slot, old: read.slot })),
  );
}

/**
 * Is every element of `old` read for the last time before `young` is written there? Before the scans around `site` anything may touch `old`,
 * after them nothing. Inside, it is touched up to the site, in the iteration that writes there and no later one; at the site itself only
 * through the view that is written.
 */
function fits(sites: readonly Site[], at: number, late: readonly Touch[], early: readonly Touch[]): boolean {
  const site = sites[at]!;
  const isInside = (touch: Touch): boolean => site.path.length > 1 && sites[touch.at]!.path[0] === site.path[0];
  const isBeside = (touch: Touch): boolean => besides(sites[touch.at]!, site);
  const meets = (touch: Touch): boolean => touch.at === at || isInside(touch);
  const ordered = early.every((touch) => touch.at <= at && (!isInside(touch) || isBeside(touch))) && late.every((touch) => touch.at >= at);
  if (!ordered) return false;
  const writes = late.filter((touch) => touch.access !== "read" && meets(touch));
  return writes.every(isBeside) && early.filter(meets).every((touch) => writes.every((write) => isApart(touch, write, site, at)));
}

function isApart(touch: Touch, write: Touch, { lengths }: Site, at: number): boolean {
  const there = { ...touch.view, slot: write.view.slot };
  const inOne = write.at !== at || touch.at !== at || identical(there, write.view, lengths) || !overlap(there, write.view, lengths);
  return inOne && !meetsLater(write.view, there, lengths);
}

/** In the same scans, so that both run once per iteration. */
function besides(a: Site, b: Site): boolean {
  return a.path.length === b.path.length && a.path.slice(0, -1).every((step, d) => step === b.path[d]);
}

function merge({ slots, steps, ...rest }: Program, young: number, old: number): Program {
  const names = [slots[old]!.name, slots[young]!.name].filter((name) => name !== undefined);
  const one = {
    ...slots[old]!,
    ...(names.length === 0 ? {} : { name: names.join("|") }),
    length: Math.max(slots[old]!.length, slots[young]!.length),
  };
  const move = (view: View): View => (view.slot === young ? { ...view, slot: old } : view);
  return { ...rest, slots: slots.map((slot, i) => (i === old ? one : slot)), steps: mapKernels(steps, (kernel) => mapViews(kernel, move)) };
}
