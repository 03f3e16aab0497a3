// What a cell's gates see: biases and products of vectors with weights, each product layer-normalised where it has a gain
// (Ba, Kiros & Hinton 2016, equations 29–34 of the supplement). Written apart from core.
import type { Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";
import { layerNormalised } from "./normalise.ts";

export interface Product {
  readonly x: Bounded;
  readonly w: Bounded;
  readonly gain?: Bounded | undefined;
}

export interface Sum {
  readonly value: Bounded;
  /** For each product x·W, in order: from the gradient of the sum that of x·W itself, of W, and of the gain. */
  backward(d: Bounded): readonly { readonly d: Bounded; readonly w: Bounded; readonly gain?: Bounded }[];
}

/** Σ terms + Σ (x·W, or LN(x·W)∘gain). */
export function sum(arithmetic: Arithmetic, terms: readonly Bounded[], ...products: readonly Product[]): Sum {
  const { affine, outer, times } = arithmetic;
  const parts = products.map(({ x, w, gain }) => ({ x, w, gain, normal: gain && layerNormalised(arithmetic, affine([], [x, w])) }));
  const scaled = parts.flatMap(({ gain, normal }) => (normal ? [times(normal.value, gain!)] : []));
  const plain = parts.flatMap(({ x, w, normal }) => (normal ? [] : [[x, w] as const]));
  return {
    value: affine([...terms, ...scaled], ...plain),
    backward: (d) =>
      parts.map(({ x, gain, normal }) => {
        if (!normal) return { d, w: outer(x, d) };
        const inner = normal.backward(times(d, gain!));
        return { d: inner, w: outer(x, inner), gain: times(d, normal.value) };
      }),
  };
}
