// What each kind of task is given, and what its result is. Whoever contends makes it ready from this alone.
import type { HostArray } from "@sluice/core";

/** Arrays are row-major, float32 unless said otherwise; a contender copies what it keeps. */
export interface Tasks {
  /** Cells over sequences from a zero state. The result is the outputs of all steps, [batch, steps, units]. */
  readonly lstmInference: Sequence<LstmWeights>;
  readonly gruInference: Sequence<GruWeights>;
  readonly ownInference: Sequence<OwnWeights>;
  /** Layers from the bottom, in both directions, each with the outputs side by side: [batch, steps, 2·units]. */
  readonly bidirectionalInference: Sequence<readonly BothWays[]>;
  /** One step a run, the state kept: run n writes step n of x, over and over, and reads the output. The result is that output, [batch, units]. */
  readonly lstmStreaming: Sequence<LstmWeights>;
  readonly gruStreaming: Sequence<GruWeights>;
  /** One step of training. The result is the loss before the update. */
  readonly lstmTraining: Training<LstmWeights>;
  readonly gruTraining: Training<GruWeights>;
  readonly charModelTraining: CharModel;
  /** The result is the attended values, as q is laid out. */
  readonly attention: Attention;
  readonly multiHead: MultiHead;
  /** The gradients of the mean squared distance of those values from `target`: of q, k, v; of wq, wk, wv, wo, x; one after the other. */
  readonly attentionGradient: Attention & Targeted;
  readonly multiHeadGradient: MultiHead & Targeted;
  /** The result is [batch, steps, filters]. */
  readonly convolution: Convolution;
  /** The gradients of the mean squared distance of that from `target`: of x and of the kernel, one after the other. */
  readonly convolutionGradient: Convolution & Targeted;
  /** The gradients of the mean squared distance of what is normalised from `target`: of x, gamma and beta, one after the other. */
  readonly batchNormalizationGradient: BatchNormalization & Targeted;
  /** The gradient of the mean of −log softmax(logits)[label], of the logits. */
  readonly crossEntropyGradient: CrossEntropy;
  /** The result is [m, n]. */
  readonly matmul: Matmul;
}
export type TaskName = keyof Tasks;

/** wx [input, 4·units], wh [units, 4·units] and b [4·units], gate columns i f g o, as `lstm` of core has them. */
export type LstmWeights = Arrays<"wx" | "wh" | "b">;

/** wx [input, 3·units], wh [units, 3·units] and b [3·units], gate columns z r n; `bh` [units] where, and only where, reset is after the product. */
export type GruWeights = Arrays<"wx" | "wh" | "b"> & Partial<Arrays<"bh">>;

/** wx [input, 4·units], wh [units, 3·units], wz [units, units] and b [4·units], as `lem` in `src/cells` has them. */
export type OwnWeights = Arrays<"wx" | "wh" | "wz" | "b">;

export interface BothWays {
  readonly forward: LstmWeights;
  readonly backward: LstmWeights;
}

export interface Sequence<W> {
  readonly weights: W;
  /** [batch, steps, input] */
  readonly x: HostArray;
}

export interface Updated {
  /** Adam (Kingma & Ba 2015, algorithm 1), β₁ 0.9, β₂ 0.999. */
  readonly learningRate: number;
  readonly epsilon: number;
}

/** w [units, outputs], b [outputs] */
export type DenseWeights = Arrays<"w" | "b">;

/** A cell whose last output goes through a dense layer to one number; mean squared error. */
export interface Training<W> extends Updated {
  readonly weights: W;
  readonly dense: DenseWeights;
  /** [batch, steps, input] */
  readonly x: HostArray;
  /** [batch, 1] */
  readonly y: HostArray;
}

/** Which character comes next: an embedding, an LSTM, a dense layer to logits at every step; mean cross-entropy over batch and steps. */
export interface CharModel extends Updated {
  /** [vocabulary, width] */
  readonly embedding: HostArray;
  readonly lstm: LstmWeights;
  readonly dense: DenseWeights;
  /** i32 [batch, steps], as is `next`: the character after each. */
  readonly characters: HostArray;
  readonly next: HostArray;
}

/** softmax(q·kᵀ / √size)·v (Vaswani et al. 2017), over heads of equal size that lie side by side in the last axis. */
export interface Attention {
  readonly heads: number;
  /** [batch, steps, features], each of the three */
  readonly q: HostArray;
  readonly k: HostArray;
  readonly v: HostArray;
}

/** x·wq, x·wk and x·wv attend, and their values go through wo. Matrices are [features, features]; without biases. */
export interface MultiHead {
  readonly heads: number;
  readonly weights: Arrays<"wq" | "wk" | "wv" | "wo">;
  /** [batch, steps, features] */
  readonly x: HostArray;
}

export interface Targeted {
  /** As the result of the forward task. */
  readonly target: HostArray;
}

/** Over steps, causal: each sees itself and those before it, `dilation` apart, zeros before the first. A cross-correlation, as in all of the field. */
export interface Convolution {
  readonly dilation: number;
  /** [batch, steps, input] */
  readonly x: HostArray;
  /** [size, input, filters] */
  readonly kernel: HostArray;
}

/** a [m, k] · b [k, n] */
export interface Matmul {
  readonly a: HostArray;
  readonly b: HostArray;
}

/** (x − μ) / √(σ² + epsilon)·gamma + beta, with mean and biased variance over the rows of x (Ioffe & Szegedy 2015). */
export interface BatchNormalization extends Arrays<"gamma" | "beta"> {
  /** [rows, features] */
  readonly x: HostArray;
  readonly epsilon: number;
}

export interface CrossEntropy {
  /** [rows, classes] */
  readonly logits: HostArray;
  /** i32 [rows] */
  readonly labels: HostArray;
}

type Arrays<K extends string> = Readonly<Record<K, HostArray>>;
