// Rebuilding a graph bottom up: the frame of every pass. A rule sees each node with its children already rewritten.
import type { Loop, Node, Param } from "./node.ts";
import * as make from "./make.ts";
import { postorder } from "./order.ts";

export type Rule = (node: Node, old: Node) => Node;

/**
 * The roots with `rule` applied to every node below them, in their postorder, which may be given. Params stay as they are, so free ones keep
 * their meaning.
 */
export function rewrite(roots: readonly Node[], rule: Rule, order: readonly Node[] = postorder(roots)): Node[] {
  return rewriteOnto(new Map(), roots, order, rule);
}

/** The roots over other nodes: nothing below those that are known is looked at. */
export function substitute(roots: readonly Node[], known: ReadonlyMap<Node, Node>): Node[] {
  const order = postorder(roots, (leaf) => known.has(leaf));
  return rewriteOnto(new Map(known), roots, order, (node) => node);
}

function rewriteOnto(done: Map<Node, Node>, roots: readonly Node[], order: readonly Node[], rule: Rule): Node[] {
  const loops = new Map<Loop, Loop>();
  const get = (node: Node): Node => done.get(node) ?? node;
  for (const node of order) if (!done.has(node)) done.set(node, rule(withChildren(node, get, loops), node));
  return roots.map(get);
}

/** The node over other children; itself where nothing changed. */
export function withChildren(node: Node, get: (child: Node) => Node, loops: Map<Loop, Loop>): Node {
  switch (node.kind) {
    case "input":
    case "const":
    case "data":
    case "param":
      return node;
    case "pointwise": {
      if (node.args.every((x) => get(x) === x)) return node;
      const args = node.args.map(get);
      if (node.op === "copy") return make.copy(args[0]!, node.dtype);
      return node.op === "stop" ? make.stop(args[0]!) : make.pointwise(node.op, args, node.label);
    }
    case "view":
      return get(node.x) === node.x ? node : make.view(get(node.x), node.window);
    case "place":
      return node.pieces.every(({ x }) => get(x) === x)
        ? node
        : make.place(
            node.pieces.map(({ x, window }) => ({ x: get(x), window })),
            node.shape,
            node.dtype,
          );
    case "reduce":
      return get(node.x) === node.x ? node : make.reduce(node.combine, get(node.x), node.folded, node.label);
    case "matmul": {
      const a = get(node.a),
        b = get(node.b),
        plus = node.plus && get(node.plus);
      return a === node.a && b === node.b && plus === node.plus ? node : make.matmul(a, b, plus, node.label);
    }
    case "gather": {
      const table = get(node.table),
        index = get(node.index);
      return table === node.table && index === node.index ? node : make.gather(table, index, node.label);
    }
    case "scatter": {
      const source = get(node.source),
        index = get(node.index);
      return source === node.source && index === node.index ? node : make.scatter(source, index, node.shape[0]!, node.label);
    }
    case "stack": {
      const loop = loopOver(node.loop, get, loops),
        of = get(node.of);
      return loop === node.loop && of === node.of ? node : make.stack(loop, of);
    }
    case "states": {
      const loop = loopOver(node.loop, get, loops);
      return loop === node.loop ? node : make.states(loop, node.state);
    }
  }
}

function loopOver(loop: Loop, get: (child: Node) => Node, loops: Map<Loop, Loop>): Loop {
  const known = loops.get(loop);
  if (known !== undefined) return known;
  const states = loop.states.map((s) => ({ param: get(s.param) as Param, init: get(s.init), next: get(s.next) }));
  const slices = loop.slices.map((s) => ({ param: get(s.param) as Param, of: get(s.of) }));
  const same =
    states.every((s, i) => s.param === loop.states[i]!.param && s.init === loop.states[i]!.init && s.next === loop.states[i]!.next) &&
    slices.every((s, i) => s.param === loop.slices[i]!.param && s.of === loop.slices[i]!.of);
  const made = same ? loop : { ...loop, states, slices };
  loops.set(loop, made);
  return made;
}
