// Lets scratch slots that are never needed at the same time share one slot. A pure pass: Program to Program, same meaning.
import type { Program, Slot, View } from "../../backend.ts";
import { liveIntervalsOf } from "./liveness.ts";
import { mapKernels, mapViews } from "../rewrite.ts";

/**
 * The same Program with fewer and no longer scratch slots: slots of one dtype whose lives are disjoint become one, as long as the
 * longest of them. Bound and data slots stay as they are; scratch that no step touches is dropped.
 *
 * Interval colouring over the order of execution, by first use, each time into the free slot that fits best. A slot that carries a value
 * from one iteration of a scan to another, into it or out of it, lives through the whole scan.
 */
export function shareScratch(program: Program): Program {
  const lives = liveIntervalsOf(program);
  const sharedSlots: SharedSlot[] = [];
  const sharedSlotOf = new Map<number, SharedSlot>();
  const ending = new Map<number, SharedSlot[]>(); // by the end of the latest life
  const free = { f32: [], f64: [], i32: [] } as Readonly<Record<Slot["dtype"], SharedSlot[]>>; // by length, then by age
  let time = -1;
  for (const { slot, first, last } of [...lives].sort((x, y) => x.first - y.first)) {
    for (; time < first - 1; time++) for (const shared of ending.get(time + 1) ?? []) insert(free[shared.dtype], shared);
    const { dtype, length } = program.slots[slot]!;
    const shared = bestFit(free[dtype], length) ?? { dtype, length: 0, slots: [], number: sharedSlots.length, index: 0 };
    if (shared.slots.length === 0) sharedSlots.push(shared);
    shared.length = Math.max(shared.length, length);
    shared.slots.push(slot);
    sharedSlotOf.set(slot, shared);
    ending.set(last, [...(ending.get(last) ?? []), shared]);
  }
  return rebuild(program, sharedSlots, sharedSlotOf);
}

/** One slot to be, and what has been laid on it. */
interface SharedSlot {
  readonly dtype: Slot["dtype"];
  /** Of the longest slot so far. */
  length: number;
  readonly slots: number[];
  /** Its age: how many there were before it. */
  readonly number: number;
  /** Its position in the new Program. */
  index: number;
}

/** Where a shared of that length and age stands, or would. */
function positionOf(free: readonly SharedSlot[], length: number, number: number): number {
  let [low, high] = [0, free.length];
  while (low < high) {
    const middle = (low + high) >> 1,
      { length: other, number: age } = free[middle]!;
    if (other < length || (other === length && age < number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(free: SharedSlot[], shared: SharedSlot): void {
  free.splice(positionOf(free, shared.length, shared.number), 0, shared);
}

/** The shortest free shared that is long enough, otherwise the longest, which then grows; of equals the oldest. It is free no more. */
function bestFit(free: SharedSlot[], length: number): SharedSlot | undefined {
  const enough = positionOf(free, length, -1);
  const at = enough < free.length ? enough : positionOf(free, free.at(-1)?.length ?? 0, -1);
  return free.splice(at, 1)[0];
}

function rebuild(program: Program, sharedSlots: readonly SharedSlot[], sharedSlotOf: ReadonlyMap<number, SharedSlot>): Program {
  const slots: Slot[] = [];
  const place = new Map<number, number>();
  program.slots.forEach((slot, at) => {
    if (slot.binding !== undefined || slot.data !== undefined) place.set(at, slots.push(slot) - 1);
  });
  for (const shared of sharedSlots) {
    const all = [...new Set(shared.slots.flatMap((slot) => program.slots[slot]!.name ?? []))];
    const names = all.length > 2 ? [`${all[0]}…`] : all;
    shared.index = slots.push({ ...(names.length === 0 ? {} : { name: names.join("|") }), dtype: shared.dtype, length: shared.length }) - 1;
  }
  const move = (view: View): View => ({ ...view, slot: sharedSlotOf.get(view.slot)?.index ?? place.get(view.slot)! });
  return { ...program, slots, steps: mapKernels(program.steps, (kernel) => mapViews(kernel, move)) };
}
