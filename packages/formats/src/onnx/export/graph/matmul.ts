// Products of matrices.
import type { Matmul, Node } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { elementwise, expand, matmul } from "../emission/operators.ts";
import type { Numbers } from "../emission/values.ts";
import type { Lowering } from "./lowering.ts";

/** Leading axes may be left to broadcast. */
export function emitMatmul(e: Emitter, lowering: Lowering, { a, b, plus, label }: Matmul): Numbers {
  const matrices = (node: Node): Numbers => {
    const x = lowering.spread(node),
      rank = node.shape.length;
    if (x.shape.length < 2) return lowering.value(node);
    return expand(e, x, [...x.shape.slice(0, -2), ...node.shape.slice(rank - 2)]);
  };
  const product = matmul(e, matrices(a), matrices(b), label);
  return plus === undefined ? product : elementwise(e, "Add", [product, lowering.spread(plus)]);
}
