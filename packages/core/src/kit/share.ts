// Lets scratch slots that are never needed at the same time share one slot. A pure pass: Program to Program, same meaning.
import type { Program, Slot, View } from "../backend.ts";
import { type Life, livesOf } from "./lives.ts";
import { mapKernels, mapViews } from "./rewrite.ts";

/**
 * The same Program with fewer and no longer scratch slots: slots of one dtype whose lives are disjoint become one, as long as the
 * longest of them. Bound and data slots stay as they are; scratch that no step touches is dropped.
 *
 * Interval colouring over the order of execution, by first use, each time into the free slot that fits best. A slot that carries a value
 * from one iteration of a scan to another, into it or out of it, lives through the whole scan.
 */
export function shareScratch(program: Program): Program {
  const lives = livesOf(program);
  const shelves: Shelf[] = [];
  const home = new Map<number, Shelf>();
  for (const life of [...lives].sort((x, y) => x.first - y.first)) {
    const { dtype, length } = program.slots[life.slot]!;
    const shelf = best(shelves, dtype, length, life) ?? { dtype, length: 0, last: 0, slots: [], index: 0 };
    if (shelf.slots.length === 0) shelves.push(shelf);
    Object.assign(shelf, { length: Math.max(shelf.length, length), last: life.last });
    shelf.slots.push(life.slot);
    home.set(life.slot, shelf);
  }
  return rebuild(program, shelves, home);
}

/** One slot to be, and what has been laid on it. */
interface Shelf {
  readonly dtype: Slot["dtype"];
  /** Of the longest slot so far. */
  length: number;
  /** The end of the latest life. */
  last: number;
  readonly slots: number[];
  /** Its position in the new Program. */
  index: number;
}

/** The shortest free shelf that is long enough, otherwise the longest free one, which then grows. */
function best(shelves: readonly Shelf[], dtype: Slot["dtype"], length: number, { first }: Life): Shelf | undefined {
  const free = shelves.filter((shelf) => shelf.dtype === dtype && shelf.last < first);
  const enough = free.filter((shelf) => shelf.length >= length);
  return enough.length > 0
    ? enough.reduce((x, y) => (y.length < x.length ? y : x))
    : free.reduce<Shelf | undefined>((x, y) => (x === undefined || y.length > x.length ? y : x), undefined);
}

function rebuild(program: Program, shelves: readonly Shelf[], home: ReadonlyMap<number, Shelf>): Program {
  const slots: Slot[] = [];
  const place = new Map<number, number>();
  program.slots.forEach((slot, at) => {
    if (slot.binding !== undefined || slot.data !== undefined) place.set(at, slots.push(slot) - 1);
  });
  for (const shelf of shelves) {
    const all = [...new Set(shelf.slots.flatMap((slot) => program.slots[slot]!.name ?? []))];
    const names = all.length > 2 ? [`${all[0]}…`] : all;
    shelf.index = slots.push({ ...(names.length === 0 ? {} : { name: names.join("|") }), dtype: shelf.dtype, length: shelf.length }) - 1;
  }
  const move = (view: View): View => ({ ...view, slot: home.get(view.slot)?.index ?? place.get(view.slot)! });
  return { ...program, slots, steps: mapKernels(program.steps, (kernel) => mapViews(kernel, move)) };
}
