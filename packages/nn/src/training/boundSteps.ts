// The Programs of a stream, bound to arrays of its own: what is known before, where it starts, and one step.
import { allOrNothing, zeros } from "@sluice/core";
import type { Binding, NDArray, Tensor } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { bind, disposeEach, type Held } from "../learner/bind.ts";
import type { Fixed } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { Session } from "./session.ts";
import type { Stepping } from "./stepping.ts";
import { keptBy, stepsOfForm } from "./steps.ts";

export interface BoundSteps {
  readonly x: NDArray;
  readonly state: Named<NDArray>;
  /** Computes what the steps read of the other inputs. */
  readonly before: Binding<Fixed<Tensor>>;
  readonly start: Binding<void>;
  readonly step: Binding<Named<Tensor>>;
}

/** Owns `others`. Throws what the backend does; then nothing is held. */
export async function bindSteps(who: string, session: Session, { form, row, batch, others }: Stepping): Promise<BoundSteps> {
  const { backend, dtype, model } = session;
  const { layout, flat } = session.variables(who);
  const name = `${model.name}.stream`;
  const steps = stepsOfForm(form, layout, { batch, dtype });
  const held: Held[] = [others];
  try {
    const before = await bind({
      ...{ backend, name: `${name}.before` },
      fn: steps.before,
      inputs: { ...flat, ...others.arrays },
      held: [],
    });
    held.push(before);
    const { state, x } = allOrNothing((keep) => ({
      state: Object.fromEntries(keptBy(form).map(([path, spec]) => [path, keep(arrayOf(session, spec, batch, path))])),
      x: keep(arrayOf(session, row, batch, "x")),
    }));
    held.push(x, ...Object.values(state));
    const bound = { ...flat, state, fixed: before.outputs };
    const start = await bind({
      ...{ backend, name: `${name}.start`, inputs: bound, held: [] },
      fn: steps.start,
    });
    held.push(start);
    const step = await bind({
      ...{ backend, name, inputs: { ...bound, x }, held },
      fn: steps.step,
    });
    return { x, state, before, start, step };
  } catch (error) {
    disposeEach(held); // a second time does nothing
    throw error;
  }
}

function arrayOf({ backend, dtype }: Session, { shape, dtype: kind }: Spec, batch: number, name: string): NDArray {
  return zeros(backend, [batch, ...shape], { dtype: kind === "i32" ? "i32" : dtype, name });
}
