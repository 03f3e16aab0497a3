// Walking a graph: children first, and which loop params a node still depends on.
import { children, loopParams, type Node, type Param } from "./node.ts";

/** Every node that the roots are computed from, loop bodies included, each after its children; nothing below a leaf. Not recursive: graphs may be deep. */
export function postorder(
  roots: readonly Node[],
  isLeaf: (node: Node) => boolean = () => false,
  childrenOf: (node: Node) => readonly Node[] = children,
): Node[] {
  const order: Node[] = [],
    seen = new Set<Node>();
  const stack: Visit[] = [];
  const enter = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const below = isLeaf(node) ? noNodes : childrenOf(node);
    if (below.length === 0) order.push(node);
    else stack.push({ node, below, next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.below[top.next++];
      if (child !== undefined) enter(child);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}

/** A node whose children are being visited. */
interface Visit {
  readonly node: Node;
  readonly below: readonly Node[];
  next: number;
}

const noNodes: readonly Node[] = [];
const none: ReadonlySet<Param> = new Set();

/** The params of enclosing loops that a node depends on. */
export type FreeParams = (node: Node) => ReadonlySet<Param>;

/** Found once per node, whoever asks: finished nodes never change. */
export const freeParams: FreeParams = findFreeParams();

/** The same with a memory of its own: for graphs with loops that still get slices. */
export function findFreeParams(): FreeParams {
  const known = new WeakMap<Node, ReadonlySet<Param>>();
  /** From those of its children, which are known. */
  const from = (node: Node): ReadonlySet<Param> => {
    if (node.kind === "param") return new Set([node]);
    const all = union(children(node).map((child) => known.get(child)!));
    return node.kind === "stack" || node.kind === "states" ? without(all, loopParams(node.loop)) : all;
  };
  return (node) => {
    if (!known.has(node))
      for (const below of postorder([node], (leaf) => known.has(leaf))) if (!known.has(below)) known.set(below, from(below));
    return known.get(node)!; // the last in its own postorder
  };
}

/** One of the sets itself where it holds all the others. */
function union(sets: readonly ReadonlySet<Param>[]): ReadonlySet<Param> {
  const largest = sets.reduce((x, y) => (y.size > x.size ? y : x), none);
  const rest = sets.filter((s) => s !== largest && s.size > 0 && ![...s].every((p) => largest.has(p)));
  return rest.length === 0 ? largest : new Set(sets.flatMap((s) => [...s]));
}

function without(set: ReadonlySet<Param>, params: readonly Param[]): ReadonlySet<Param> {
  const rest = [...set].filter((p) => !params.includes(p));
  return rest.length === 0 ? none : new Set(rest);
}

/** Who uses each node, in `order`; a loop's results use all of the loop. */
export function consumers(order: readonly Node[]): (node: Node) => readonly Node[] {
  const users = new Map<Node, Node[]>();
  for (const node of order)
    for (const child of children(node)) {
      const list = users.get(child);
      if (list === undefined) users.set(child, [node]);
      else if (list.at(-1) !== node) list.push(node); // once, however often it uses it
    }
  return (node) => users.get(node) ?? [];
}
