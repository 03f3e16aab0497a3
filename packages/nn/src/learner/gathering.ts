// Where several batches are one update: what those since the last came to, on a backend from batch to batch.
import { allOrNothing, zeros, type Backend, type HostArray, type NDArray, type TypedArray } from "@sluice/core";
import type { Pieces } from "../host/turns.ts";
import { typedArray } from "../host/typedArray.ts";
import { packing, trainedPart, viewHost, type Layout } from "../weights/layout.ts";
import type { Gathered } from "./update.ts";

export interface SavedGathering {
  /** Σ weight · gradient, by name. */
  readonly gradient: Readonly<Record<string, HostArray>>;
  /** Σ weight. */
  readonly weight: number;
}

/** The same, flat. */
export interface GatheringStart {
  readonly gradient: TypedArray;
  readonly weight: number;
}

/** Throws as `packing`. */
export function* gatheringStart(
  { gradient, weight }: SavedGathering,
  layout: Layout,
  dtype: "f32" | "f64",
  who: string,
): Pieces<GatheringStart> {
  return { gradient: yield* packing(trainedPart(layout), gradient, dtype, who), weight };
}

export class Gathering implements Gathered<NDArray> {
  /** [layout.trained] */
  readonly gradient: NDArray;
  /** [] */
  readonly weight: NDArray;
  readonly #layout: Layout;
  readonly #dtype: "f32" | "f64";

  /** Nothing yet, or from there. Throws what the backend does; then nothing is held. */
  constructor(backend: Backend, layout: Layout, dtype: "f32" | "f64", start: GatheringStart | undefined) {
    this.#layout = layout;
    this.#dtype = dtype;
    [this.gradient, this.weight] = allOrNothing((keep) => [
      keep(zeros(backend, [layout.trained], { dtype, name: "gathered.gradient" })),
      keep(zeros(backend, [], { dtype, name: "gathered.weight" })),
    ]);
    if (start !== undefined) this.write(start);
  }

  /** That instead, or nothing. */
  write(start: GatheringStart | undefined): void {
    this.gradient.write(start?.gradient ?? typedArray(this.#dtype, this.#layout.trained));
    const weight = typedArray(this.#dtype, 1);
    weight[0] = start?.weight ?? 0;
    this.weight.write(weight);
  }

  /** A copy, as of this call. */
  async read(): Promise<SavedGathering> {
    const [gradient, weight] = await Promise.all([this.gradient.read(), this.weight.read()]);
    return { gradient: viewHost(trainedPart(this.#layout), gradient, this.#dtype), weight: weight[0]! }; // of one element
  }

  dispose(): void {
    this.gradient.dispose();
    this.weight.dispose();
  }
}
