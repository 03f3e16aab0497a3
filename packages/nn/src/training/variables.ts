// What a trainer keeps on its backend from run to run: the weights and the optimizer's arrays, each one flat array.
import { allOrNothing, array, zeros, type Backend, type HostArray, type NDArray, type TypedArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Saved } from "../model/saved.ts";
import { checkFinite } from "../weights/finite.ts";
import { pack, packing, starting, unpackHost, viewHost, type Layout } from "../weights/layout.ts";
import type { Pieces } from "../host/turns.ts";

export interface VariablesOptions {
  readonly backend: Backend;
  readonly layout: Layout;
  /** What the model was built for. */
  readonly sample: Spec;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  readonly slots: readonly string[];
  readonly saved: Saved | undefined;
}

/** What they start from, on the host: flat arrays [layout.length]; a slot without one starts at zero. */
export interface Start {
  readonly params: TypedArray;
  readonly slots: Readonly<Record<string, TypedArray | undefined>>;
}

/** A weight at a time. Throws as `packing`. */
export function* startOf({ layout, dtype, seed, slots, saved }: VariablesOptions): Pieces<Start> {
  const read = (arrays: Readonly<Record<string, HostArray>>): Pieces<TypedArray> => packing(layout, arrays, dtype, "model.compile");
  const params = yield* saved === undefined ? starting(layout, { seed, dtype }) : read(saved.weights);
  const state: Record<string, TypedArray | undefined> = {};
  for (const name of slots) state[name] = saved?.training && (yield* read(saved.training.slots[name] ?? {}));
  return { params, slots: state };
}

export class Variables {
  readonly layout: Layout;
  readonly sample: Spec;
  /** [layout.length] */
  readonly params: NDArray;
  /** By the optimizer's names, each [layout.length]. */
  readonly slots: Readonly<Record<string, NDArray>>;
  /** Updates and epochs done. */
  step: number;
  epoch: number;
  readonly #dtype: "f32" | "f64";

  /** Throws what the backend does; then nothing is held. */
  constructor({ backend, layout, sample, dtype, saved }: VariablesOptions, { params, slots }: Start) {
    this.layout = layout;
    this.sample = sample;
    this.#dtype = dtype;
    this.step = saved?.training?.step ?? 0;
    this.epoch = saved?.training?.epoch ?? 0;
    const slot = (name: string, data: TypedArray | undefined): NDArray =>
      data === undefined ? zeros(backend, [layout.length], { dtype, name }) : array(backend, data, { name });
    [this.params, this.slots] = allOrNothing((keep) => [
      keep(array(backend, params, { name: "weights" })),
      Object.fromEntries(Object.entries(slots).map(([name, data]) => [name, keep(slot(name, data))])),
    ]);
  }

  /** Copies by name, as of this call. */
  async weights(): Promise<Record<string, HostArray>> {
    return unpackHost(this.layout, await this.params.read(), this.#dtype);
  }

  /** The weights for whoever takes them all: parts of one copy. */
  async snapshot(): Promise<Record<string, HostArray>> {
    return viewHost(this.layout, await this.params.read(), this.#dtype);
  }

  /** The optimizer's arrays likewise. */
  async state(): Promise<Record<string, Record<string, HostArray>>> {
    const view = async (slot: NDArray) => viewHost(this.layout, await slot.read(), this.#dtype);
    return Object.fromEntries(await Promise.all(Object.entries(this.slots).map(async ([name, slot]) => [name, await view(slot)] as const)));
  }

  /** Throws before anything is written, as `pack` does, and NOT_FINITE for numbers that are none. */
  setWeights(arrays: Readonly<Record<string, HostArray>>, who: string): void {
    const flat = pack(this.layout, arrays, this.#dtype, who);
    for (const [name, packed] of Object.entries(viewHost(this.layout, flat, this.#dtype))) checkFinite(packed, name, who);
    this.params.write(flat);
  }

  dispose(): void {
    for (const held of [this.params, ...Object.values(this.slots)]) held.dispose();
  }
}
