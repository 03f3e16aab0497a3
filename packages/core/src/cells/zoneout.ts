// Zoneout (Krueger et al. 2016): now and then a unit keeps its old state.
import { mul, sub } from "../trace/arithmetic.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Cell, Extras, ExtraSpec, States, Weights } from "./cell.ts";
import { checkRate, record } from "../arguments/checks.ts";
import { options as only } from "../arguments/options.ts";
import { checkCell } from "./checkCell.ts";
import { mapStates, statesOf, wrapped, type Prefixed } from "./wrapped.ts";

export interface ZoneoutOptions<S> {
  /** Probability that a unit keeps its old state, in 0 … 1: of every state, or by name; a state that is not named is left alone. */
  readonly rates: number | { readonly [K in keyof S]?: number };
}

/**
 * A cell whose units keep their old state where a mask m says so (Krueger et al. 2016): s′ = m∘s + (1 − m)∘s_new.
 * Without masks, in inference, what is to be expected: s′ = rate·s + (1 − rate)·s_new.
 *
 * A run takes the masks as extras, "zoneout.h" [batch, steps, …] for the state h: 1 to keep the old, 0 to take the new.
 * Where the output is one of the new states, it is that state after zoning out.
 * Throws INVALID_ARGUMENT for a rate outside 0 … 1, a state there is not, and a cell that zones out already.
 */
export function zoneout<P extends Weights, S extends States, E extends Extras>(
  inner: Cell<P, S, E>,
  options: ZoneoutOptions<S>,
): Cell<P, S, E & Prefixed<"zoneout", keyof S>> {
  checkCell("zoneout", inner);
  const { rates } = only("zoneout", options, { rates: true });
  if (typeof rates !== "number") record("zoneout", rates, "rates");
  const named = typeof rates === "number" ? undefined : (rates as Readonly<Record<string, number>>), // K of S are strings
    states = statesOf("zoneout", inner, Object.keys(named ?? {}));
  const rateOf = new Map(Object.entries(named ?? Object.fromEntries(states.map((state) => [state, rates as number]))));
  for (const [state, rate] of rateOf) checkRate("zoneout", `the rate of ${state}`, rate);
  return wrapped(inner, {
    who: "zoneout",
    prefix: "zoneout",
    masks: (sizes) => {
      const kept = Object.entries(inner.state(sizes)).filter(([state]) => rateOf.has(state));
      return Object.fromEntries(kept.map(([state, { axes }]): [string, ExtraSpec] => [state, { axes, per: "step" }]));
    },
    step: ({ weights, x, state: old, extras, mask }) => {
      const { output, state: fresh } = inner.step(weights, x, old, extras);
      const zoned = mapStates(fresh, (s, name) => {
        const rate = rateOf.get(name);
        return rate === undefined ? s : between(mask(name) ?? rate, old[name]!, s);
      });
      const same = Object.keys(fresh).find((name) => fresh[name]!.node === output.node);
      return { output: same === undefined ? output : zoned[same]!, state: zoned };
    },
  });
}

/** keep·old + (1 − keep)·fresh */
function between(keep: Tensor | number, old: Tensor, fresh: Tensor): Tensor {
  return mul(keep, old).add(mul(typeof keep === "number" ? 1 - keep : sub(1, keep), fresh));
}
