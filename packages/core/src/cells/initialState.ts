// Initial states that are learnt: one more weight for each state, the same for every row of the batch.
import { record } from "../arguments/checks.ts";
import { SluiceError } from "../errors.ts";
import { broadcastTo } from "../trace/movement.ts";
import { mapTensors } from "../trace/scan.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";
import type { Cell, Sizes, States, Tensors, Weight, Weights } from "./cell.ts";

/** How a run starts where it is given no state. */
export type InitialState = "zeros" | "learnt";

/** The weights of a cell with those of its initial state, where that is learnt. */
export type Started<P, S, I> = I extends "learnt" ? P & { readonly initial: { readonly [K in keyof S]: Weight } } : P;

/** The cell's weights and `initial`, zeros. Throws INVALID_ARGUMENT where the cell has a weight of that name. */
export function withInitial<P extends Weights, S extends States>(cell: Cell<P, S>, sizes: Sizes): Started<P, S, "learnt"> {
  const own = cell.weights(sizes);
  if ("initial" in own) {
    const what = `${cell.name} has a weight "initial", which a learnt initial state is called`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "recurrence", what, fix: "Give that weight another name" });
  }
  const initial = Object.fromEntries(Object.entries(cell.state(sizes)).map(([key, { axes }]) => [key, { axes, init: "zeros" }]));
  return { ...own, initial: initial as { readonly [K in keyof S]: Weight } }; // one for each state
}

/** What `withInitial` put together. */
export function apart<P, S>(weights: unknown): { readonly own: Tensors<P>; readonly initial: Tensors<S> } {
  const { initial, ...own } = record("recurrence.run", weights as { readonly initial: Tensors<S> }, "weights");
  return { own: own as Tensors<P>, initial };
}

/** The same for each row: […] → [batch, …]. */
export function forEachRow<S>(initial: Tensors<S>, batch: number): Tensors<S> {
  return mapTensors(initial as Tree<Tensor>, (t) => broadcastTo(t, [batch, ...t.shape])) as Tensors<S>;
}
