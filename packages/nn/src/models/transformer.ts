// What the blocks of a transformer share (Vaswani et al. 2017, section 3.1): sublayers, each added to what it read and normalised, and the feedforward one.
import type { PlainInit, Projections, Weight } from "@sluice/core";
import { anyInit, boolean, finite, fraction, nonNegative, size } from "@sluice/core/arguments";
import { anyActivation, type Activation } from "../layers/activationFunction.ts";
import { add } from "../layers/add.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import type { ArraysOf, Known, LayerName } from "../layers/known.ts";
import type { Symbolic } from "../layers/layer.ts";
import { layerNormalization } from "../layers/layerNormalization.ts";
import { multiHeadAttention } from "../layers/multiHeadAttention.ts";
import type { Attended } from "../layers/selfAttention.ts";
import { layerName } from "../options/rules.ts";
import { type Filled, optional, preset, required, type Table } from "../options/table.ts";

export interface TransformerConfig {
  /** Width of the feedforward network between its two layers. */
  readonly intermediateDim: number;
  readonly numHeads: number;
  /** Probability that a weight of attention, and an element of what a sublayer gives, is dropped in training, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** The same of what the first layer of the feedforward network gives, where PyTorch drops too; Keras does not. Default 0. */
  readonly activationDropout?: number;
  /** Between the two layers of the feedforward network. Default "relu". */
  readonly activation?: Activation;
  /** Default 1e-5. */
  readonly layerNormEpsilon?: number;
  /** Normalise what a sublayer reads (Xiong et al. 2020) in place of the sum that it gives. Default false. */
  readonly normalizeFirst?: boolean;
  /** How projections and the kernels of the feedforward network start. Default "glorotUniform". */
  readonly kernelInitializer?: PlainInit;
  /** How their biases do. Default "zeros". */
  readonly biasInitializer?: PlainInit;
  /** Fixes this layer's dropout masks; by default they follow from the seed of `compile` and the layer's name. */
  readonly seed?: number;
  readonly name?: string;
}

export const transformerTable = {
  intermediateDim: required(size),
  numHeads: required(size),
  dropout: preset(fraction, 0),
  activationDropout: preset(fraction, 0),
  activation: preset(anyActivation, "relu"),
  layerNormEpsilon: preset(nonNegative, 1e-5),
  normalizeFirst: preset(boolean, false),
  kernelInitializer: preset(anyInit, "glorotUniform"),
  biasInitializer: preset(anyInit, "zeros"),
  seed: optional(finite),
  name: optional(layerName),
} satisfies Table<TransformerConfig>;

type Options = Filled<typeof transformerTable>;

interface Norm {
  readonly gamma: Weight;
  readonly beta: Weight;
}
interface Dense {
  readonly kernel: Weight;
  readonly bias: Weight;
}

/** The weights of a block, by its layers. */
export interface EncoderWeights {
  readonly selfAttention: Projections<Weight>;
  readonly selfAttentionNorm: Norm;
  readonly feedforwardIntermediate: Dense;
  readonly feedforwardOutput: Dense;
  readonly feedforwardNorm: Norm;
}
export interface DecoderWeights extends EncoderWeights {
  readonly crossAttention?: Projections<Weight>;
  readonly crossAttentionNorm?: Norm;
}

export type KnownBlock<K extends string, N extends LayerName, P> = Known<K, N, ArraysOf<P>>;

interface Sublayer<S> {
  readonly output: Symbolic;
  readonly inside: S;
}

/** The sublayer around what `make` gives: norm(x + make(x)), or x + make(norm(x)). */
function sublayer<S extends Symbolic>(part: string, x: Symbolic, options: Options, make: (read: Symbolic) => S): Sublayer<S> {
  const { layerNormEpsilon: epsilon, normalizeFirst, dropout: rate } = options;
  const norm = layerNormalization({ epsilon, name: `${part}Norm` });
  const inside = make(normalizeFirst ? norm(x) : x);
  const sum = add({ name: `${part}Residual` })([x, dropped(`${part}Dropout`, inside, rate, options)]);
  return { output: normalizeFirst ? sum : norm(sum), inside };
}

/** The sublayer `part`: attention of x to itself, or to `value`. */
export function attending(part: string, x: Symbolic, options: Options, { value, causal = false }: Looking = {}): Sublayer<Attended> {
  const { numHeads, dropout: rate, seed, kernelInitializer, biasInitializer } = options;
  const layer = multiHeadAttention({
    numHeads,
    causal,
    kernelInitializer,
    biasInitializer,
    dropout: rate,
    ...(seed !== undefined && { seed }),
    name: part,
  });
  return sublayer(part, x, options, (read) => layer(read, value === undefined ? {} : { value }));
}

interface Looking {
  readonly value?: Symbolic;
  readonly causal?: boolean;
}

/** The last sublayer of a block: activation(x·kernel + bias)·kernel + bias, as many features as x has. */
export function feedforward(x: Symbolic, features: number, options: Options): Symbolic {
  const { intermediateDim, activation, activationDropout, kernelInitializer, biasInitializer } = options;
  const starts = { kernelInitializer, biasInitializer };
  const { output } = sublayer("feedforward", x, options, (read) => {
    const wide = dense({ units: intermediateDim, activation, ...starts, name: "feedforwardIntermediate" })(read);
    const kept = dropped("feedforwardActivationDropout", wide, activationDropout, options);
    return dense({ units: features, ...starts, name: "feedforwardOutput" })(kept);
  });
  return output;
}

function dropped(name: string, x: Symbolic, rate: number, { seed }: Options): Symbolic {
  return rate === 0 ? x : dropout({ rate, name, ...(seed !== undefined && { seed }) })(x);
}
