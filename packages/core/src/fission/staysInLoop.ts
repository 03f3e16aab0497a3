// Which body values a loop computes itself, and which are computed over all steps outside it.
import type { Node } from "../graph/node.ts";
import { hasBroadcastAxis } from "../graph/window.ts";
import type { Analysis } from "./analyse.ts";
import { isLiftable } from "./lift.ts";

/**
 * Must a node remain in a scan: on the cycle, fed by pointwise work that is (and is not stored), or of a kind that has no form over all steps?
 * Not if it is spread: of what it is made of there is less to store for all steps.
 */
export function staysInLoop(body: Analysis): (node: Node) => boolean {
  const spread = new Map<Node, boolean>();
  /** What repeats elements, and pointwise work on nothing else, such as the hidden layer of a score for each query and key. */
  const isBroadcast = (node: Node): boolean => {
    const known = spread.get(node) ?? (body.isLoopVariant(node) && isSpreadFresh(node));
    spread.set(node, known);
    return known;
  };
  const isSpreadFresh = (node: Node): boolean => {
    if (node.kind === "view") return hasBroadcastAxis(node.window) || isBroadcast(node.x);
    return node.kind === "pointwise" && node.args.every((x) => !body.isLoopVariant(x) || isBroadcast(x));
  };
  const readsCycle = (node: Node): boolean =>
    operandsOf(node).some((x) => {
      if (!body.isLoopVariant(x) || x.kind === "param" || body.stateAssignedBy(x) !== undefined || isBroadcast(x)) return false;
      return body.isOnCycle(x) ? x.kind === "pointwise" || (x.kind === "view" && readsCycle(x)) : isRematerialisable(x) && readsCycle(x);
    });
  return (node) => {
    if (isBroadcast(node)) return false;
    if (body.isOnCycle(node) || !isLiftable(node, (x) => !body.isLoopVariant(x))) return true;
    return (isRematerialisable(node) || node.kind === "reduce") && readsCycle(node);
  };
}

/** Costs no more to compute again than to store. */
export function isRematerialisable(node: Node): boolean {
  return node.kind === "pointwise" || node.kind === "view" || node.kind === "place";
}

function operandsOf(node: Node): readonly Node[] {
  if (node.kind === "pointwise") return node.args;
  if (node.kind === "place") return node.pieces.map((piece) => piece.x);
  return node.kind === "view" || node.kind === "reduce" ? [node.x] : [];
}
