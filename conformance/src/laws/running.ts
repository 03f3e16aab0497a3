// Runs structures through core's public API. Each is traced and compiled once per backend, then fed fresh data.
import {
  bidirectional,
  compile,
  gradient,
  gru,
  lstm,
  recurrence,
  rnn,
  stacked,
  type Backend,
  type Cell,
  type HostArray,
  type NDArray,
  type Recurrence,
  type RunResult,
  type Tensor,
} from "@sluice/core";
import type { CellChoice, Choice, Data, Structure } from "../arbitraries/cells.ts";
import { stepsFirst, type Bounded } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { leaves, mapTree, type Tree } from "../tree.ts";
import type { Read } from "./agree.ts";

/** What a traced function gets. What the structure does not give is absent. */
export interface Inputs {
  readonly weights: Tree<Tensor>;
  readonly x: Tensor;
  readonly state?: Tree<Tensor>;
  readonly lengths?: Tensor;
  readonly upstream: { readonly outputs: Tensor; readonly last: Tensor; readonly state: Tree<Tensor> };
}

export type Running = (backend: Backend, structure: Structure, data: Data, dtype: Float) => Promise<Tree<Read>>;

/** Runs what `trace` makes of a structure, compiled at its first use on a backend. */
export function running(trace: (structure: Structure) => (inputs: Inputs) => Tree<Tensor>): Running {
  const made = new WeakMap<Backend, Map<string, Call>>();
  return async (backend, structure, data, dtype) => {
    const known = made.get(backend) ?? new Map<string, Call>();
    made.set(backend, known);
    const key = JSON.stringify(structure);
    const call = known.get(key) ?? (compile(backend, trace(structure) as (inputs: never) => unknown) as unknown as Call);
    known.set(key, call);
    return readAll(await call(hosted(structure, data, dtype)));
  };
}

/** A compiled function, without the types that mirror its trees: those are data here. */
type Call = (inputs: Tree<HostArray>) => Promise<Tree<NDArray>>;

/** Outputs, last, final states, and for the upstream gradients of all three the gradients of all weights, the input and all states. */
export const whole = running((structure) => (inputs) => {
  const { weights, x, state, upstream } = inputs;
  const { outputs, last, state: final } = ran(structure, inputs);
  const parts = [outputs.mul(upstream.outputs), last.mul(upstream.last), ...weighted(final, upstream.state)];
  const loss = parts.map((part) => part.sum()).reduce((sum, part) => sum.add(part));
  return { outputs, last, state: final, gradients: gradient(loss, { weights, x, ...(state && { state }) }) };
});

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

function ran({ choice, timeMajor }: Structure, { weights, x, state, lengths }: Inputs): RunResult<Tree<Tensor>> {
  return coreOf(choice).run(weights as never, x, { state: state as never, lengths, timeMajor });
}

function coreOf(choice: Choice): Recurrence<never, never> {
  switch (choice.kind) {
    case "recurrence":
      return unseen(recurrence(coreCell(choice.cell), { reverse: choice.reverse }));
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
  switch (choice.cell) {
    case "rnn":
      return rnn({ activation: choice.activation });
    case "lstm":
      return lstm();
    case "gru":
      return gru({ reset: choice.reset, update: choice.update });
  }
}

function weighted(values: Tree<Tensor>, by: Tree<Tensor>): readonly Tensor[] {
  const factors = new Map(leaves(by));
  return leaves(values).map(([path, value]) => value.mul(factors.get(path)!));
}

function hosted({ timeMajor }: Structure, { weights, x, state, lengths, upstream }: Data, dtype: Float): Tree<HostArray> {
  const of = ({ shape, value }: Bounded): HostArray => ({ dtype, shape, data: dtype === "f32" ? Float32Array.from(value) : value });
  const major = (tensor: Bounded) => of(timeMajor ? stepsFirst(tensor) : tensor);
  return {
    weights: mapTree(weights, of),
    x: major(x),
    ...(state && { state: mapTree(state, of) }),
    ...(lengths && { lengths: { dtype: "i32", shape: [lengths.length], data: lengths } satisfies HostArray }),
    upstream: { outputs: major(upstream.outputs), last: of(upstream.last), state: mapTree(upstream.state, of) },
  };
}

async function readAll(arrays: Tree<NDArray>): Promise<Tree<Read>> {
  const read = await Promise.all(leaves(arrays).map(async ([path, array]) => [path, await array.read()] as const));
  const data = new Map(read);
  return mapTree(arrays, (array, path) => {
    array.dispose();
    return { shape: array.shape, data: data.get(path)! };
  });
}
