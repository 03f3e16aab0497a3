// The states of recurrent layers: what they look like, where they start, and how they go from one step to the next.
import { broadcastTo, constant, leavesOf, mapTree, SluiceError } from "@sluice/core";
import type { Cell, States, StateSpec, Tensor, Tensors, Tree, Weights } from "@sluice/core";
import type { Gives, Stepwise } from "./layer.ts";
import { describe, isSpec, type Spec } from "./spec.ts";

/** One step of the cell as it is. */
export function stepwiseOf<P extends Weights, S extends States>(cell: Cell<P, S>, state: Tree<Spec>): Stepwise {
  const own = (weights: Tree<Tensor>): Tensors<P> => {
    const { initial: _, ...rest } = weights as Tensors<P> & { readonly initial?: unknown }; // where it is learnt
    return rest as unknown as Tensors<P>; // what is left
  };
  return {
    state,
    start(weights, batch, beside, dtype) {
      const { initial } = weights as { readonly initial?: Readonly<Record<string, Tensor>> };
      const given = beside["initialState"];
      if (given !== undefined) return given;
      const rows = (spec: unknown, path: string): Tensor =>
        initial?.[path] === undefined
          ? constant(0, [batch, ...(spec as Spec).shape], dtype) // `isSpec` says so
          : broadcastTo(initial[path], [batch, ...initial[path].shape]);
      return mapTree(state, isSpec, rows) as Tree<Tensor>; // one for each
    },
    step(weights, x, context) {
      const { output, state: next } = cell.step(own(weights), x, context.state as Tensors<S>); // of its specs
      return { output, also: { state: next as Tree<Tensor> }, state: next as Tree<Tensor> }; // a record of states is a tree
    },
  };
}

export function specsOf(states: unknown): Tree<Spec> {
  const specOf = (leaf: unknown): Spec => {
    const { axes } = leaf as StateSpec; // `isState` says so
    return { shape: Object.values(axes), axes: Object.keys(axes), dtype: "float" };
  };
  return mapTree(states, isState, specOf) as Tree<Spec>; // one for each
}

export function namesOf(states: unknown): Gives {
  return mapTree(states, isState, () => true) as Gives; // likewise
}

function isState(value: unknown): boolean {
  return typeof value === "object" && value !== null && "axes" in value;
}

/** Throws SHAPE_MISMATCH for a state to start from that is another cell's. */
export function checkStart(who: string, state: Tree<Spec>, given: Tree<Spec> | undefined): void {
  if (given === undefined) return;
  const text = (tree: Tree<Spec>): string => leavesOf(tree, isSpec).map(([name, leaf]) => `${name} ${describe(leaf as Spec)}`).join(", "); // prettier-ignore
  const shapes = (tree: Tree<Spec>): string =>
    leavesOf(tree, isSpec)
      .map(([name, leaf]) => `${name} ${(leaf as Spec).shape.join()}`)
      .join("; "); // prettier-ignore -- of specs
  if (shapes(state) === shapes(given)) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `initialState must be ${text(state)}, got ${text(given)}`,
    fix: "Give it the state of a layer of the same cell and units, or one that dense layers made of another",
  });
}

export function twoStarts(who: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "a stateful layer starts from the batch before, and initialState names another start",
    fix: "Leave one of them out",
  });
}

export function noCarry(who: string, carrySteps: number, steps: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `carrySteps ${carrySteps} must be at most the ${steps} steps of a batch, of a stateful layer that goes forward`,
    fix: "Leave it out, or set stateful: true",
    facts: { carrySteps, steps },
  });
}
