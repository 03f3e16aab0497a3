// Recurrence: a function applied to a state, step after step.
import { checkFunction, checkText, record } from "../arguments/checks.ts";
import { count } from "../arguments/rules.ts";
import { show } from "../arguments/show.ts";
import { SluiceError } from "../errors.ts";
import { type Names, options as named } from "../arguments/options.ts";
import * as make from "../graph/make.ts";
import type { Loop, Param } from "../graph/node.ts";
import { sameShape } from "../shape.ts";
import { checkFlags, checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { who } from "./scope.ts";
import { isTensor, type Tensor } from "./tensor.ts";
import { leavesOf, mapTree, type Tree } from "./tree.ts";

export interface Scan<S, X, Y> {
  /** The state before the first step: a tree of tensors. */
  readonly state: S;
  /** What the steps see one row of, each [steps, …]. */
  readonly inputs: X;
  /** One step. The new state has the tree, shapes and dtypes of the old; the output may be anything. It may close over any traced tensor. */
  readonly step: (state: S, inputs: X) => { readonly state: S; readonly output: Y };
  /** Number of steps; needed only where there are no inputs. */
  readonly steps?: number;
  /** Go from the last row to the first; outputs keep their rows. Default false. */
  readonly reverse?: boolean;
  /** For slot names. */
  readonly name?: string;
}

const names: Names<Scan<unknown, unknown, unknown>> = { state: true, inputs: true, step: true, steps: true, reverse: true, name: true };

export interface Scanned<S, Y> {
  /** The state after the last step; the start where there are no steps. */
  readonly state: S;
  /** The outputs of all steps, each [steps, …]. */
  readonly outputs: Y;
}

/**
 * Runs `step` over the rows of `inputs`, carrying the state. Gradients flow to the starting state, the inputs and whatever the step closes over.
 * Throws SHAPE_MISMATCH where inputs differ in their number of rows or a new state differs from the old; DTYPE_MISMATCH likewise.
 */
export function scan<S extends Tree<Tensor>, X extends Tree<Tensor>, Y extends Tree<Tensor>>(options: Scan<S, X, Y>): Scanned<S, Y> {
  const {
    state,
    inputs,
    step,
    reverse = false,
    name = "scan",
  } = checkFlags("scan", named<Scan<S, X, Y>>(who("scan"), options, names), "reverse");
  checkText(who("scan"), "name", name);
  checkFunction(who("scan"), "step", step);
  const steps = countSteps(tensorsOf(inputs), options.steps);
  const slices: { param: Param; of: Tensor["node"] }[] = [],
    starts = tensorsOf(state);
  const seen = mapTensors(inputs, (x) => {
    const param = make.param(x.shape.slice(1), x.dtype, x.name);
    slices.push({ param, of: x.node });
    return x.derive(param, x.axes.slice(1), x.name);
  });
  const params = starts.map(([path, x]) => make.param(x.shape, x.dtype, `${name}.${path || "state"}`));
  let i = 0;
  const result = record(
    who("scan"),
    step(
      mapTensors(state, (x, path) => x.derive(params[i++]!, x.axes, path || x.name)),
      seen,
    ),
    "what a step returns",
  );
  const next = new Map(tensorsOf(result.state));
  const loop: Loop = {
    name,
    steps,
    reverse,
    slices,
    states: starts.map(([path, init], s) => ({ param: params[s]!, init: init.node, next: checkNext(path, init, next.get(path)).node })),
  };
  i = 0;
  return {
    state: mapTensors(state, (x) => x.derive(make.row(make.states(loop, i++), make.boundaryRow(loop, "end")), x.axes)),
    outputs: mapTensors(result.output, (y) => y.derive(make.stack(loop, y.node), [undefined, ...y.shape.map((_, axis) => y.axes[axis])])),
  };
}

/** Throws INVALID_ARGUMENT for a leaf that is no tensor. */
export function tensorsOf(tree: Tree<Tensor>): [path: string, tensor: Tensor][] {
  return leavesOf(tree, isTensor).map(([path, leaf]) => [path, tensorAt(leaf, path)]);
}

/** The tree with each tensor replaced; the type is kept because only leaves change. */
export function mapTensors<T extends Tree<Tensor>>(tree: T, visit: (x: Tensor, path: string) => Tensor): T {
  checkFunction("mapTensors", "visit", visit);
  return mapTree(tree, isTensor, (leaf, path) => visit(tensorAt(leaf, path), path)) as T;
}

function tensorAt(leaf: unknown, path: string): Tensor {
  checkTensor("a tree of tensors", leaf, path === "" ? "all of it" : path);
  return leaf;
}

function countSteps(inputs: readonly [string, Tensor][], given: number | undefined): number {
  const steps = given === undefined ? inputs[0]?.[1].shape[0] : given;
  if (steps === undefined || !count.accepts(steps))
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: who("scan"),
      what: `scan needs a number of steps, got ${show(steps)}`,
      fix: "Give inputs [steps, …], or `steps`",
    });
  for (const [path, x] of inputs)
    if (x.shape[0] !== steps)
      throw new SluiceError({
        code: "SHAPE_MISMATCH",
        who: who("scan"),
        what: `scan needs ${steps} rows of every input: ${path || "input"} is ${describe(x)}`,
        facts: { steps, shape: x.shape },
      });
  return steps;
}

function checkNext(path: string, old: Tensor, next: Tensor | undefined): Tensor {
  if (next !== undefined && sameShape(next.shape, old.shape) && next.dtype === old.dtype) return next;
  const came = next === undefined ? "nothing" : `${describe(next)} ${next.dtype}`;
  throw new SluiceError({
    code: next !== undefined && next.dtype !== old.dtype ? "DTYPE_MISMATCH" : "SHAPE_MISMATCH",
    who: who("scan"),
    what: `a step must return the state as it got it: ${path || "state"} was ${describe(old)} ${old.dtype}, came back as ${came}`,
    facts: { state: path },
  });
}
