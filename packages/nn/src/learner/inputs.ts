// What batches bring: read on the host by name, and the arrays through which they reach a Program.
import { allOrNothing, zeros, type Backend, type NDArray, type Shape, type TypedArray } from "@sluice/core";
import { options, refused } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { placeFor, readElements } from "../host/elements.ts";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import type { InputSpec, Inputs } from "./options.ts";

/** A batch on the host, by name. */
export type HostBatch = Readonly<Record<string, HostInput>>;

interface HostInput {
  readonly data: TypedArray;
  readonly shape: Shape;
}

export class InputReader {
  readonly #specs: Readonly<Record<string, InputSpec>>;
  readonly #dtype: "f32" | "f64";

  constructor(inputs: Inputs, dtype: "f32" | "f64") {
    this.#specs = Object.fromEntries(
      Object.entries(inputs).map(([name, kind]) => [name, typeof kind === "string" ? { dtype: kind } : kind]),
    );
    this.#dtype = dtype;
  }

  /**
   * The numbers of a batch: the caller's own arrays where they have the type already. Throws INVALID_ARGUMENT for an input that is missing or
   * unknown, SHAPE_MISMATCH for one of another rank than its axes, and for indices what `readElements` throws; other numbers may be any.
   */
  read(who: string, batch: Readonly<Record<string, Numbers>>): HostBatch {
    const names = Object.fromEntries(Object.keys(this.#specs).map((name) => [name, true as const]));
    options(who, batch, names, "the batch");
    return Object.fromEntries(Object.entries(this.#specs).map(([name, spec]) => [name, this.#one(who, name, spec, batch[name])]));
  }

  #one(who: string, name: string, { dtype: kind, axes }: InputSpec, given: Numbers | undefined): HostInput {
    if (given === undefined) throw refused(who, name, given, "numbers, one of the inputs");
    const numbers = hostNumbers(given, who, name);
    const { shape, data } = numbers;
    if (axes !== undefined && axes.length !== shape.length) throw refused(who, name, given, `[${axes.join(", ")}]`);
    const asked = { wanted: { dtype: kind }, dtype: this.#dtype, who, name };
    const made = placeFor(data, asked);
    if (kind === "i32") readElements(numbers, made, 0, data.length, asked);
    else if (made !== data) made.set(data as TypedArray); // the others are like it
    return { data: made, shape };
  }

  /** Arrays for batches of such shapes. Throws what the backend throws; then nothing is held. */
  arraysFor(backend: Backend, batch: HostBatch): BatchArrays {
    const made = allOrNothing((keep) =>
      Object.entries(batch).map(([name, { shape }]) => {
        const { dtype: kind, axes } = entryOf(this.#specs, name);
        const dtype = kind === "i32" ? "i32" : this.#dtype;
        return [name, keep(zeros(backend, shape, { dtype, name, ...(axes !== undefined && { axes }) }))] as const;
      }),
    );
    return new BatchArrays(Object.fromEntries(made));
  }
}

export class BatchArrays {
  readonly arrays: Readonly<Record<string, NDArray>>;

  constructor(arrays: Readonly<Record<string, NDArray>>) {
    this.arrays = arrays;
  }

  /** Enqueued like every write; `batch` is of their shapes. */
  write(batch: HostBatch): void {
    for (const [name, array] of Object.entries(this.arrays)) array.write(entryOf(batch, name).data);
  }

  dispose(): void {
    for (const array of Object.values(this.arrays)) array.dispose();
  }
}

/** The same for batches of the same shapes. */
export function keyOf(batch: HostBatch): string {
  return JSON.stringify(Object.values(batch).map(({ shape }) => shape));
}

/** The first axis of the first input. */
export function batchSize(batch: HostBatch): number {
  const [first] = Object.values(batch);
  return first?.shape[0] ?? 1;
}
