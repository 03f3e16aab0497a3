// The Programs of a stream, bound to arrays of its own: what is known before, where it starts, and one step.
import { allOrNothing, assign, leavesOf, mapTree, tensorsOf, zeros } from "@sluice/core";
import type { Binding, NDArray, Tensor, Tree } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import { bind, disposeEach, type Held } from "../learner/bind.ts";
import type { Flat } from "../learner/update.ts";
import type { Fixed, StepForm } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { unpack } from "../weights/layout.ts";
import { masksOf, type BatchInputs } from "./batchInputs.ts";
import type { Session } from "./session.ts";
import type { Stepping } from "./stepping.ts";

export interface BoundSteps {
  readonly x: NDArray;
  readonly state: Named<NDArray>;
  /** Computes what the steps read of the other inputs. */
  readonly before: Binding<Fixed<Tensor>>;
  readonly start: Binding<void>;
  readonly step: Binding<Named<Tensor>>;
}

type Inputs = Pick<BatchInputs<Tensor>, "x" | "lengths">;
type StateInputs = { readonly state: Named<Tensor>; readonly fixed: Fixed<Tensor> };

/** Owns `others`. Throws what the backend does; then nothing is held. */
export async function bindSteps(who: string, session: Session, { form, row, batch, others }: Stepping): Promise<BoundSteps> {
  const { backend, dtype, model } = session;
  const { layout, flat } = session.variables(who);
  const name = `${model.name}.stream`;
  const weightsOf = ({ params, frozen }: Flat<Tensor>): ReturnType<typeof unpack> => unpack(layout, params, frozen);
  const held: Held[] = [others];
  try {
    const before = await bind({
      ...{ backend, name: `${name}.before` },
      fn: ({ x, lengths, ...given }: Flat<Tensor> & Inputs) => form.before(weightsOf(given), x, masksOf(lengths, x, dtype)),
      inputs: { ...flat, ...others.arrays },
      held: [],
    });
    held.push(before);
    const { state, x } = allOrNothing((keep) => ({
      state: Object.fromEntries(specsIn(form).map(([path, spec]) => [path, keep(arrayOf(session, spec, batch, path))])),
      x: keep(arrayOf(session, row, batch, "x")),
    }));
    held.push(x, ...Object.values(state));
    const bound = { ...flat, state, fixed: before.outputs };
    const start = await bind({
      ...{ backend, name: `${name}.start`, inputs: bound, held: [] },
      fn: ({ state: into, fixed, ...given }: Flat<Tensor> & StateInputs) =>
        put(into, form.start(weightsOf(given), { batch, dtype, fixed })),
    });
    held.push(start);
    const step = await bind({
      ...{ backend, name, inputs: { ...bound, x }, held },
      fn: ({ state: kept, fixed, x: read, ...given }: Flat<Tensor> & StateInputs & { readonly x: Tensor }) => {
        const { outputs, state: next } = form.step(weightsOf(given), read, { state: nestedBy(form, kept), fixed });
        put(kept, next);
        return outputs;
      },
    });
    return { x, state, before, start, step };
  } catch (error) {
    disposeEach(held); // a second time does nothing
    throw error;
  }
}

function specsIn({ state }: StepForm): readonly (readonly [path: string, spec: Spec])[] {
  return leavesOf(state, isSpec) as [string, Spec][]; // layers declare these
}

function arrayOf({ backend, dtype }: Session, { shape, dtype: kind }: Spec, batch: number, name: string): NDArray {
  return zeros(backend, [batch, ...shape], { dtype: kind === "i32" ? "i32" : dtype, name });
}

/** What is kept, by layer. */
export function nestedBy({ state }: StepForm, arrays: Named<Tensor>): Named<Tree<Tensor>> {
  return mapTree(state, isSpec, (_, path) => entryOf(arrays, path)) as Named<Tree<Tensor>>; // a record maps to a record
}

function put(into: Named<Tensor>, tree: Named<Tree<Tensor>>): void {
  for (const [path, next] of tensorsOf(tree)) assign(entryOf(into, path), next);
}
