// What a layer is: a configuration that, built for one sample's shape, gives its weights and a traced function of them; and the values that graphs of layers are made of.
import type { HostArray, Shape, Tensor, Tree, Weight, WeightTensors } from "@sluice/core";
import type { Regularizer } from "../weights/regularizer.ts";
import type { Activation } from "./activationFunction.ts";
import type { Spec } from "./spec.ts";

/** A layer before it knows its input: plain configuration, so one layer may stand in several models. X is what it reads: one sample, or a tree of them; P are its weights. */
export interface LayerDefinition<X = Spec, P extends Tree<Weight> = Tree<Weight>> {
  /** Keras's class name in camelCase, "dense". With `config` it is what a saved model keeps of the layer. */
  readonly kind: string;
  /** JSON; holds everything the layer was made from. */
  readonly config: object & { readonly name?: string };
  /** What a sample must look like, where the layer fixes it. */
  readonly input?: Spec;
  /** Present where the layer reads indices: they lie in 0 … indices − 1. By name where it `takes` a record. */
  readonly indices?: number | Readonly<Record<string, number | undefined>>;
  /** What its input is, where it is not one value: a list of them, a record by these names, or any tree. */
  readonly takes?: "list" | "any" | readonly string[];
  /** The weights that it comes with, by key, as a loaded model does; the others are drawn. */
  readonly start?: Readonly<Record<string, HostArray>>;
  /** Why no file can hold it, where none can: "is a function". */
  readonly unsavable?: string;
  /** The names of what it gives, where that is more than one value: { next: true, alignment: true }. */
  readonly gives?: Gives;
  /** What stands beside the value that it gives, as its properties: { state: { h: true } }. */
  readonly also?: Gives;
  /** What its call may name beside x; default nothing. */
  readonly reads?: readonly string[];
  /**
   * The layer for samples like `input`, and beside it those that its call names; pure, `who` names it in errors.
   * Throws SHAPE_MISMATCH or DTYPE_MISMATCH with the axes by name.
   */
  build(input: X, who: string, beside?: Beside<Spec>): Built<X, P>;
}

/** What `layer` takes: a definition whose `apply` gets a tensor for each of the weights W. */
export interface OwnDefinition<X, W> extends Omit<LayerDefinition<X>, "build"> {
  build(input: X, who: string, beside?: Beside<Spec>): OwnBuilt<X, W>;
}

/** A layer that is called on symbolic values; used twice it has one set of weights. */
export interface Layer<X = Spec> extends LayerDefinition<X> {
  (x: InPlace<X, Symbolic>, beside?: Beside<Symbolic>): Symbolic;
}

/** A tree of specs with something else for each. */
export type InPlace<X, T> = X extends Spec ? T : { readonly [K in keyof X]: InPlace<X[K], T> };

/** Of whatever it reads. */
export type AnyLayer = LayerDefinition<never>;

/** What else a layer reads beside its input, by name: the state that a recurrence starts from, the keys of attention. */
export type Beside<T> = Readonly<Record<string, Tree<T>>>;

/** A tree of names. */
export interface Gives {
  readonly [name: string]: true | Gives;
}

export interface Built<X = Spec, P extends Tree<Weight> = Tree<Weight>> {
  /** Of one sample; a tree of them where the layer `gives` more than one value. */
  readonly output: Tree<Spec>;
  /** What stands beside it. */
  readonly also?: Beside<Spec>;
  readonly weights: P;
  /** What is random in the layer while it trains, one or by name; drawn on the host, so every backend has the same. */
  readonly drawn?: Tree<Drawn | undefined>;
  /** What lives from batch to batch, of one sample; zeros at first. */
  readonly carried?: Tree<Spec>;
  /** What stands behind `apply`: the model applies it, so that a loss can read what lies in front of it. */
  readonly activation?: Activation;
  /** Whether it gives the numbers of x, each as it is, in another shape: what lies in front of an activation goes through it too. Default false. */
  readonly passes?: boolean;
  /** What the size of its output, with the activation, adds to the loss: per sample, over the steps that count. */
  readonly activityRegularizer?: Regularizer | undefined;
  /** How it runs one step of a sequence at a time; "pointwise" where `apply` does, without the axis of steps. Absent where it reads later steps. */
  readonly stepwise?: "pointwise" | ((limits: StepLimits) => Stepwise<X>);
  /**
   * x [batch, …input.shape] → [batch, …output.shape]. What it returns has the mask of x where its first axis is still that of the steps;
   * `masked` gives another. What stands beside it comes by `withAlso`.
   */
  apply(weights: Tree<Tensor>, x: InPlace<X, Tensor>, context: LayerContext): Tree<Tensor | Masked> | Also;
}

