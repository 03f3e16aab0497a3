// What training keeps on a backend from run to run: the weights and the optimizer's arrays, each one flat array.
import { allOrNothing, array, SluiceError, zeros, type Backend, type HostArray, type NDArray, type TypedArray } from "@sluice/core";
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { typedArray } from "../host/typedArray.ts";
import type { Pieces } from "../host/turns.ts";
import { Gathering, gatheringStart, type GatheringStart, type SavedGathering } from "./gathering.ts";
import type { Flat } from "./update.ts";
import { averageSlot } from "../optimizers/averageSlot.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { checkFinite } from "../weights/finite.ts";
import { pack, packing, starting, trainedPart, unpackHost, viewHost, type Layout } from "../weights/layout.ts";

type Named = Readonly<Record<string, HostArray>>;

export interface VariablesOptions {
  /** Who asks, for errors. */
  readonly who: string;
  readonly backend: Backend;
  readonly layout: Layout;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  /** Whose arrays are kept; none where nothing trains. */
  readonly optimizer: Pick<Optimizer, "slots" | "starts" | "averaging"> | undefined;
  readonly saved: SavedVariables | undefined;
  /** Weights by name that are not drawn where nothing was saved. Default none. */
  readonly start?: Named;
  /** Default 1. */
  readonly batchesPerUpdate?: number;
}

export interface SavedVariables {
  /** By name, "lstm.wx". */
  readonly weights: Named;
  /** Of the optimizer, where training goes on: its arrays by its names, and the batches done. */
  readonly training?: SavedState;
}

export interface SavedState {
  readonly slots: Readonly<Record<string, Named>>;
  readonly batches: number;
  readonly learningRateScale?: number;
  /** Of the batches since the last update, where several are one. */
  readonly gathered?: SavedGathering | undefined;
}

/** What they start from, on the host: flat arrays [length] and, for slots, [trained]; a slot without one starts at 0, the average at the weights. */
export interface Start {
  readonly weights: TypedArray;
  readonly slots: Readonly<Record<string, TypedArray | undefined>>;
  readonly gathered?: GatheringStart;
}

/** A weight at a time. Throws as `packing`. */
export function* startOf({ who, layout, dtype, seed, optimizer, saved, start }: VariablesOptions): Pieces<Start> {
  const weights = yield* saved === undefined ? starting(layout, { seed, dtype, start, who }) : packing(layout, saved.weights, dtype, who);
  const state: Record<string, TypedArray | undefined> = {};
  for (const name of optimizer?.slots ?? [])
    if (saved?.training !== undefined) state[name] = yield* packing(trainedPart(layout), saved.training.slots[name] ?? {}, dtype, who);
    else if (isAverage(name, optimizer)) state[name] = weights.subarray(0, layout.trained);
    else state[name] = filledWith(maybeEntryOf(optimizer?.starts, name) ?? 0, layout, dtype);
  const gathered = saved?.training?.gathered;
  return { weights, slots: state, ...(gathered && { gathered: yield* gatheringStart(gathered, layout, dtype, `${who} gathered`) }) };
}

function isAverage(slot: string, optimizer: VariablesOptions["optimizer"]): boolean {
  return slot === averageSlot && optimizer?.averaging !== undefined;
}

function filledWith(start: number, { trained }: Layout, dtype: "f32" | "f64"): TypedArray | undefined {
  return start === 0 ? undefined : typedArray(dtype, trained).fill(start);
}

export class Variables {
  readonly layout: Layout;
  /** [layout.trained] */
  readonly params: NDArray;
  /** [layout.length − layout.trained], where that is any. */
  readonly frozen: NDArray | undefined;
  /** By the optimizer's names, each [layout.trained]. */
  readonly slots: Readonly<Record<string, NDArray>>;
  /** That of them which is the average of `params`, where there is one. */
  readonly average: NDArray | undefined;
  /** Where several batches are one update. */
  readonly gathered: Gathering | undefined;
  /** Done, of which so many are one update. */
  batches: number;
  /** What every rate is multiplied by. */
  learningRateScale: number;
  readonly #batchesPerUpdate: number;
  readonly #dtype: "f32" | "f64";

