// What lives from batch to batch in a stateful model: arrays on a backend, a row for each of the batch's.
import { allOrNothing, leavesOf, zeros, type Backend, type NDArray, type TypedArray } from "@sluice/core";
import { disposeEach } from "../learner/bind.ts";
import { typedArray } from "../host/typedArray.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";

export class Carried {
  /** By layer and name, "lstm.h", each [batch, …]. */
  readonly arrays: Named<NDArray>;

  constructor(backend: Backend, { carried }: BuiltModel, batch: number, dtype: "f32" | "f64") {
    const specs = leavesOf(carried, isSpec) as [string, Spec][]; // layers declare these
    this.arrays = allOrNothing((keep) =>
      Object.fromEntries(
        specs.map(([name, { shape, dtype: kind }]) => [
          name,
          keep(zeros(backend, [batch, ...shape], { dtype: kind === "i32" ? "i32" : dtype, name })),
        ]),
      ),
    );
  }

  /** What a Program is given of it, where there is any. */
  get state(): { readonly state?: Named<NDArray> } {
    return Object.keys(this.arrays).length === 0 ? {} : { state: this.arrays };
  }

  /** Before the first batch, or as it was read. */
  begin(from: Named<readonly number[]> = {}): void {
    for (const [name, array] of Object.entries(this.arrays)) array.write(filled(array, from[name]));
  }

  /** Copies, as of this call. */
  async read(): Promise<Named<readonly number[]>> {
    const read = Object.entries(this.arrays).map(async ([name, array]) => [name, Array.from(await array.read())] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  dispose(): void {
    disposeEach(Object.values(this.arrays));
  }
}

function filled({ dtype, shape }: NDArray, from: readonly number[] | undefined): TypedArray {
  const data = typedArray(dtype, shape.reduce((product, n) => product * n, 1)); // prettier-ignore
  if (from?.length === data.length) data.set(from);
  return data;
}
