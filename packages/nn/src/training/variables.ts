// What a trainer keeps on its backend from run to run: the weights and the optimizer's arrays, each one flat array.
import { allOrNothing, array, initialise, zeros, type Backend, type HostArray, type NDArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Saved, SavedTraining } from "../model/model.ts";
import { checkFinite } from "../model/finite.ts";
import { pack, unpackHost, viewHost, type Layout } from "../model/layout.ts";

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

  constructor({ backend, layout, sample, dtype, seed, slots, saved }: VariablesOptions) {
    const weights = saved?.weights ?? initialise(layout.weights, { seed, dtype });
    const state = saved?.training;
    this.layout = layout;
    this.sample = sample;
    this.#dtype = dtype;
    this.step = state?.step ?? 0;
    this.epoch = state?.epoch ?? 0;
    [this.params, this.slots] = allOrNothing((keep) => [
      keep(array(backend, pack(layout, weights, dtype, "model.compile"), { name: "weights" })),
      Object.fromEntries(slots.map((name) => [name, keep(this.#slot(backend, name, state))])),
    ]);
  }

  #slot(backend: Backend, name: string, state: SavedTraining | undefined): NDArray {
    if (state === undefined) return zeros(backend, [this.layout.length], { dtype: this.#dtype, name });
    return array(backend, pack(this.layout, state.slots[name] ?? {}, this.#dtype, "model.compile"), { name });
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
