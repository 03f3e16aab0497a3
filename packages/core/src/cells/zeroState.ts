// The state that a run starts from where it is given none; how large it is follows from the weights.
import { SluiceError } from "../errors.ts";
import { constant } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { Tensor } from "../trace/tensor.ts";
import type { Cell, States, Tensors, Weights } from "./cell.ts";

/** Zeros for each state: [batch, …]. Throws SHAPE_MISMATCH for weights that fit no number of units. */
export function zeroState<P extends Weights, S extends States>(cell: Cell<P, S>, weights: Tensors<P>, rows: Tensor): Tensors<S> {
  const spec = cell.state({ input: rows.shape[2]!, units: unitsOf(cell, weights, rows) });
  return Object.fromEntries(
    Object.entries(spec).map(([key, { axes }]) => [key, constant(0, [rows.shape[1]!, ...Object.values(axes)], rows.dtype)]),
  ) as Tensors<S>;
}

/**
 * The units that the weights were made for: those with which the cell would declare weights of these shapes. Where they were made for
 * another input size, the step itself will say so, by name.
 */
function unitsOf<P extends Weights, S extends States>(cell: Cell<P, S>, weights: Tensors<P>, rows: Tensor): number {
  const given = Object.entries(weights as Readonly<Record<string, Tensor>>),
    sizes = given.flatMap(([, w]) => w.shape),
    largest = Math.max(0, ...sizes);
  for (const input of new Set([rows.shape[2]!, ...sizes]))
    for (let units = 0; units <= largest; units++) {
      const declared = cell.weights({ input, units }) as Weights;
      if (
        given.length > 0 &&
        given.length === Object.keys(declared).length &&
        given.every(([key, w]) => declared[key] !== undefined && Object.values(declared[key].axes).join() === w.shape.join())
      )
        return units;
    }
  const came = given.map(([key, w]) => describe(new Tensor(w.node, w.axes, key))).join(", ");
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: `${cell.name}.run`,
    what: `no number of units gives weights of these shapes: ${came || "none"}`,
    fix: `Make them with initialise(${cell.name}.weights({ input: ${rows.shape[2]}, units }), …)`,
    facts: { shapes: Object.fromEntries(given.map(([key, w]) => [key, w.shape])) },
  });
}
