// The norms of a loss's derivatives with respect to the states of every recurrent layer, as a traced function.
import { constant, gradient, perturb, type Tensor, type WatchedRun } from "@sluice/core";
import type { SeenLoss } from "@sluice/nn/kit";
import { countsOf, recurrentRuns, type Looking, type Named, type RunName } from "../runs/recurrentRuns.ts";
import { there } from "../runs/there.ts";
import { rowNorms } from "./norms.ts";

/** Which of what `traceFlow` gives is whose: [steps, batch] each, of `norms` and, where not all steps count, of `counts`. */
export interface FlowPart extends RunName {
  readonly state: string;
  readonly norms: string;
  readonly counts: string | undefined;
}

/**
 * ∂L/∂s_t of each state s by ∂L/∂e_t, where s_t ← s_t + e_t with e = 0 stands in every step: whatever reads s_t reads the sum, so that it is the total
 * derivative, through the recurrence and the output.
 */
export function traceFlow({ loss }: Pick<SeenLoss, "loss">): { readonly given: Named; readonly parts: readonly FlowPart[] } {
  const { result: value, runs } = recurrentRuns(probing, () => loss());
  const found = gradient(
    value,
    runs.map(({ inputs }) => inputs),
  );
  const given: Record<string, Tensor> = { loss: value };
  const parts = runs.flatMap(({ run, inputs, layer, kind, cell, direction }, i): FlowPart[] => {
    const counted = countsOf(run);
    if (counted !== undefined) given[`counts ${i}`] = counted;
    return Object.keys(inputs).map((state) => {
      given[`${state} ${i}`] = rowNorms(there(found[i]?.[state]));
      return { layer, kind, cell, direction, state, norms: `${state} ${i}`, counts: counted && `counts ${i}` };
    });
  });
  return { given, parts };
}

const probing: Looking = ({ x, start }: WatchedRun) => ({
  inputs: Object.fromEntries(
    Object.entries(start).flatMap(([name, { shape, dtype }]) =>
      dtype === "i32" ? [] : [[name, constant(0, [x.shape[0] ?? 0, ...shape], dtype)]],
    ),
  ),
  step({ output, state, before, inputs }) {
    const names = Object.keys(inputs).filter((name) => state[name]?.node !== before[name]?.node); // a state that a step only passes on is no value of its own
    const by = new Map(names.map((name) => [there(state[name]), there(inputs[name])]));
    return { ...perturb({ output, state }, by), seen: {} };
  },
});
