// nn.TransformerEncoderLayer and nn.TransformerDecoderLayer: modules within a module.
import type { Shape } from "@sluice/core";
import { under, within, type Named, type Part } from "../part.ts";
import { attentionParts, attentionShapes } from "./attention.ts";
import { kernelParts, normParts } from "./plain.ts";

/** `weights` by the keys of `transformerEncoder` and `transformerDecoder` in nn. A decoder without a memory is an encoder layer that is given a causal mask. */
export function transformerParts(weights: Named<Shape>): readonly Part[] {
  const looksAtMemory = Object.hasOwn(weights, "crossAttention.wq");
  const part = (parts: (own: Named<Shape>) => readonly Part[], tensor: string, ours: string): readonly Part[] =>
    within(parts(under(weights, ours)), `${tensor}.`, `${ours}.`);
  return [
    ...part(attentionParts, "self_attn", "selfAttention"),
    ...part(normParts, "norm1", "selfAttentionNorm"),
    ...(looksAtMemory
      ? [...part(attentionParts, "multihead_attn", "crossAttention"), ...part(normParts, "norm2", "crossAttentionNorm")]
      : []),
    ...part(kernelParts, "linear1", "feedforwardIntermediate"),
    ...part(kernelParts, "linear2", "feedforwardOutput"),
    ...part(normParts, looksAtMemory ? "norm3" : "norm2", "feedforwardNorm"),
  ];
}

/** What a module of these tensors is in nn; a size is 0 where its tensor is missing. */
export function transformerShapes(shapeOf: (name: string) => Shape | undefined, isDecoder: boolean): Named<Shape> {
  const [width = 0, size = 0] = shapeOf("linear1.weight") ?? [];
  const attention = (tensor: string, ours: string): Named<Shape> =>
    Object.fromEntries(
      Object.entries(attentionShapes((name) => shapeOf(`${tensor}.${name}`), true)).map(([key, shape]) => [`${ours}.${key}`, shape]),
    );
  const norm = (ours: string): Named<Shape> => ({ [`${ours}.gamma`]: [size], [`${ours}.beta`]: [size] });
  return {
    ...attention("self_attn", "selfAttention"),
    ...norm("selfAttentionNorm"),
    ...(isDecoder && { ...attention("multihead_attn", "crossAttention"), ...norm("crossAttentionNorm") }),
    "feedforwardIntermediate.kernel": [size, width],
    "feedforwardIntermediate.bias": [width],
    "feedforwardOutput.kernel": [width, size],
    "feedforwardOutput.bias": [size],
    ...norm("feedforwardNorm"),
  };
}
