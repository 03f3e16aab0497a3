// A model step by step, as functions to trace: what is known before, where it starts, and one step.
import { assign, leavesOf, mapTree, tensorsOf, type Tensor, type Tree } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import type { Flat } from "../learner/update.ts";
import type { Fixed, StepForm } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { unpack, type Layout } from "../weights/layout.ts";
import { masksOf, type BatchInputs } from "./batchInputs.ts";

export interface StepSizes {
  readonly batch: number;
  readonly dtype: "f32" | "f64";
}

type Others = Flat<Tensor> & Pick<BatchInputs<Tensor>, "x" | "lengths">;
type Kept = Flat<Tensor> & { readonly state: Named<Tensor>; readonly fixed: Fixed<Tensor> };

export interface Steps {
  /** What the steps read of the other inputs. */
  before(inputs: Others): Fixed<Tensor>;
  /** Writes the state before the first step. */
  start(inputs: Kept): void;
  /** x [batch, …] without its steps → outputs likewise; the state moves on. */
  step(inputs: Kept & { readonly x: Tensor }): Named<Tensor>;
}

export function stepsOfForm(form: StepForm, layout: Layout, { batch, dtype }: StepSizes): Steps {
  const weightsOf = ({ params, frozen }: Flat<Tensor>): ReturnType<typeof unpack> => unpack(layout, params, frozen);
  return {
    before: ({ x, lengths, ...given }) => form.before(weightsOf(given), x, masksOf(lengths, x, dtype)),
    start: ({ state: into, fixed, ...given }) => put(into, form.start(weightsOf(given), { batch, dtype, fixed })),
    step({ state: kept, fixed, x: read, ...given }) {
      const { outputs, state: next } = form.step(weightsOf(given), read, { state: nestedBy(form, kept), fixed });
      put(kept, next);
      return outputs;
    },
  };
}

/** What is kept from step to step, of one sample, by layer and name: "lstm.h". */
export function keptBy({ state }: StepForm): readonly (readonly [path: string, spec: Spec])[] {
  return leavesOf(state, isSpec) as [string, Spec][]; // layers declare these
}

/** What is kept, by layer. */
function nestedBy({ state }: StepForm, arrays: Named<Tensor>): Named<Tree<Tensor>> {
  return mapTree(state, isSpec, (_, path) => entryOf(arrays, path)) as Named<Tree<Tensor>>; // a record maps to a record
}

function put(into: Named<Tensor>, tree: Named<Tree<Tensor>>): void {
  for (const [path, next] of tensorsOf(tree)) assign(entryOf(into, path), next);
}
