// Sums and maxima over axes.
import { permutation, type Reduce } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { reduce } from "../emission/operators.ts";
import type { Numbers } from "../emission/values.ts";
import type { Lowering } from "./lowering.ts";
import { nth } from "../../read/there.ts";

/** Where x is another value with its axes moved so that those to be folded are last, they are folded where they are. */
export function emitReduce(e: Emitter, lowering: Lowering, { combine, x, folded }: Reduce): Numbers {
  const op = combine === "sum" ? "ReduceSum" : "ReduceMax",
    rank = x.shape.length;
  const order = x.kind === "view" && x.x.kind !== "states" ? permutation(x.window, x.x.shape) : undefined;
  const kept = order?.slice(0, rank - folded) ?? [];
  if (x.kind === "view" && order !== undefined && kept.every((axis, k) => k === 0 || axis > nth(kept, k - 1))) {
    const axes = order.slice(rank - folded).toSorted((a, b) => a - b);
    return reduce(e, op, lowering.value(x.x), axes);
  }
  return reduce(e, op, lowering.value(x), x.shape.map((_, axis) => axis).slice(rank - folded));
}
