// What reverse mode is, as a loop's gradient asks for it: a body is one more region to go through.
import type { Node } from "../graph/node.ts";

/** Gradients by node: what has none is not in it. */
export type Gradients = ReadonlyMap<Node, Node>;

/**
 * The gradients of everything between `seeds` (nodes with their upstream gradients) and the nodes for which `isTarget` holds, targets included.
 * Nodes below one for which `isEnd` holds, by default a target, are not visited through it.
 */
export type Backpropagate = (
  seeds: readonly (readonly [Node, Node])[],
  isTarget: (node: Node) => boolean,
  isEnd?: (node: Node) => boolean,
) => Gradients;
