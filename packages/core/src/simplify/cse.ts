// Common subexpressions: equal operations on equal values become one node.
import { loopChildren, loopParams, type Loop, type Node } from "../graph/node.ts";
import { rewrite } from "../graph/rewrite.ts";

export function cse(roots: readonly Node[]): Node[] {
  const ids = new Map<Node | Loop | object, number>(),
    byKey = new Map<string, Node>();
  const id = (x: object): number => {
    const known = ids.get(x);
    if (known !== undefined) return known;
    ids.set(x, ids.size);
    return ids.size - 1;
  };
  return rewrite(roots, (node) => {
    const key = keyOf(node, id);
    if (key === undefined) return node;
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, node);
    return same ?? node;
  });
}

/** A text that two nodes share only if they mean the same; undefined for nodes that are nobody's equal. */
function keyOf(node: Node, id: (x: object) => number): string | undefined {
  switch (node.kind) {
    case "input":
    case "param":
      return undefined;
    case "const":
      return `const ${exact(node.value)} ${node.shape.join()} ${node.dtype}`;
    case "data":
      return node.data.length > 4096 ? undefined : `data ${node.dtype} ${node.shape.join("x")} ${Array.from(node.data, exact).join()}`;
    case "pointwise":
      return `${node.op} ${node.dtype} ${node.args.map(id).join()}`;
    case "view":
      return `view ${id(node.x)} ${node.window.offset} ${node.shape.join("x")} ${node.window.strides.join()}`;
    case "place":
      return `place ${node.shape.join("x")} ${node.pieces.map(({ x, window }) => `${id(x)}@${window.offset}:${window.strides.join()}`).join(" ")}`;
    case "reduce":
      return `${node.combine} ${id(node.x)} ${node.folded}`;
    case "matmul":
      return `matmul ${id(node.a)} ${id(node.b)} ${node.plus && id(node.plus)}`;
    case "gather":
      return `gather ${id(node.table)} ${id(node.index)}`;
    case "scatter":
      return `scatter ${id(node.source)} ${id(node.index)} ${node.shape[0]}`;
    case "stack":
      return `stack ${loopKey(node.loop, id)} ${id(node.of)}`;
    case "states":
      return `states ${loopKey(node.loop, id)} ${node.state}`;
  }
}

/** A number as a text of its own, −0 too. */
function exact(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Loops have params of their own, so two are the same only if they are one, perhaps rebuilt. */
function loopKey(loop: Loop, id: (x: object) => number): string {
  return [...loopParams(loop), ...loopChildren(loop)].map(id).join();
}
