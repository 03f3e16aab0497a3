// Modules of PyTorch as weights of core's cells and attention, and of nn's layers: each by the name of the module, in the trees that these take.
import { type GruWeights, type HostArray, type LstmWeights, type Projections, type RnnWeights } from "@sluice/core";
import { attentionParts, attentionShapes } from "./modules/attention.ts";
import { batchNormParts, embeddingParts } from "./modules/plain.ts";
import { transformerParts, transformerShapes } from "./modules/transformer.ts";
import { cell, kernel, module, norm, recurrent, type BiasOption, type PrefixOption, type RecurrentOptions } from "./moduleWeights.ts";
import type { Named } from "./part.ts";

/** An array for each weight. */
export type ArraysOf<P> = P extends { readonly axes: unknown } ? HostArray : { readonly [K in keyof P]: ArraysOf<P[K]> };
type Ways<D, T> = [D] extends [true] ? { readonly forward: T; readonly backward: T } : T;
type Layers<L, T> = [L] extends [number] ? Times<L, T> : T;
type Times<N extends number, T, R extends readonly T[] = readonly []> = number extends N
  ? readonly T[]
  : R["length"] extends N
    ? R
    : Times<N, T, readonly [...R, T]>;
type Biased<B, T> = T & ([B] extends [false] ? unknown : { readonly bias: HostArray });
type Norm<B> = { readonly gamma: HostArray } & ([B] extends [false] ? unknown : { readonly beta: HostArray });
type Tensors = Named<HostArray>;

interface Block {
  readonly selfAttention: Required<Projections<HostArray>>;
  readonly selfAttentionNorm: Norm<true>;
  readonly feedforwardIntermediate: Biased<true, { readonly kernel: HostArray }>;
  readonly feedforwardOutput: Biased<true, { readonly kernel: HostArray }>;
  readonly feedforwardNorm: Norm<true>;
}

/**
 * The weights of one module, out of a record of tensors by name: `torchModules.lstm(tensors, { prefix: "encoder.rnn" })` is what `recurrence(lstm())` runs with.
 *
 * Arrays are new, the caller's own. Every tensor that begins with the prefix is taken. Throws INVALID_ARGUMENT for tensors that are missing or surplus, all of
 * them named, SHAPE_MISMATCH for those of another shape.
 */
