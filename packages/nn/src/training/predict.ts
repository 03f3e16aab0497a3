// The model's outputs for samples without targets.
import type { HostArray, TypedArray } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { turns } from "../host/turns.ts";
import { typedArray } from "../host/typedArray.ts";
import type { Spec } from "../layers/spec.ts";
import type { Named } from "../model/graph.ts";
import type { Samples } from "./dataset.ts";
import type { Session } from "./session.ts";

export interface Prediction {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
  /** Whether by the average of the weights. */
  readonly averaged: boolean;
}

/** By output [samples, …output], owned by the caller; undefined where `signal` ended it early. */
export function predict(
  session: Session,
  data: Samples,
  { batchSize, signal, averaged }: Prediction,
): Promise<Named<HostArray> | undefined> {
  const { samples, sample, lengths } = data;
  const batch = Math.min(batchSize, samples);
  return session.prediction.use({ sample, batch, counted: Object.keys(lengths), averaged }, async ({ outputs, begin, run }) => {
    const made = Object.entries(outputs).map(([name, spec]) => {
      const [row, dtype] = [rowOf(spec), typeOf(spec, session.dtype)];
      return { name, spec, row, dtype, data: typedArray(dtype, samples * row) };
    });
    begin();
    for (let from = 0; from < samples; from += batch) {
      if (signal?.aborted) return undefined;
      const count = Math.min(batch, samples - from);
      const read: Named<TypedArray> = await run(data, { order: undefined, from, count });
      for (const { name, row, data } of made) data.set(entryOf(read, name).subarray(0, count * row), from * row);
      if (turns.isDue) await turns.pass();
    }
    return Object.fromEntries(
      made.map(({ name, spec, dtype, data }) => [name, { dtype, shape: [samples, ...spec.shape], axes: ["samples", ...spec.axes], data }]),
    );
  });
}

function typeOf({ dtype }: Spec, float: "f32" | "f64"): HostArray["dtype"] {
  return dtype === "i32" ? "i32" : float;
}

function rowOf({ shape }: Spec): number {
  return shape.reduce((product, n) => product * n, 1);
}