/** What a layer may read beside weights and input. */
export interface LayerContext {
  /** What was drawn, each [batch, …shape]; there in training only. */
  readonly drawn?: Tree<Tensor | undefined>;
  /**
   * Steps of x that count, [batch, steps], not 0 where one does; absent where all do. Of several inputs, those that count in all; absent too where
   * they have unlike numbers of steps.
   */
  readonly mask?: Tensor | undefined;
  /** The mask of each input, in the tree of x. */
  readonly masks?: Tree<Tensor | undefined>;
  /** What the call names beside x. */
  readonly beside?: Beside<Tensor>;
  /** The masks of these. */
  readonly besideMasks?: Beside<Tensor | undefined>;
  /** What `carried` declares, as the batch before left it; `next` takes what it becomes. */
  readonly carried?: { readonly before: Tree<Tensor>; next(after: Tree<Tensor>): void } | undefined;
  /** There where there is a loss: in training and evaluation. */
  readonly learning?: Learning | undefined;
}

/** What a layer may say beside its output, once a batch. */
export interface Learning {
  /** [batch], not 0 where a row is a sample: those whose shared weight is 0, such as what fills up the last batch, are none. */
  readonly rows: Tensor;
  /** Adds a scalar to the loss: a mean over the samples, or what does not grow with them. */
  addLoss(loss: Tensor): void;
  /**
   * Whether the weight of this key, which no gradient reaches, is to be set; not in evaluation nor where it was frozen: then a layer does what it does in
   * inference.
   */
  moves(key: string): boolean;
  next(key: string, value: Tensor): void;
}

export interface StepLimits {
  /** Steps at most, where that was said. */
  readonly maxSteps: number | undefined;
}

/** How a layer runs one step of a sequence at a time. */
export interface Stepwise<X = Spec> {
  /** What it keeps from step to step, of one sample; zeros at first. */
  readonly state: Tree<Spec>;
  /** What it keeps at first, where that is not zeros: each [batch, …], of `dtype` where it is floating. */
  start?(weights: Tree<Tensor>, batch: number, beside: Beside<Tensor>, dtype: "f32" | "f64"): Tree<Tensor>;
  /** x [batch, …] without its steps → the output of this step, and what is kept. */
  step(weights: Tree<Tensor>, x: InPlace<X, Tensor>, context: StepContext): Stepped;
}

export interface StepContext extends Pick<LayerContext, "beside" | "besideMasks"> {
  readonly state: Tree<Tensor>;
}

export interface Stepped {
  readonly output: Tree<Tensor>;
  readonly also?: Beside<Tensor>;
  readonly state: Tree<Tensor>;
}

/** As `Built`, with the weights by their names. */
export interface OwnBuilt<X, W> extends Omit<Built<X>, "weights" | "apply"> {
  readonly weights: W;
  apply(weights: TensorsOf<W>, x: InPlace<X, Tensor>, context: LayerContext): Tree<Tensor | Masked> | Also;
}

/** Of weights of whatever names, whatever names. */
type TensorsOf<W> = Tree<Weight> extends W ? Tree<Tensor> : WeightTensors<W>;

/** What is drawn for each batch. */
export type Drawn = RandomMask | RandomNoise;

export interface RandomNoise {
  readonly shape: Shape;
  /** Of the normal distribution. */
  readonly mean: number;
  readonly deviation: number;
  readonly seed?: number;
}

export interface RandomMask {
  readonly shape: Shape;
  readonly rate: number;
  /** What an element is with probability `rate`, and otherwise. Default 0 and 1 / (1 − rate). */
  readonly values?: readonly [number, number];
  readonly seed?: number;
}

/** A tensor with a mask of its own. */
export class Masked {
  readonly tensor: Tensor;
  readonly mask: Tensor | undefined;

  constructor(tensor: Tensor, mask: Tensor | undefined) {
    this.tensor = tensor;
    this.mask = mask;
  }
}

/** A tensor, and what stands beside it. */
export class Also {
  readonly value: Tree<Tensor | Masked>;
  readonly also: Beside<Tensor>;

  constructor(value: Tree<Tensor | Masked>, also: Beside<Tensor>) {
    this.value = value;
    this.also = also;
  }
}

/** One use of a layer. */
export interface Call {
  readonly layer: AnyLayer;
  readonly x: Tree<Symbolic>;
  readonly beside: Beside<Symbolic>;
}

/** Stands, before there are shapes or numbers, for one tensor that a call of a layer gives, or for an input of a model. */
export class Symbolic {
  /** Absent where it is an input. */
  readonly call: Call | undefined;
  /** Where it stands in what the call gives: "" where that is one value, "state.h". */
  readonly path: string;

  constructor(call?: Call, path = "") {
    this.call = call;
    this.path = path;
  }
}
