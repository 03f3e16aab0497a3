// Runs structures through core's public API. Each is traced and compiled once per backend, then fed fresh data.
import {
  bidirectional,
  gradient,
  gru,
  lstm,
  mgu,
  recurrence,
  rnn,
  stacked,
  variationalDropout,
  zoneout,
  type Backend,
  type Cell,
  type HostArray,
  type Recurrence,
  type RunResult,
  type Tensor,
} from "@sluice/core";
import { extrasOf, type CellChoice, type Choice, type Data, type Structure } from "../arbitraries/cells.ts";
import { stepsFirst, type Bounded } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import type { Read } from "./agree.ts";
import { compiled, hostedIn } from "./compiled.ts";

/** What a traced function gets. What the structure does not give is absent. */
export interface Inputs {
  readonly weights: Tree<Tensor>;
  readonly x: Tensor;
  readonly state?: Tree<Tensor>;
  readonly lengths?: Tensor;
  readonly mask?: Tensor;
  readonly extras?: Tree<Tensor>;
  readonly upstream: { readonly outputs: Tensor; readonly last: Tensor; readonly state: Tree<Tensor> };
}

export type Running = (backend: Backend, structure: Structure, data: Data, dtype: Float) => Promise<Tree<Read>>;

/** Runs what `trace` makes of a structure, compiled at its first use on a backend. */
export function running(trace: (structure: Structure) => (inputs: Inputs) => Tree<Tensor>): Running {
  const call = compiled(trace as (structure: Structure) => (inputs: never) => Tree<Tensor>); // whose arguments are those of `hosted`
  return (backend, structure, data, dtype) => call(backend, structure, hosted(structure, data, dtype));
}

/** Outputs, last, final states, and for the upstream gradients of all three the gradients of all weights, the input and all states. */
export const whole = running((structure) => (inputs) => {
  const { weights, x, state, upstream } = inputs;
  const run = ran(structure, inputs);
  return { ...run, gradients: gradient(lossOf(run, upstream), { weights, x, ...(state && { state }) }) };
});

/** Whose gradients for outputs, last and state the upstream ones are. */
export function lossOf({ outputs, last, state }: RunResult<Tree<Tensor>>, upstream: Inputs["upstream"]): Tensor {
  const parts = [outputs.mul(upstream.outputs), last.mul(upstream.last), ...weighted(state, upstream.state)];
  return parts.map((part) => part.sum()).reduce((sum, part) => sum.add(part));
}

/** The gradients alone, for an upstream gradient of the outputs alone. */
export const upstreamOnly = running((structure) => (inputs) => {
  const { weights, x, state, upstream } = inputs;
  return gradient(ran(structure, inputs).outputs, { weights, x, ...(state && { state }) }, upstream.outputs);
});

/** One bare step of the cell: x [batch, 1, input]. */
export const single = running(({ choice }) => ({ weights, x, state }) => {
  if (choice.kind !== "recurrence") throw new Error("only a single cell has a step");
  return coreCell(choice.cell).step(weights as Named, x.at(1, 0), state as Named);
});

type Named = Readonly<Record<string, Tensor>>;

// Which weights and states there are is data here. To core's types they are `never`: what no one has looked into.

function ran({ choice, timeMajor }: Structure, { weights, x, state, lengths, mask, extras }: Inputs): RunResult<Tree<Tensor>> {
  return coreOf(choice).run(weights as never, x, { state: state as never, extras: extras as never, lengths, mask, timeMajor });
}

function coreOf(choice: Choice): Recurrence<never, never> {
  switch (choice.kind) {
    case "recurrence":
      return unseen(recurrence(coreCell(choice.cell), { reverse: choice.reverse, initialState: choice.learnt ? "learnt" : "zeros" }));
    case "bidirectional":
      return unseen(bidirectional(coreCell(choice.forward), coreCell(choice.backward), { merge: choice.merge }));
    case "stacked":
      return unseen(stacked(choice.layers.map(coreOf)));
  }
}

function unseen(recurrence: unknown): Recurrence<never, never> {
  return recurrence as Recurrence<never, never>;
}

function coreCell(choice: CellChoice): Cell {
  const { cell: _, ...options } = choice;
  switch (choice.cell) {
    case "rnn":
      return rnn(options as object) as Cell;
    case "lstm":
      return lstm(options as object) as Cell;
    case "gru":
      return gru(options as object) as Cell;
    case "mgu":
      return mgu(options as object) as Cell;
    case "zoneout":
      return zoneout(coreCell(choice.of), { rates: choice.rates }) as Cell;
    case "variationalDropout":
      return variationalDropout(coreCell(choice.of), { states: choice.states }) as Cell;
    case "attending":
      throw new Error("an attending cell closes over its memory");
  }
}

function weighted(values: Tree<Tensor>, by: Tree<Tensor>): readonly Tensor[] {
  const factors = new Map(leaves(by));
  return leaves(values).map(([path, value]) => value.mul(factors.get(path)!));
}

/** As it is, or the steps first. */
function maskArray({ batch, steps, timeMajor }: Structure, mask: Int32Array): HostArray {
  if (!timeMajor) return { dtype: "i32", shape: [batch, steps], data: mask };
  return { dtype: "i32", shape: [steps, batch], data: mask.map((_, i) => mask[(i % batch) * steps + Math.floor(i / batch)]!) };
}

function hosted(structure: Structure, { weights, x, state, lengths, mask, extras, upstream }: Data, dtype: Float): Tree<HostArray> {
  const { timeMajor } = structure;
  const per = new Map(leaves(extrasOf(structure)));
  const of = hostedIn(dtype);
  const major = (tensor: Bounded) => of(timeMajor ? stepsFirst(tensor) : tensor);
  return {
    weights: mapTree(weights, of),
    x: major(x),
    ...(state && { state: mapTree(state, of) }),
    ...(lengths && { lengths: { dtype: "i32", shape: [lengths.length], data: lengths } satisfies HostArray }),
    ...(mask && { mask: maskArray(structure, mask) }),
    ...(extras && { extras: mapTree(extras, (leaf, path) => (per.get(path)!.per === "step" ? major(leaf) : of(leaf))) }),
    upstream: { outputs: major(upstream.outputs), last: of(upstream.last), state: mapTree(upstream.state, of) },
  };
}
