// The arrays through which batches of one shape reach a Program, filled from a dataset.
import { allOrNothing, type Backend, type NDArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Target } from "../measures/measure.ts";
import type { Dataset } from "./dataset.ts";
import { Feed, type Rows } from "./feed.ts";
import type { BatchInputs } from "./objective.ts";

export interface BatchShape {
  readonly batch: number;
  readonly sample: Spec;
  readonly target: Target;
  readonly dtype: "f32" | "f64";
}

/** x [batch, …sample] */
export function inputFeed(backend: Backend, batch: number, { shape: row, axes, dtype: kind }: Spec, dtype: "f32" | "f64"): Feed {
  return new Feed(backend, { name: "x", axes, batch, row, dtype: kind === "i32" ? "i32" : dtype, padding: "repeat" });
}

/** x, y and the samples' weights; a row of padding weighs nothing. */
export class Batch {
  readonly #x: Feed;
  readonly #y: Feed;
  readonly #weight: Feed;

  constructor(backend: Backend, { batch, sample, target, dtype }: BatchShape) {
    const kind = target.dtype === "i32" ? "i32" : dtype;
    [this.#x, this.#y, this.#weight] = allOrNothing((keep) => [
      keep(inputFeed(backend, batch, sample, dtype)),
      keep(new Feed(backend, { name: "y", batch, row: target.shape, dtype: kind, padding: "repeat" })),
      keep(new Feed(backend, { name: "sampleWeight", batch, row: [], dtype, padding: "zeros" })),
    ]);
  }

  get arrays(): BatchInputs<NDArray> {
    return { x: this.#x.array, y: this.#y.array, weight: this.#weight.array };
  }

  write({ x, y, weight }: Dataset, rows: Rows): void {
    this.#x.write(x, rows);
    this.#y.write(y, rows);
    this.#weight.write(weight, rows);
  }

  dispose(): void {
    for (const feed of [this.#x, this.#y, this.#weight]) feed.dispose();
  }
}