  /** Throws what the backend does; then nothing is held. */
  constructor({ backend, layout, dtype, saved, optimizer, batchesPerUpdate = 1 }: VariablesOptions, { weights, slots, gathered }: Start) {
    const { trained } = layout;
    this.layout = layout;
    this.#dtype = dtype;
    this.batches = saved?.training?.batches ?? 0;
    this.learningRateScale = saved?.training?.learningRateScale ?? 1;
    this.#batchesPerUpdate = batchesPerUpdate;
    const slot = (name: string, data: TypedArray | undefined): NDArray =>
      data === undefined ? zeros(backend, [trained], { dtype, name }) : array(backend, data, { name });
    [this.params, this.frozen, this.slots, this.gathered] = allOrNothing((keep) => [
      keep(array(backend, weights.subarray(0, trained), { name: "weights" })),
      trained < layout.length ? keep(array(backend, weights.subarray(trained), { name: "frozen" })) : undefined,
      Object.fromEntries(Object.entries(slots).map(([name, data]) => [name, keep(slot(name, data))])),
      batchesPerUpdate === 1 ? undefined : keep(new Gathering(backend, layout, dtype, gathered)),
    ]);
    this.average = optimizer?.averaging === undefined ? undefined : entryOf(this.slots, averageSlot);
  }

  /** Begins again from there, all at once. */
  restart({ weights, slots, gathered }: Start, batches: number, learningRateScale = 1): void {
    this.setLearnt(weights.subarray(0, this.layout.length));
    for (const [name, array] of Object.entries(this.slots)) array.write(slots[name] ?? typedArray(this.#dtype, this.layout.trained));
    this.gathered?.write(gathered);
    this.batches = batches;
    this.learningRateScale = learningRateScale;
  }

  /** Done. */
  get updates(): number {
    return this.updatesBefore(0);
  }

  /** Done before the last so many batches. */
  updatesBefore(batches: number): number {
    return Math.floor((this.batches - batches) / this.#batchesPerUpdate);
  }

  /** Whether the next batch ends one. */
  get isLastOfUpdate(): boolean {
    return (this.batches + 1) % this.#batchesPerUpdate === 0;
  }

  /** What a Program is bound to. */
  get flat(): Flat<NDArray> {
    return this.flatOf("variables", false);
  }

  /** The same, where asked for with the average of those that train in their place. Throws INVALID_ARGUMENT where none is kept. */
  flatOf(who: string, averaged: boolean): Flat<NDArray> {
    return { params: this.#trained(who, averaged), ...(this.frozen !== undefined && { frozen: this.frozen }) };
  }

  /** Copies by name, as of this call. Throws as `flatOf`. */
  async weights(who = "variables", averaged = false): Promise<Record<string, HostArray>> {
    return unpackHost(this.layout, await this.#read(this.#trained(who, averaged)), this.#dtype);
  }

  /** The weights for whoever takes them all: parts of one copy. */
  async snapshot(): Promise<Record<string, HostArray>> {
    return viewHost(this.layout, await this.#read(this.params), this.#dtype);
  }

  #trained(who: string, averaged: boolean): NDArray {
    if (!averaged) return this.params;
    if (this.average !== undefined) return this.average;
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: "averaged: true asks for an average of the weights, and none is kept",
      fix: "Give an optimizer with { useEma: true }, or with { swaStart }",
    });
  }

  /** The optimizer's arrays likewise. */
  async state(): Promise<Record<string, Record<string, HostArray>>> {
    const view = async (slot: NDArray) => viewHost(trainedPart(this.layout), await slot.read(), this.#dtype);
    return Object.fromEntries(await Promise.all(Object.entries(this.slots).map(async ([name, slot]) => [name, await view(slot)] as const)));
  }

  /** Throws before anything is written, as `pack` does, and NOT_FINITE for numbers that are none. */
  setWeights(arrays: Named, who: string): void {
    const flat = pack(this.layout, arrays, this.#dtype, who);
    for (const [name, packed] of Object.entries(viewHost(this.layout, flat, this.#dtype))) checkFinite(packed, name, who);
    this.setLearnt(flat);
  }

  /** A copy of what learning changes, as `learntPart` lays it out: those that train, and all where layers set others. Throws as `flatOf`. */
  learnt(into?: TypedArray, averaged = false): Promise<TypedArray> {
    const trained = this.#trained("variables", averaged);
    return this.layout.moving.size > 0 ? this.#read(trained, into) : trained.read(into);
  }

  /** The average is of what there is from now on. */
  setLearnt(flat: TypedArray): void {
    const trained = flat.subarray(0, this.layout.trained);
    this.params.write(trained);
    this.average?.write(trained);
    if (flat.length > this.layout.trained) this.frozen?.write(flat.subarray(this.layout.trained));
  }

  /** Both parts in one array. */
  async #read(trained: NDArray, flat: TypedArray = typedArray(this.#dtype, this.layout.length)): Promise<TypedArray> {
    if (this.frozen === undefined) return trained.read(flat);
    await Promise.all([trained.read(flat.subarray(0, this.layout.trained)), this.frozen.read(flat.subarray(this.layout.trained))]);
    return flat;
  }

  dispose(): void {
    for (const held of [this.params, this.frozen, this.gathered, ...Object.values(this.slots)]) held?.dispose();
  }
}
