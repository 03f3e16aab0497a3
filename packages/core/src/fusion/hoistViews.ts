// Views are hoisted over pointwise work, towards what is in memory anyway, so that chains meet in one kernel.
import * as make from "../graph/make.ts";
import type { Node, Pointwise, Window } from "../graph/node.ts";
import { consumers, freeParams, postorder } from "../graph/order.ts";
import { rewrite } from "../graph/rewrite.ts";
import { isInjective } from "../graph/window.ts";
import { expensiveOps } from "./rematerialise.ts";
import { canonicalPlace } from "./canonicalPlace.ts";

/**
 * view(f(x, y)) becomes f(view(x), view(y)) where nothing else wants f(x, y) in memory. A view that repeats elements does so only inside
 * loops, where it saves a kernel in every step, and for operations that are cheap to repeat. `stop` has done its work and goes.
 */
export function hoistViews(roots: readonly Node[]): Node[] {
  const order = postorder(roots),
    users = consumers(order),
    wanted = new Set(roots),
    stored = new Set<Node>();
  const isStored = (node: Node): boolean =>
    wanted.has(node) || users(node).some((u) => (u.kind === "view" ? isStored(u) : u.kind !== "pointwise" && u.kind !== "reduce"));
  const rule = (node: Node, old: Node): Node => {
    if (node.kind === "pointwise" && node.op === "stop") return node.args[0]!;
    if (isStored(old) && old.kind === "pointwise") stored.add(node);
    if (node.kind === "place") return canonicalPlace(node);
    if (node.kind !== "view") return node;
    return isInjective(node.window) || freeParams(old).size > 0 ? hoistView(node.x, node.window, stored) : node;
  };
  return rewrite(roots, rule, order);
}

function hoistView(x: Node, window: Window, stored: ReadonlySet<Node>): Node {
  const done = new Map<Node, Node>();
  const through = (node: Node): Node => {
    const known =
      done.get(node) ??
      (canHoistThrough(node, window, stored)
        ? make.pointwise(node.op as Exclude<Pointwise["op"], "copy" | "stop">, node.args.map(through), node.label)
        : make.view(node, window));
    done.set(node, known);
    return known;
  };
  return through(x);
}

function canHoistThrough(node: Node, window: Window, stored: ReadonlySet<Node>): node is Pointwise {
  if (node.kind !== "pointwise" || node.op === "copy" || node.op === "stop" || stored.has(node)) return false;
  return !expensiveOps.has(node.op) || isInjective(window);
}
