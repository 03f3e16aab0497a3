// Which parts of slots a kernel reads and writes, decided once per step: few, each without gaps, so that a part is one texture. It writes no text.
import type { View } from "@sluice/core";
import { type Step, span } from "../source/axes.ts";
import type { Member } from "../source/locate.ts";

/** Elements `start` to `start + length` of a slot in the first iteration; they move by `advance` per enclosing scan. */
export interface Region {
  readonly slot: number;
  readonly start: number;
  readonly length: number;
  readonly advance: readonly number[];
}

/** What a kernel reads. Argument p<i> is where region i begins on its texture. */
export interface Reads {
  /** The regions of each texture, all of one slot. */
  readonly textures: readonly (readonly Region[])[];
  /** For each view, how to read it. */
  readonly places: readonly Place[];
}

export interface Place {
  readonly texture: number;
  readonly number: number;
  /** From the start of its region to where all indices are 0. */
  readonly offset: number;
}

/** The regions of `views`, of which none is empty: one per stretch without gaps, a texture each; one texture per slot where that were more than `most`. */
export function readsOf(views: readonly View[], most: number): Reads {
  const regions = joined(views, 1).map(({ region }) => region);
  const slots = [...new Set(regions.map(({ slot }) => slot))];
  const textures =
    regions.length <= most ? regions.map((region) => [region]) : slots.map((slot) => regions.filter((region) => region.slot === slot));
  const inOrder = textures.flat();
  const places = views.map((view) => {
    const number = inOrder.findIndex((region) => contains(region, view));
    return { texture: textures.findIndex((all) => all.includes(inOrder[number]!)), number, offset: view.offset - inOrder[number]!.start };
  });
  return { textures, places };
}

/** What a kernel writes: a region, and the views that lie interlocked in it. */
export interface Target {
  readonly region: Region;
  /** Positions of these views among those that were given. */
  readonly views: readonly number[];
}

/** One target for each group of views that overlap in extent; none of the views is empty. */
export function targetsOf(views: readonly View[]): Target[] {
  return joined(views, 0);
}

/** A view as the threads of its target see it. */
export function memberOf({ start }: Region, { offset }: View, steps: readonly Step[]): Member {
  return { offset: offset - start, steps };
}

export function stepsOf({ shape, strides }: Pick<View, "shape" | "strides">): Step[] {
  return shape.map((size, axis) => ({ size, stride: strides[axis]! }));
}

/** Joins views of one slot and one advance whose extents are less than `gap` apart. */
function joined(views: readonly View[], gap: number): { region: Region; views: number[] }[] {
  const groups: { region: Region; views: number[] }[] = [];
  const extents = views.map((view, at) => ({ region: regionOf(view), at })).sort((x, y) => x.region.start - y.region.start);
  for (const { region, at } of extents) {
    const end = region.start + region.length;
    const group = groups.find(
      ({ region: other }) => other.slot === region.slot && isAlike(other, region) && region.start < other.start + other.length + gap,
    );
    if (group === undefined) groups.push({ region, views: [at] });
    else {
      group.views.push(at);
      group.region = { ...group.region, length: Math.max(group.region.length, end - group.region.start) };
    }
  }
  return groups;
}

/** The stretch that a view lies in. */
export function regionOf(view: View): Region {
  const [first, last] = span(stepsOf(view));
  return { slot: view.slot, start: view.offset + first, length: last - first + 1, advance: view.advance };
}

function contains(region: Region, view: View): boolean {
  const { start, length } = regionOf(view);
  return region.slot === view.slot && isAlike(region, view) && start >= region.start && start + length <= region.start + region.length;
}

function isAlike(a: { readonly advance: readonly number[] }, b: { readonly advance: readonly number[] }): boolean {
  return a.advance.every((step, d) => step === b.advance[d]);
}
