// The first value of a graph that is not finite and that a result's not being finite comes from.
import type { TypedArray } from "@sluice/core";
import { children, interpret, type Computed, type Loop, type Node } from "@sluice/core/graph";

/** Something that is not finite, where it was first computed. */
export interface Origin {
  readonly node: Node;
  /** Of its elements, row-major. */
  readonly index: number;
  readonly value: number;
  readonly iterations: Computed["iterations"];
}

interface Found extends Origin {
  /** Of all that were found, in the order of computing. */
  readonly order: number;
}

export interface Searched {
  values(node: Node): TypedArray;
  /** Undefined where what these come from is finite throughout. */
  originOf(roots: readonly Node[]): Origin | undefined;
}

/**
 * Computes the roots, and remembers of each value the first time that it was not finite. What is chosen by a mask or lost on the way, such as −∞ under a softmax, is no
 * origin: only what leads to a root through values that are not finite themselves.
 */
export function search(roots: readonly Node[], known: ReadonlyMap<Node, TypedArray>): Searched {
  const found = new Map<Node, Found>();
  const loops = new Set<Loop>();
  const look = ({ node, values, iterations }: Computed): void => {
    if (node.kind === "stack" || node.kind === "states") loops.add(node.loop);
    if (node.kind === "const" || found.has(node) || node.dtype === "i32") return;
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) found.set(node, { node, index, value: values[index] ?? Number.NaN, iterations, order: found.size });
  };
  for (const [node, values] of known) look({ node, values, iterations: [] });
  const running = interpret(roots, known);
  let next = running.next();
  for (; next.done !== true; next = running.next()) look(next.value);
  const get = next.value;
  const sources = sourcesOf(loops);
  return {
    values: get,
    originOf(from) {
      const seen = new Set<Node>();
      const queue = [...from];
      let first: Found | undefined;
      for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
        if (seen.has(node)) continue;
        seen.add(node);
        const here = found.get(node);
        if (here === undefined && node.kind !== "param") continue;
        if (here !== undefined && (first === undefined || here.order < first.order)) first = here;
        queue.push(...(sources.get(node) ?? children(node)));
      }
      return first;
    },
  };
}

/** What a body sees of states and slices comes from outside of it, or from its step before. */
function sourcesOf(loops: ReadonlySet<Loop>): ReadonlyMap<Node, readonly Node[]> {
  const sources = new Map<Node, readonly Node[]>();
  for (const { states, slices } of loops) {
    for (const { param, init, next } of states) sources.set(param, [init, next]);
    for (const { param, of } of slices) sources.set(param, [of]);
  }
  return sources;
}
