// When is a wrong recurrence told from the right one? Where it leaves, on some example, what rounding can explain.
import type { Data, Structure } from "../arbitraries/cells.ts";
import { oracleOf } from "../arbitraries/cells.ts";
import { leaves } from "../tree.ts";
import { arithmetic, exact, type Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";
import type { Recurrence } from "./sequence.ts";

/** float32 on a poor machine. */
const float32 = arithmetic({ ulp: 2 ** -23, tiny: 2 ** -126, sum: 1, exp: 2, sqrt: 1, div: 2, sigmoid: 4, tanh: 4 });

export interface Case {
  readonly structure: Structure;
  readonly data: Data;
}

/** Whether some result is off by more than twice its bound: then no rounding within the bound can hide what is wrong. */
export function toldApart(wrong: Recurrence["run"], on: Case): boolean {
  const got = new Map(results(wrong, on, exact));
  return rightOf(on).some(([path, { value, error }]) => value.some((v, i) => !(Math.abs(v - got.get(path)!.value[i]!) <= 2 * error[i]!)));
}

const known = new WeakMap<Case, ReturnType<typeof results>>();

function rightOf(on: Case): ReturnType<typeof results> {
  const right = known.get(on) ?? results(oracleOf(on.structure.choice).run, on, float32);
  known.set(on, right);
  return right;
}

/** Outputs, last, final states and every gradient, by path. */
export function results(run: Recurrence["run"], { structure, data }: Case, machine: Arithmetic): readonly (readonly [string, Bounded])[] {
  const { upstream, ...given } = data;
  const { outputs, last, state, backward } = run({ arithmetic: machine, units: structure.units, ...given });
  return leaves<Bounded>({ outputs, last, state, gradients: backward(upstream) });
}
