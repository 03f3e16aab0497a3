// The state that a run starts from where it is given none.
import { SluiceError } from "../errors.ts";
import { constant } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Cell, States, Tensors, Weights } from "./cell.ts";
import type { FoundSizes } from "./sizesOf.ts";

/** Zeros for each state of `spec`: [batch, …]. Throws SHAPE_MISMATCH for weights that fit no number of units. */
export function zeroState<P extends Weights, S extends States>(
  cell: Cell<P, S>,
  weights: Tensors<P>,
  rows: Tensor,
  { fits }: FoundSizes,
  spec: States,
): Tensors<S> {
  if (!fits) throw unfit(cell.name, weights, rows);
  return Object.fromEntries(
    Object.entries(spec).map(([key, { axes }]) => [key, constant(0, [rows.shape[1]!, ...Object.values(axes)], rows.dtype)]),
  ) as Tensors<S>;
}

function unfit(name: string, weights: Readonly<Record<string, Tensor>>, rows: Tensor): SluiceError {
  const given = Object.entries(weights),
    came = given.map(([key, w]) => describe(w.derive(w.node, w.axes, key))).join(", ");
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who: `${name}.run`,
    what: `no number of units gives weights of these shapes: ${came || "none"}`,
    fix: `Make them with initialise(${name}.weights({ input: ${rows.shape[2]}, units }), …)`,
    facts: { shapes: Object.fromEntries(given.map(([key, w]) => [key, w.shape])) },
  });
}
