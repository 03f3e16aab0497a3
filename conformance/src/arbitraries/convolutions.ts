// Convolutions: their options, sizes and data.
import type { Bounded, ConvolutionOptions } from "../oracle/index.ts";
import type { Example } from "./examples.ts";
import { randoms, uniform } from "./numbers.ts";

export interface ConvolutionStructure {
  readonly options: ConvolutionOptions;
  /** batch, steps, input; size, filters. */
  readonly x: readonly [number, number, number];
  readonly kernel: readonly [number, number];
}

export type ConvolutionExample = Example<ConvolutionStructure>;

export interface ConvolutionData {
  readonly inputs: { readonly x: Bounded; readonly kernel: Bounded };
  /** Of the shape of what comes out; drawn after the inputs. */
  readonly upstreamOf: (output: readonly number[]) => Bounded;
}

export const convolutions: readonly ConvolutionStructure[] = [
  { options: {}, x: [2, 5, 3], kernel: [3, 4] },
  { options: {}, x: [1, 4, 2], kernel: [1, 3] },
  { options: {}, x: [2, 2, 3], kernel: [3, 2] }, // no window
  { options: { padding: "same" }, x: [2, 6, 5], kernel: [4, 3] },
  { options: { padding: "causal" }, x: [1, 2, 3], kernel: [4, 2] },
  { options: { padding: "same", stride: 2 }, x: [2, 7, 3], kernel: [3, 4] },
  { options: { stride: 3 }, x: [2, 8, 2], kernel: [2, 5] }, // steps that no window sees
  { options: { padding: "causal", dilation: 2 }, x: [2, 9, 4], kernel: [3, 3] },
  { options: { dilation: 3, stride: 2 }, x: [1, 12, 2], kernel: [2, 3] },
  { options: { padding: "same", groups: 2 }, x: [2, 5, 4], kernel: [3, 6] },
  { options: { groups: 2, dilation: 2, padding: "causal" }, x: [1, 6, 6], kernel: [2, 2] },
  { options: { groups: 3 }, x: [2, 5, 3], kernel: [3, 3] },
  { options: { groups: 4, padding: "same", stride: 2 }, x: [2, 5, 4], kernel: [2, 8] },
  { options: { padding: "same" }, x: [3, 33, 17], kernel: [5, 19] },
];

/** One line that names everything about a structure. */
export function describeConvolution({ structure: { options, x, kernel }, dtype, scale, seed }: ConvolutionExample): string {
  return `conv1d ${JSON.stringify(options)}, x [${x.join()}], size and filters [${kernel.join()}], ${dtype}, scale ${scale}, data seed ${seed}`;
}

export function convolutionDataOf({ structure, dtype, scale, seed }: ConvolutionExample): ConvolutionData {
  const random = randoms(uniform(seed), dtype);
  const { options, x, kernel } = structure;
  return {
    inputs: {
      x: random.like(0.1 * scale, 1.5 * scale)({ shape: x }),
      kernel: random.like(0.1, 1)({ shape: [kernel[0], x[2] / (options.groups ?? 1), kernel[1]] }),
    },
    upstreamOf: (output) => random.like(0.3, 1.5)({ shape: output }),
  };
}
