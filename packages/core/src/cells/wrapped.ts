// A cell around another one: the same weights and states, a step of its own, and masks beside the extras of the cell inside.
import { show } from "../arguments/show.ts";
import { SluiceError } from "../errors.ts";
import type { Tensor } from "../trace/tensor.ts";
import { cell, type Cell, type Extras, type ExtraSpec, type Given, type Sizes, type States, type Tensors, type Weights } from "./cell.ts";

/** "zoneout.h" and "zoneout.c" of the keys h and c. */
export type Prefixed<Prefix extends string, Keys> = { readonly [K in Keys & string as `${Prefix}.${K}`]: ExtraSpec };

export interface Wrapper<P, S, E> {
  /** For errors. */
  readonly who: string;
  /** In the names of its masks, "zoneout.h", and of the cell, "zoneout-lstm". */
  readonly prefix: string;
  /** Its masks, by their names without the prefix. */
  masks(sizes: Sizes): Extras;
  step(around: Around<P, S, E>): { readonly output: Tensor; readonly state: Tensors<S> };
}

/** What a step gets, and the masks that were given. */
export interface Around<P, S, E> {
  readonly weights: Tensors<P>;
  readonly x: Tensor;
  readonly state: Tensors<S>;
  readonly extras: Given<E>;
  mask(name: string): Tensor | undefined;
}

/** Throws INVALID_ARGUMENT for a cell that has masks of these names already: a wrapper within itself. */
export function wrapped<P extends Weights, S extends States, E extends Extras, X extends Extras>(
  inner: Cell<P, S, E>,
  { who, prefix, masks, step }: Wrapper<P, S, E>,
): Cell<P, S, E & X> {
  const extras = (sizes: Sizes): E & X => {
    const own = Object.entries(masks(sizes)).map(([name, spec]) => [`${prefix}.${name}`, spec] as const);
    return { ...inner.extras?.(sizes), ...Object.fromEntries(own) } as unknown as E & X; // X says these names
  };
  const taken = Object.keys(whatever((sizes) => inner.extras?.(sizes) ?? {})).find((name) => name.startsWith(`${prefix}.`));
  if (taken !== undefined) {
    const what = `${inner.name} has a mask "${taken}" already`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Wrap the cell once", facts: { extra: taken } });
  }
  return cell({
    name: `${prefix}-${inner.name}`,
    weights: (sizes) => inner.weights(sizes),
    state: (sizes) => inner.state(sizes),
    outputSize: (units) => inner.outputSize?.(units) ?? units,
    extras,
    step: (weights, x, state, given) =>
      step({ weights, x, state, extras: given, mask: (name) => (given as Given<Extras>)[`${prefix}.${name}`] }),
  });
}

/** The names of the states of a cell. Throws INVALID_ARGUMENT for a wanted one that is none of them. */
export function statesOf(who: string, inner: Cell, wanted: readonly string[] = []): string[] {
  const states = Object.keys(whatever((sizes) => inner.state(sizes))),
    at = wanted.findIndex((name) => !states.includes(name)),
    missing: unknown = wanted[at];
  if (at < 0) return states;
  const what = `${inner.name} has no state ${show(missing)}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: `It has ${states.join(", ")}`, facts: { state: missing } });
}

/** The states with each tensor replaced. */
export function mapStates<S>(states: Tensors<S>, visit: (x: Tensor, name: string) => Tensor): Tensors<S> {
  return Object.fromEntries(Object.entries<Tensor>(states).map(([name, x]) => [name, visit(x, name)])) as Tensors<S>; // name by name
}

/** What is declared for the first sizes that the cell takes: names do not depend on sizes, but a cell may refuse some, such as odd units. */
function whatever<T>(declare: (sizes: Sizes) => T): T {
  for (const n of [1, 2, 12])
    try {
      return declare({ input: n, units: n });
    } catch {
      continue;
    }
  return declare({ input: several, units: several });
}

/** Divisible by all that heads, groups and blocks come in: 1 … 10, 12, 16, 32, 64. */
const several = 20160;
