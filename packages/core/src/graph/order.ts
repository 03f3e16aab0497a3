// Walking a graph: children first, and which loop params a node still depends on.
import { children, loopParams, type Node, type Param } from "./node.ts";

/** Every node that the roots are computed from, loop bodies included, each after its children; nothing below a leaf. Not recursive: graphs may be deep. */
export function postorder(roots: readonly Node[], isLeaf: (node: Node) => boolean = () => false): Node[] {
  const order: Node[] = [],
    seen = new Set<Node>();
  const stack: { readonly node: Node; readonly rest: Iterator<Node> }[] = [];
  const enter = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, rest: (isLeaf(node) ? [] : children(node)).values() });
  };
  for (const root of roots) {
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.rest.next();
      if (next.done !== true) enter(next.value);
      else order.push(stack.pop()!.node);
    }
  }
  return order;
}

const none: ReadonlySet<Param> = new Set();

/** The params of enclosing loops that each node of `order` depends on. */
export function freeParams(order: readonly Node[]): (node: Node) => ReadonlySet<Param> {
  const free = new Map<Node, ReadonlySet<Param>>();
  const of = (node: Node): ReadonlySet<Param> => free.get(node) ?? none;
  for (const node of order) {
    if (node.kind === "param") free.set(node, new Set([node]));
    else {
      const all = union(children(node).map(of));
      free.set(node, node.kind === "stack" || node.kind === "states" ? without(all, loopParams(node.loop)) : all);
    }
  }
  return of;
}

function union(sets: readonly ReadonlySet<Param>[]): ReadonlySet<Param> {
  const filled = sets.filter((s) => s.size > 0);
  if (filled.length <= 1) return filled[0] ?? none;
  return new Set(filled.flatMap((s) => [...s]));
}

function without(set: ReadonlySet<Param>, params: readonly Param[]): ReadonlySet<Param> {
  const rest = [...set].filter((p) => !params.includes(p));
  return rest.length === 0 ? none : new Set(rest);
}

/** Who uses each node, in `order`; a loop's results use all of the loop. */
export function consumers(order: readonly Node[]): (node: Node) => readonly Node[] {
  const users = new Map<Node, Node[]>();
  for (const node of order)
    for (const child of new Set(children(node))) {
      const list = users.get(child);
      if (list === undefined) users.set(child, [node]);
      else list.push(node);
    }
  return (node) => users.get(node) ?? [];
}
