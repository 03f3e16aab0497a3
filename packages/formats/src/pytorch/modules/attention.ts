// nn.MultiheadAttention: one matrix of three blocks where queries, keys and values are of one size, three otherwise.
import type { Shape } from "@sluice/core";
import { blocksOf, reversedAxes, stacked } from "../arrays.ts";
import { reversed, same, type Named, type Part } from "../part.ts";

const threes = ["q", "k", "v"] as const;

/** `weights` by their keys in core. */
export function attentionParts(weights: Named<Shape>): readonly Part[] {
  const { wq = [], wk = [], wv = [], wo = [], bq, bo } = weights,
    isJoint = new Set([wq, wk, wv].map(([rows]) => rows)).size === 1;
  return [
    ...(isJoint
      ? [thirds("in_proj_weight", "w", wq)]
      : [wq, wk, wv].map((shape, i) => reversed(`${threes[i]}_proj_weight`, `w${threes[i]}`, shape))),
    ...(bq === undefined ? [] : [thirds("in_proj_bias", "b", bq)]),
    reversed("out_proj.weight", "wo", wo),
    ...(bo === undefined ? [] : [same("out_proj.bias", "bo", bo)]),
  ];
}

/** One tensor of three blocks of rows ↔ q, k and v. */
function thirds(tensor: string, letter: "w" | "b", shape: Shape): Part {
  const [first = 0, ...rest] = shape.toReversed(),
    keys = threes.map((each) => letter + each);
  return {
    tensors: { [tensor]: [3 * first, ...rest] },
    weights: Object.fromEntries(keys.map((key) => [key, shape])),
    take: (tensors) => Object.fromEntries(keys.map((key, i) => [key, reversedAxes(blocksOf(tensors[tensor]!, 3, [i]))])), // as declared
    give: (weights) => ({ [tensor]: stacked(keys.map((key) => reversedAxes(weights[key]!))) }), // likewise
  };
}

/** What a module of these tensors is in core; a size is 0 where its tensor is missing. */
export function attentionShapes(shapeOf: (name: string) => Shape | undefined, useBias: boolean): Named<Shape> {
  const [size = 0] = shapeOf("out_proj.weight") ?? [];
  const joint = shapeOf("in_proj_weight");
  const rows = (each: string): number => joint?.[1] ?? shapeOf(`${each}_proj_weight`)?.[1] ?? size;
  return {
    ...Object.fromEntries(threes.map((each) => [`w${each}`, [rows(each), size]])),
    wo: [size, size],
    ...(useBias && Object.fromEntries(["bq", "bk", "bv", "bo"].map((key) => [key, [size]]))),
  };
}
