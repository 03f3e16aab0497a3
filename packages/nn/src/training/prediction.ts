// Forward alone, as a function to trace: what a trainer runs, and whoever takes its Programs elsewhere.
import { assign, type Tensor } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import type { Flat } from "../learner/update.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { unpack, type Layout } from "../weights/layout.ts";
import { flat, masksOf, nested, type BatchInputs } from "./batchInputs.ts";

/** The weights, a batch of inputs and, of a stateful model, what the batch before left. */
export type PredictionInputs<T> = Flat<T> & Pick<BatchInputs<T>, "x" | "lengths"> & { readonly state?: Named<T> };

/** Traced: inputs [batch, …] → outputs [batch, …]; the state, where there is one, moves on. */
export function prediction(built: BuiltModel, layout: Layout, dtype: "f32" | "f64"): (inputs: PredictionInputs<Tensor>) => Named<Tensor> {
  return ({ x, lengths, params, frozen, state }) => {
    const given = state === undefined ? {} : { carried: nested(built, state) };
    const applied = built.apply(unpack(layout, params, frozen), x, { masks: masksOf(lengths, x, dtype), ...given });
    if (state !== undefined) for (const [name, next] of Object.entries(flat(built, applied.carried))) assign(entryOf(state, name), next);
    return applied.outputs;
  };
}
