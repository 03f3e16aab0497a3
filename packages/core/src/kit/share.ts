// Lets scratch slots that are never needed at the same time share one slot. A pure pass: Program to Program, same meaning.
import type { Program, Slot, View } from "../backend.ts";
import { livesOf } from "./lives.ts";
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
  const ending = new Map<number, Shelf[]>(); // by the end of the latest life
  const free = { f32: [], f64: [], i32: [] } as Readonly<Record<Slot["dtype"], Shelf[]>>; // by length, then by age
  let time = -1;
  for (const { slot, first, last } of [...lives].sort((x, y) => x.first - y.first)) {
    for (; time < first - 1; time++) for (const shelf of ending.get(time + 1) ?? []) insert(free[shelf.dtype], shelf);
    const { dtype, length } = program.slots[slot]!;
    const shelf = take(free[dtype], length) ?? { dtype, length: 0, slots: [], number: shelves.length, index: 0 };
    if (shelf.slots.length === 0) shelves.push(shelf);
    shelf.length = Math.max(shelf.length, length);
    shelf.slots.push(slot);
    home.set(slot, shelf);
    ending.set(last, [...(ending.get(last) ?? []), shelf]);
  }
  return rebuild(program, shelves, home);
}

/** One slot to be, and what has been laid on it. */
interface Shelf {
  readonly dtype: Slot["dtype"];
  /** Of the longest slot so far. */
  length: number;
  readonly slots: number[];
  /** Its age: how many there were before it. */
  readonly number: number;
  /** Its position in the new Program. */
  index: number;
}

/** Where a shelf of that length and age stands, or would. */
function positionOf(free: readonly Shelf[], length: number, number: number): number {
  let [low, high] = [0, free.length];
  while (low < high) {
    const middle = (low + high) >> 1,
      { length: other, number: age } = free[middle]!;
    if (other < length || (other === length && age < number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(free: Shelf[], shelf: Shelf): void {
  free.splice(positionOf(free, shelf.length, shelf.number), 0, shelf);
}

/** The shortest free shelf that is long enough, otherwise the longest, which then grows; of equals the oldest. It is free no more. */
function take(free: Shelf[], length: number): Shelf | undefined {
  const enough = positionOf(free, length, -1);
  const at = enough < free.length ? enough : positionOf(free, free.at(-1)?.length ?? 0, -1);
  return free.splice(at, 1)[0];
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
