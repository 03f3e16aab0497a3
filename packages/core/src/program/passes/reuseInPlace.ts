// Lets a map write its result over what it reads for the last time. A pure pass: Program to Program, same meaning. For backends that map in place.
import type { Program, Slot, View } from "../../backend.ts";
import { type Site, type Use, sitesOf, usesOf } from "../uses.ts";
import { identical, hasLoopCarriedOverlap, overlap } from "../views.ts";
import { mapKernels, mapViews } from "../rewrite.ts";

/**
 * The same Program with scratch slots laid over others: where a map is the first to write a slot, and through the same view the last to read
 * another of its dtype, the two become one. So the gradient of an LSTM's gate sums takes the place of the sums, row by row as its loop runs.
 * What is left without a step goes with `shareScratch`.
 */
export function reuseInPlace(program: Program): Program {
  const sites = sitesOf(program.steps);
  const touches = touchesOf(sites);
  const representatives = program.slots.map((_, slot) => slot); // of each slot, the one it lies in
  const mergeSlots = (young: number, old: number): void => {
    for (const [slot, into] of representatives.entries()) if (into === young) representatives[slot] = old;
    touches.set(old, [...touches.get(old)!, ...touches.get(young)!]);
  };
  sites.forEach((site, at) => {
    for (const { young, old } of candidates(program, site)) {
      const [from, to] = [representatives[young]!, representatives[old]!];
      if (from !== to && diesBeforeWrite(sites, at, touches.get(from)!, touches.get(to)!)) mergeSlots(from, to);
    }
  });
  return representatives.every((into, slot) => into === slot) ? program : rebuilt(program, representatives);
}

/** One use of a slot. */
interface Touch extends Use {
  /** The position of its kernel in the order of the text. */
  readonly at: number;
}

function touchesOf(sites: readonly Site[]): Map<number, readonly Touch[]> {
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
      .filter((read) => slots[read.slot]!.dtype === slots[written.slot]!.dtype && identical(onSlotOf(read, written), written, lengths))
      .map((read) => ({ young: written.slot, old: read.slot })),
  );
}

/**
 * Is every element of `old` read for the last time before `young` is written there? Before the scans around `site` anything may touch `old`,
 * after them nothing. Inside, it is touched up to the site, in the iteration that writes there and no later one; at the site itself it is
 * only read, through the view that is written.
 */
function diesBeforeWrite(sites: readonly Site[], at: number, late: readonly Touch[], early: readonly Touch[]): boolean {
  const site = sites[at]!;
  const isInside = (touch: Touch): boolean => site.path.length > 1 && sites[touch.at]!.path[0] === site.path[0];
  const isBeside = (touch: Touch): boolean => inSameScans(sites[touch.at]!, site);
  const meets = (touch: Touch): boolean => touch.at === at || isInside(touch);
  const ordered = early.every((touch) => touch.at <= at && (!isInside(touch) || isBeside(touch))) && late.every((touch) => touch.at >= at);
  if (!ordered) return false;
  const writes = late.filter((touch) => touch.access !== "read" && meets(touch));
  return writes.every(isBeside) && early.filter(meets).every((touch) => writes.every((write) => neverConflicts(touch, write, site, at)));
}

function neverConflicts(touch: Touch, write: Touch, { lengths }: Site, at: number): boolean {
  const there = onSlotOf(touch.view, write.view);
  const isReadInPlace = touch.access === "read" && identical(there, write.view, lengths);
  const inOne = write.at !== at || touch.at !== at || isReadInPlace || !overlap(there, write.view, lengths);
  return inOne && !hasLoopCarriedOverlap(write.view, there, lengths);
}

/** In the same scans, so that both run once per iteration. */
function inSameScans(a: Site, b: Site): boolean {
  return a.path.length === b.path.length && a.path.slice(0, -1).every((step, d) => step === b.path[d]);
}

/** The same view, on the slot of another. */
function onSlotOf(view: View, { slot }: View): View {
  return { ...view, slot };
}

function rebuilt({ slots, steps, ...rest }: Program, representatives: readonly number[]): Program {
  const guests = slots.map((): Slot[] => []);
  slots.forEach((slot, at) => guests[representatives[at]!]!.push(slot));
  const merged = slots.map((slot, at) => {
    const all = guests[at]!;
    const names = all.flatMap(({ name }) => name ?? []);
    return all.length < 2
      ? slot
      : { ...slot, ...(names.length > 0 && { name: names.join("|") }), length: Math.max(...all.map(({ length }) => length)) };
  });
  const move = (view: View): View => ({ ...view, slot: representatives[view.slot]! });
  return { ...rest, slots: merged, steps: mapKernels(steps, (kernel) => mapViews(kernel, move)) };
}
