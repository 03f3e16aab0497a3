// Reverse mode over one region of a graph: from gradients of some nodes to gradients of others.
import * as make from "../graph/make.ts";
import { children, type Loop, type Node } from "../graph/node.ts";
import { postorder } from "../graph/order.ts";
import type { Gradients } from "./gradients.ts";
import { loopContributions } from "./loop.ts";
import { contributions } from "./rules.ts";

/** See `Backpropagate`. */
export function backpropagate(
  seeds: readonly (readonly [Node, Node])[],
  isTarget: (node: Node) => boolean,
  isEnd: (node: Node) => boolean = isTarget,
): Gradients {
  const order = loopsWhole(seeds.map(([node]) => node)),
    active = activity(order, isTarget);
  const pending = new Map<Node, Node[]>(),
    done = new Map<Node, Node>();
  const contribute = (node: Node, gradient: Node): void => {
    if (!active.has(node)) return;
    const list = pending.get(node);
    if (list === undefined) pending.set(node, [gradient]);
    else list.push(gradient);
  };
  /** A target may depend on another. */
  const goesOn = (node: Node): boolean => !isEnd(node) && children(node).some((child) => active.has(child));
  for (const [node, gradient] of seeds) contribute(node, gradient);
  const heads = loopHeads(order);
  for (const node of order.toReversed()) {
    const terms = pending.get(node);
    if (terms !== undefined) done.set(node, make.sum(terms));
    if (node.kind === "stack" || node.kind === "states") {
      const results = heads.get(node)?.filter((result) => done.has(result) && goesOn(result)) ?? [];
      if (results.length > 0)
        for (const [to, gradient] of loopContributions(node.loop, results, { upstream: done, active, backpropagate }))
          contribute(to, gradient);
    } else if (terms !== undefined && goesOn(node)) {
      for (const [to, gradient] of contributions(done.get(node)!, node)) contribute(to, gradient);
    }
  }
  return done;
}

/** The nodes that depend on a target. A loop's states and slices do where what they start from or come from does. */
function activity(order: readonly Node[], isTarget: (node: Node) => boolean): ReadonlySet<Node> {
  const active = new Set(order.filter(isTarget));
  const pass = (): boolean => {
    const before = active.size;
    for (const node of order) {
      if (node.kind === "stack" || node.kind === "states") {
        for (const { param, of } of node.loop.slices) if (active.has(of)) active.add(param);
        for (const { param, init, next } of node.loop.states) if (active.has(init) || active.has(next)) active.add(param);
      }
      if (node.dtype !== "i32" && children(node).some((child) => active.has(child))) active.add(node);
    }
    return active.size > before;
  };
  while (pass());
  return active;
}

/**
 * A postorder in which all that a loop is made of comes before each of its results, what its other results stack included: then nothing that the
 * loop contributes to has had its turn, seen backwards, when the first of them has it.
 */
function loopsWhole(roots: readonly Node[]): readonly Node[] {
  const order = postorder(roots);
  const stacked = new Map<Loop, Node[]>();
  for (const node of order) if (node.kind === "stack") stacked.set(node.loop, [...(stacked.get(node.loop) ?? []), node.of]);
  const whole = (node: Node): readonly Node[] =>
    node.kind === "stack" || node.kind === "states" ? [...children(node), ...(stacked.get(node.loop) ?? [])] : children(node);
  return postorder(roots, undefined, whole);
}

/** The results of each loop under the first of them in `order`: seen backwards, all that uses the loop comes before it. */
function loopHeads(order: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const byLoop = new Map<Loop, Node[]>();
  for (const node of order) {
    if (node.kind !== "stack" && node.kind !== "states") continue;
    const results = byLoop.get(node.loop);
    if (results === undefined) byLoop.set(node.loop, [node]);
    else results.push(node);
  }
  return new Map([...byLoop.values()].map((results) => [results[0]!, results]));
}
