// Writes a graph down for people: a line per node, loops with their bodies. Programs have a printer of their own.
import { children, type Graph, type Loop, type Node, type Window } from "./node.ts";
import { postorder } from "./order.ts";
import { regionsOf } from "./regions.ts";
import { isReshape } from "./window.ts";

/**
 * A graph as text. Every node has a number; what it is called where it was traced stands behind it. A loop is shown where its first result is:
 * its states with where they start and what they become, what its steps see one row of, and its body.
 */
export function printGraph({ name, inputs, outputs, updates }: Graph): string {
  const roots = [...outputs, ...updates].map(({ node }) => node),
    order = postorder(roots),
    regions = regionsOf(order);
  const numbers = new Map<Node, number>(),
    loops = new Map<Loop, number>();
  for (const node of [...inputs, ...order]) if (!numbers.has(node)) numbers.set(node, numbers.size);
  const of = (node: Node): string => (node.kind === "const" ? `${node.value}` : `%${numbers.get(node)!}`); // every node of the graph has one
  const line = (node: Node, depth: number): string => {
    const label = node.label === undefined ? "" : `  ${node.label}`;
    return `${"  ".repeat(depth)}${of(node)} = ${operation(node, of, (loop) => loops.get(loop)!)}  ${node.dtype}[${node.shape.join("×")}]${label}`;
  };
  const lines: string[] = [`${name}: ${inputs.length} inputs, ${order.length} nodes`, ...inputs.map((input) => line(input, 1))];
  const body = (region: Loop | undefined, depth: number): void => {
    for (const node of order) {
      if (regions.of(node) !== region || node.kind === "input" || node.kind === "const" || node.kind === "param") continue;
      if ((node.kind === "stack" || node.kind === "states") && !loops.has(node.loop)) show(node.loop, depth);
      lines.push(line(node, depth));
    }
  };
  const show = (loop: Loop, depth: number): void => {
    const number = loops.size,
      indent = "  ".repeat(depth);
    loops.set(loop, number);
    lines.push(`${indent}loop ${number} ${loop.name}: ${loop.steps} steps${loop.reverse ? ", from the last to the first" : ""}`);
    for (const { param, of: rows } of loop.slices) lines.push(`${indent}  ${of(param)} = row of ${of(rows)}`);
    for (const { param, init, next } of loop.states) lines.push(`${indent}  ${of(param)} = state from ${of(init)}, then ${of(next)}`);
    body(loop, depth + 1);
  };
  body(undefined, 1);
  for (const { path, node } of outputs) lines.push(`  ${path || "result"} → ${of(node)}`);
  for (const { input, node } of updates) lines.push(`  ${of(input)} ← ${of(node)}`);
  return lines.join("\n");
}

/** How many nodes the results are computed from, bodies of loops included. */
export function nodesOf({ outputs, updates }: Graph): number {
  return postorder([...outputs, ...updates].map(({ node }) => node)).length;
}

function operation(node: Node, of: (node: Node) => string, numberOf: (loop: Loop) => number): string {
  const args = children(node).map(of);
  switch (node.kind) {
    case "pointwise":
      return `${node.op} ${args.join(" ")}`;
    case "view":
      return `view ${windowText(of(node.x), node.window, node.x)}`;
    case "place":
      return `place ${node.pieces.map(({ x, window }) => windowText(of(x), window, node)).join(", ")}`;
    case "reduce":
      return `${node.combine} of ${of(node.x)} over the last ${node.folded}`;
    case "matmul":
      return `${node.plus === undefined ? "" : `${of(node.plus)} + `}${of(node.a)} · ${of(node.b)}`;
    case "gather":
      return `${of(node.table)} at ${of(node.index)}`;
    case "scatter":
      return `${of(node.source)} added at ${of(node.index)}`;
    case "stack":
      return `stack of ${of(node.of)} over loop ${numberOf(node.loop)}`;
    case "states":
      return `states ${node.state} of loop ${numberOf(node.loop)}`;
    default:
      return node.kind;
  }
}

/** x through a window, as a Program's views are written: strides where it does not lie in order, then the offset. */
function windowText(x: string, window: Window, base: Node): string {
  if (isReshape(window, base.shape)) return x;
  return `${x} by ${window.strides.join()}${window.offset === 0 ? "" : ` @${window.offset}`}`;
}
