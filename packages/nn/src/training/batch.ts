// The arrays through which batches of one shape reach a Program, filled from a dataset.
import { entryOf } from "../host/entryOf.ts";
import { allOrNothing, type Backend, type NDArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { disposeEach } from "../learner/bind.ts";
import type { Target } from "../measures/measure.ts";
import type { Named } from "../model/graph.ts";
import type { Column } from "./column.ts";
import type { Dataset, Samples } from "./dataset.ts";
import { Feed, type Rows } from "./feed.ts";
import type { BatchInputs } from "./batchInputs.ts";
import { placesOf } from "./wanted.ts";

export interface InputShape {
  readonly batch: number;
  /** By input. */
  readonly sample: Named<Spec>;
  /** Inputs whose steps do not all count. */
  readonly counted: readonly string[];
  readonly dtype: "f32" | "f64";
}

/** By name; a list, as each batch goes through all of them. */
type Feeds = readonly (readonly [name: string, feed: Feed])[];

/** What a model reads: x and, where not all steps count, lengths. */
export class Inputs {
  readonly #x: Feeds;
  readonly #lengths: Feeds;

  constructor(backend: Backend, { batch, sample, counted, dtype }: InputShape) {
    [this.#x, this.#lengths] = allOrNothing((keep) => [
      feeds(Object.entries(sample), ({ shape: row, axes, dtype: kind }, name) =>
        keep(new Feed(backend, { name, axes, batch, row, dtype: kind === "i32" ? "i32" : dtype, padding: "repeat" })),
      ),
      feeds(
        counted.map((name) => [name, name]),
        (name) => keep(new Feed(backend, { name: `lengths.${name}`, batch, row: [], dtype: "i32", padding: "repeat" })),
      ),
    ]);
  }

  get arrays(): Pick<BatchInputs<NDArray>, "x" | "lengths"> {
    return { x: arraysOf(this.#x), lengths: arraysOf(this.#lengths) };
  }

  write({ x, lengths }: Samples, rows: Rows): void {
    writeEach(this.#x, x, rows);
    writeEach(this.#lengths, lengths, rows);
  }

  dispose(): void {
    disposeEach([...this.#x, ...this.#lengths].map(([, feed]) => feed));
  }
}

export interface BatchShape extends InputShape {
  /** By output. */
  readonly targets: Named<Target>;
  /** By output that has weights of its own, the axes of a sample's. */
  readonly weighted: Named<number>;
}

/** x, y and weights; a row of padding weighs nothing. */
export class Batch {
  readonly #inputs: Inputs;
  readonly #y: Feeds;
  readonly #weight: Feed;
  readonly #weights: Feeds;

  constructor(backend: Backend, { targets, weighted, ...shape }: BatchShape) {
    const { batch, dtype } = shape;
    [this.#inputs, this.#y, this.#weight, this.#weights] = allOrNothing((keep) => [
      keep(new Inputs(backend, shape)),
      feeds(Object.entries(targets), ({ shape: row, dtype: kind }, name) =>
        keep(new Feed(backend, { name, batch, row, dtype: kind === "i32" ? "i32" : dtype, padding: "repeat" })),
      ),
      keep(new Feed(backend, { name: "sampleWeight", batch, row: [], dtype, padding: "zeros" })),
      feeds(Object.entries(weighted), (rank, name) => {
        const row = placesOf(entryOf(targets, name)).slice(0, rank);
        return keep(new Feed(backend, { name: `sampleWeight.${name}`, batch, row, dtype, padding: "repeat" }));
      }),
    ]);
  }

  get arrays(): BatchInputs<NDArray> {
    return { ...this.#inputs.arrays, y: arraysOf(this.#y), weight: this.#weight.array, weights: arraysOf(this.#weights) };
  }

  write(data: Dataset, rows: Rows): void {
    this.#inputs.write(data, rows);
    writeEach(this.#y, data.y, rows);
    this.#weight.write(data.weight, rows);
    writeEach(this.#weights, data.weights, rows);
  }

  dispose(): void {
    disposeEach([this.#inputs, ...[...this.#y, ...this.#weights].map(([, feed]) => feed), this.#weight]);
  }
}

function feeds<T>(entries: readonly (readonly [string, T])[], make: (value: T, name: string) => Feed): Feeds {
  return entries.map(([name, value]) => [name, make(value, name)]);
}

function arraysOf(feeds: Feeds): Named<NDArray> {
  return Object.fromEntries(feeds.map(([name, feed]) => [name, feed.array]));
}

function writeEach(feeds: Feeds, columns: Named<Column>, rows: Rows): void {
  for (const [name, feed] of feeds) feed.write(entryOf(columns, name), rows);
}
