// Sums of losses and metrics. A backend adds those of a fixed number of steps in its own precision, the host adds the groups in
// float64: which steps are added together follows from their count alone, never from the clock or from who looks.
import { zeros, type Backend, type NDArray, type TypedArray } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { typedArray } from "../host/typedArray.ts";

/** Where updates and evaluations add up: the steps skipped, the samples' weights, each measure times weight or its sums, then weights that single measures have of their own. */
export const skippedAt = 0;
export const weightAt = 1;
export const measuresAt = 2;

/** Steps whose sums the backend adds: in f32 they lose less than 32 · 2⁻²⁴, and reading four numbers every 32 steps costs nothing. */
const group = 32;

/** Over some steps: [0, weight, …weight · measure or its sums, …weights of single measures] of the groups of steps that are full, and of the one that is not. */
export interface SavedSums {
  /** Of the measures: "loss", then the others. */
  readonly names: readonly string[];
  readonly full: readonly number[];
  readonly partial: readonly number[];
}

/** What is added up: a measure, whose mean is told, or sums of which the number to tell is made. */
export interface Addend {
  readonly name: string;
  readonly sums?: { readonly count: number; result(sums: Float64Array): number };
}

const none: SavedSums = { names: [], full: [], partial: [] };

/** The sums as of some step. */
export interface Tally {
  /** Since `begin`, those before it included. */
  readonly steps: number;
  /** Steps left out because a loss or gradient was not finite. */
  readonly skipped: number;
  /** Of the groups that are full, in float64, and of the one that is not. */
  readonly full: ArrayLike<number>;
  readonly partial: ArrayLike<number>;
}

/** Measures that count by another weight than the batch's; the first is a part of the whole loss. */
export interface Part {
  readonly measures: readonly [loss: string, ...string[]];
  /** How much that loss counts in the whole, or when somebody looks. */
  readonly share: number | (() => number);
}

export class Totals {
  /** [2 + sums] */
  readonly array: NDArray;
  /** Of the measures. */
  readonly names: readonly string[];
  readonly #addends: readonly Addend[];
  /** Where each begins. */
  readonly #places: readonly number[];
  /** Where the weight of each lies. */
  readonly #weights: readonly number[];
  readonly #parts: readonly Part[];
  readonly #zeros: TypedArray;
  #steps = 0;
  #full: Promise<Float64Array>;

  /** `parts` have a weight of their own each. */
  constructor(backend: Backend, addends: readonly Addend[], dtype: "f32" | "f64", parts: readonly Part[] = []) {
    let end = measuresAt;
    this.#places = addends.map((addend) => (end += countOf(addend)) - countOf(addend));
    this.#addends = addends;
    this.names = addends.map(({ name }) => name);
    this.#parts = parts;
    this.#weights = this.names.map((name) => {
      const at = parts.findIndex(({ measures }) => measures.includes(name));
      return at < 0 ? weightAt : end + at;
    });
    const length = end + parts.length;
    this.#zeros = typedArray(dtype, length);
    this.#full = Promise.resolve(new Float64Array(length));
    this.array = zeros(backend, [length], { dtype, name: "totals" });
  }

  /** Whether it is for the same sums. */
  isOf(addends: readonly Addend[]): boolean {
    const key = (list: readonly Addend[]): string => list.map((one) => `${one.name} ${countOf(one)}`).join();
    return key(addends) === key(this.#addends);
  }

  /** Starts at nothing, or goes on after so many steps; where they were measured by other names or weights, without their sums. */
  begin({ steps, sums }: { readonly steps: number; readonly sums: SavedSums } = { steps: 0, sums: none }): void {
    const start = this.#zeros.slice();
    const full = new Float64Array(start.length);
    if (sums.names.join() === this.names.join() && sums.full.length === full.length) {
      start.set(sums.partial);
      full.set(sums.full);
    }
    this.array.write(start);
    this.#steps = steps;
    this.#full = Promise.resolve(full);
  }

  /** To be called after each step that was enqueued. Ends the group where it is full. */
  count(): void {
    if (++this.#steps % group !== 0) return;
    const read = this.array.read();
    this.array.write(this.#zeros.subarray(weightAt), weightAt); // after the read, in the order of calls; what was skipped stays known
    this.#full = Promise.all([this.#full, read]).then(([full, sums]) => added(full, sums));
    this.#full.catch(() => {}); // whoever asks for a tally hears of it
  }

  /** Whether the last group is full, or there is none. */
  get isBetweenGroups(): boolean {
    return this.#steps % group === 0;
  }

  /** Resolves when the runs of all groups that are full are done. */
  async settled(): Promise<void> {
    await this.#full;
  }

  /** As of this call; awaits every run that is queued. Changes nothing. */
  async tally(): Promise<Tally> {
    const steps = this.#steps;
    const [full, partial] = await Promise.all([this.#full, this.array.read()]);
    return { steps, skipped: partial[skippedAt]!, full, partial };
  }

  /** The mean of each measure over what counts, by weights, NaN where nothing does, or what its sums come to. The loss is the sum of its parts, whatever the batches were. */
  means({ full, partial }: Tally): Record<string, number> {
    const sum = (i: number): number => (full[i] ?? Number.NaN) + (partial[i] ?? Number.NaN);
    const each = this.#addends.map(({ name, sums }, i) => {
      const at = this.#places[i] ?? measuresAt;
      if (sums === undefined) return [name, sum(at) / sum(this.#weights[i] ?? weightAt)] as const;
      return [name, sums.result(Float64Array.from({ length: sums.count }, (_, k) => sum(at + k)))] as const;
    });
    const means: Record<string, number> = Object.fromEntries(each);
    const [whole = "loss"] = this.names;
    for (const { measures, share } of this.#parts)
      means[whole] = entryOf(means, whole) + (typeof share === "number" ? share : share()) * (means[measures[0]] || 0); // of what does not count nothing
    return means;
  }

  /** Whether nothing has counted at all: every mean is NaN. */
  isEmpty({ full, partial }: Tally): boolean {
    return (full[weightAt] ?? 0) + (partial[weightAt] ?? 0) === 0;
  }

  dispose(): void {
    this.array.dispose();
  }
}

function countOf({ sums }: Addend): number {
  return sums?.count ?? 1;
}

function added(full: Float64Array, sums: TypedArray): Float64Array {
  return full.map((value, i) => (i === skippedAt ? 0 : value + sums[i]!));
}
