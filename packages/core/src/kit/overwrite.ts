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
  for (const site of sitesOf(program.steps))
    for (const { young, old } of candidates(program, site))
      if (fits(program, site, young, old)) return overwrite(merge(program, young, old));
  return program;
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
function fits(program: Program, site: Site, young: number, old: number): boolean {
  const sites = sitesOf(program.steps);
  const at = sites.findIndex(({ path }) => path.join() === site.path.join());
  const touches = (slot: number): Touch[] =>
    sites.flatMap((other, i) =>
      usesOf(other.kernel)
        .filter(({ view }) => view.slot === slot)
        .map((use) => ({
          ...use,
          at: i,
          isBeside: besides(other, site),
          isInside: other.path[0] === site.path[0] && site.path.length > 1,
        })),
    );
  const [early, late] = [touches(old), touches(young)];
  const ordered = early.every((use) => use.at <= at && (!use.isInside || use.isBeside)) && late.every((use) => use.at >= at);
  const writes = late.filter(({ access }) => access !== "read");
  const apart = early
    .filter(({ isInside, at: i }) => isInside || i === at)
    .every((use) => writes.every((write) => (!write.isInside && write.at !== at) || isApart(use, write, site, at)));
  return ordered && apart;
}

interface Touch extends Use {
  readonly at: number;
  /** In the same scans as the site, so that both run once per iteration. */
  readonly isBeside: boolean;
  /** In the outermost scan around the site. */
  readonly isInside: boolean;
}

function isApart(use: Touch, write: Touch, { lengths }: Site, at: number): boolean {
  if (!write.isBeside) return false;
  const there = { ...use.view, slot: write.view.slot };
  const sameIteration = write.at !== at || use.at !== at || identical(there, write.view, lengths) || !overlap(there, write.view, lengths);
  return sameIteration && !meetsLater(write.view, there, lengths);
}

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