export const torchModules = {
  /** nn.LSTM; with proj_size, `projection: true` here, there is `wr` (`lstm({ projection })`). */
  lstm<
    const L extends number | undefined = undefined,
    const D extends boolean = false,
    const B extends boolean = true,
    const P extends boolean = false,
  >(
    tensors: Tensors,
    options: RecurrentOptions<L, D, B> & { readonly projection?: P } = {},
  ): Layers<L, Ways<D, ArraysOf<LstmWeights<false, [P] extends [true] ? number : undefined, false, B>>>> {
    return recurrent("lstm", tensors, options) as never; // of the tree that the options say
  },
  /** nn.GRU: `gru()`, whose reset gate acts after the product. */
  gru<const L extends number | undefined = undefined, const D extends boolean = false, const B extends boolean = true>(
    tensors: Tensors,
    options: RecurrentOptions<L, D, B> = {},
  ): Layers<L, Ways<D, ArraysOf<GruWeights<"after", false, B>>>> {
    return recurrent("gru", tensors, options) as never; // likewise
  },
  /** nn.RNN: `rnn()`, with nonlinearity="relu" `rnn({ activation: "relu" })`. */
  rnn<const L extends number | undefined = undefined, const D extends boolean = false, const B extends boolean = true>(
    tensors: Tensors,
    options: RecurrentOptions<L, D, B> = {},
  ): Layers<L, Ways<D, ArraysOf<RnnWeights<B>>>> {
    return recurrent("rnn", tensors, options) as never; // likewise
  },
  /** nn.LSTMCell. */
  lstmCell<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): ArraysOf<LstmWeights<false, undefined, false, B>> {
    return cell("lstm", tensors, options) as never; // likewise
  },
  /** nn.GRUCell. */
  gruCell<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): ArraysOf<GruWeights<"after", false, B>> {
    return cell("gru", tensors, options) as never; // likewise
  },
  /** nn.RNNCell. */
  rnnCell<const B extends boolean = true>(tensors: Tensors, options: PrefixOption & BiasOption<B> = {}): ArraysOf<RnnWeights<B>> {
    return cell("rnn", tensors, options) as never; // likewise
  },
  /** nn.MultiheadAttention, with kdim and vdim too: `multiHeadAttention({ heads })`, whose number no tensor tells. */
  multiheadAttention<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): [B] extends [false] ? Pick<Projections<HostArray>, "wq" | "wk" | "wv" | "wo"> : Required<Projections<HostArray>> {
    return module("multiheadAttention", tensors, options, (shapeOf, bias) => attentionParts(attentionShapes(shapeOf, bias))) as never; // likewise
  },
  /** nn.TransformerEncoderLayer, by the names of `transformerEncoder` in nn. */
  transformerEncoderLayer(tensors: Tensors, options: PrefixOption = {}): Block {
    return module("transformerEncoderLayer", tensors, options, (shapeOf) => transformerParts(transformerShapes(shapeOf, false))) as never; // likewise
  },
  /** nn.TransformerDecoderLayer, by the names of `transformerDecoder` in nn. */
  transformerDecoderLayer(
    tensors: Tensors,
    options: PrefixOption = {},
  ): Block & { readonly crossAttention: Required<Projections<HostArray>>; readonly crossAttentionNorm: Norm<true> } {
    return module("transformerDecoderLayer", tensors, options, (shapeOf) => transformerParts(transformerShapes(shapeOf, true))) as never; // likewise
  },
  /** nn.Linear: `kernel` [features, units] and `bias` [units]. */
  linear<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): Biased<B, { readonly kernel: HostArray }> {
    return module("linear", tensors, options, kernel(0)) as never; // likewise
  },
  /** nn.Embedding: `embeddings` [indices, units]. */
  embedding(tensors: Tensors, options: PrefixOption = {}): { readonly embeddings: HostArray } {
    return module("embedding", tensors, options, (shapeOf) => embeddingParts({ embeddings: shapeOf("weight") ?? [] })) as never; // likewise
  },
  /** nn.Conv1d, with groups too: `kernel` [size, input / groups, filters], as `conv1d` takes it, and `bias` [filters]. */
  conv1d<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): Biased<B, { readonly kernel: HostArray }> {
    return module("conv1d", tensors, options, kernel(0)) as never; // likewise
  },
  /** nn.ConvTranspose1d of one group: `kernel` [size, filters, input], as `conv1dTranspose` takes it, and `bias` [filters]. */
  convTranspose1d<const B extends boolean = true>(
    tensors: Tensors,
    options: PrefixOption & BiasOption<B> = {},
  ): Biased<B, { readonly kernel: HostArray }> {
    return module("convTranspose1d", tensors, options, kernel(1)) as never; // likewise
  },
  /** nn.LayerNorm: `gamma` and `beta`, of its normalized_shape. Its epsilon is 1e-5. */
  layerNorm<const B extends boolean = true>(tensors: Tensors, options: PrefixOption & BiasOption<B> = {}): Norm<B> {
    return module("layerNorm", tensors, options, norm) as never; // likewise
  },
  /** nn.GroupNorm: `gamma` and `beta` [features]. */
  groupNorm(tensors: Tensors, options: PrefixOption = {}): Norm<true> {
    return module("groupNorm", tensors, options, norm) as never; // likewise
  },
  /** nn.RMSNorm: `gamma`. */
  rmsNorm(tensors: Tensors, options: PrefixOption = {}): Norm<false> {
    return module("rmsNorm", tensors, options, (shapeOf) => norm(shapeOf, false)) as never; // likewise
  },
  /** nn.BatchNorm1d with running statistics: `gamma`, `beta`, `movingMean` and `movingVariance` [features]. */
  batchNorm1d(
    tensors: Tensors,
    options: PrefixOption = {},
  ): Norm<true> & { readonly movingMean: HostArray; readonly movingVariance: HostArray } {
    return module("batchNorm1d", tensors, options, (shapeOf) => {
      const shape = shapeOf("weight") ?? [0];
      return batchNormParts({ gamma: shape, beta: shape, movingMean: shape, movingVariance: shape });
    }) as never; // likewise
  },
};
