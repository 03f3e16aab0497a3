// A body operation over all steps at once: one rule per kind, each adding a leading axis of steps.
import * as make from "../graph/make.ts";
import type { Matmul, Node } from "../graph/node.ts";
import { sizeOf } from "../shape.ts";

/** Has the node a form over all steps? Loops inside loops, scatters, and lookups in a table that changes stay where they are. */
export function isLiftable(node: Node, isInvariant: (node: Node) => boolean): boolean {
  switch (node.kind) {
    case "pointwise":
    case "view":
    case "place":
    case "reduce":
    case "matmul":
      return true;
    case "gather":
      return isInvariant(node.table);
    default:
      return false;
  }
}

/** `node` [..] over all steps, [steps, ..], given its children likewise. */
export function liftNode(node: Node, steps: number, lift: (node: Node) => Node, isInvariant: (node: Node) => boolean): Node {
  switch (node.kind) {
    case "pointwise": {
      const args = node.args.map(lift);
      return node.op === "copy"
        ? make.copy(args[0]!, node.dtype)
        : node.op === "stop"
          ? make.stop(args[0]!)
          : make.pointwise(node.op, args, node.label);
    }
    case "view": {
      const { offset, shape, strides } = node.window;
      return make.view(lift(node.x), { offset, shape: [steps, ...shape], strides: [sizeOf(node.x.shape), ...strides] });
    }
    case "place": {
      const shape = [steps, ...node.shape];
      return make.place(
        node.pieces.map(({ x, window }) => ({
          x: lift(x),
          window: { offset: window.offset, shape: [steps, ...x.shape], strides: [sizeOf(node.shape), ...window.strides] },
        })),
        shape,
        node.dtype,
      );
    }
    case "reduce":
      return make.reduce(node.combine, lift(node.x), node.folded, node.label);
    case "matmul":
      return liftMatmul(node, steps, lift, isInvariant);
    case "gather": {
      const n = node.shape[0]!,
        rows = make.gather(node.table, make.reshape(lift(node.index), [steps * n]), node.label);
      return make.reshape(rows, [steps, ...node.shape]);
    }
    default:
      return node;
  }
}

/** Against a matrix that stays, steps are more rows of one product; otherwise they are a batch axis. */
function liftMatmul(
  { a, b, plus, shape, label }: Matmul,
  steps: number,
  lift: (node: Node) => Node,
  isInvariant: (node: Node) => boolean,
): Node {
  if (!isInvariant(b) || b.shape.length !== 2) return make.matmul(lift(a), lift(b), plus && lift(plus), label);
  const [m, n] = shape as [number, number],
    rows = (x: Node, width: number): Node => make.reshape(lift(x), [steps * m, width]);
  return make.reshape(make.matmul(rows(a, b.shape[0]!), b, plus && rows(plus, n), label), [steps, m, n]);
}
