// Attention and products as ONNX graphs.
import type { Attention, Matmul, MultiHead } from "../../workloads/tasks.ts";
import { f32 } from "../layout.ts";
import { type Graph, type Node, reshape, transpose } from "./model.ts";

/** q, k and v [batch, steps, features] → y. */
export function attention({ heads, q }: Attention): Graph {
  return {
    ...attended(heads, q.shape, "y"),
    inputs: { q: q.shape, k: q.shape, v: q.shape },
    outputs: { y: q.shape },
  };
}

/** x [batch, steps, features] → y. */
export function multiHead({ heads, weights, x }: MultiHead): Graph {
  const inner = attended(heads, x.shape, "attended");
  const project = (from: string, weight: string, to: string): Node => ({ op: "MatMul", inputs: [from, weight], outputs: [to] });
  return {
    ...inner,
    nodes: [...["q", "k", "v"].map((name) => project("x", `w${name}`, name)), ...inner.nodes, project("attended", "wo", "y")],
    inputs: { x: x.shape },
    outputs: { y: x.shape },
    weights: { ...inner.weights, ...weights },
  };
}

export function matmul({ a, b }: Matmul): Graph {
  return {
    nodes: [{ op: "MatMul", inputs: ["a", "b"], outputs: ["y"] }],
    inputs: { a: a.shape, b: b.shape },
    outputs: { y: [a.shape[0]!, b.shape[1]!] },
  };
}

type Part = Required<Pick<Graph, "nodes" | "weights" | "integers">>;

/** softmax(q·kᵀ / √size)·v over heads, from values of those names to one of name `to`. One head needs no axis of its own. */
function attended(heads: number, shape: readonly number[], to: string): Part {
  const [batch, steps, features] = shape as [number, number, number];
  const size = features / heads;
  const weights = { scale: f32([], Float32Array.of(1 / Math.sqrt(size))) };
  if (heads === 1) return { nodes: [transpose("k", [0, 2, 1], "k turned"), ...scored("q", "k turned", "v", to, 2)], weights, integers: {} };
  const apart = (name: string, perm: readonly number[]): Node[] => [
    reshape(name, "apart", `${name} apart`),
    transpose(`${name} apart`, perm, `${name} heads`),
  ];
  return {
    nodes: [
      ...apart("q", [0, 2, 1, 3]),
      ...apart("k", [0, 2, 3, 1]),
      ...apart("v", [0, 2, 1, 3]),
      ...scored("q heads", "k heads", "v heads", "values", 3),
      transpose("values", [0, 2, 1, 3], "values apart"),
      reshape("values apart", "joined", to),
    ],
    weights,
    integers: { apart: [batch, steps, heads, size], joined: [batch, steps, features] },
  };
}

/** k is transposed; keys lie along `axis` of the scores. */
function scored(q: string, k: string, v: string, to: string, axis: number): Node[] {
  return [
    { op: "MatMul", inputs: [q, k], outputs: ["products"] },
    { op: "Mul", inputs: ["products", "scale"], outputs: ["scores"] },
    { op: "Softmax", inputs: ["scores"], outputs: ["weights"], attributes: { axis } },
    { op: "MatMul", inputs: ["weights", v], outputs: [to] },
  ];
}
