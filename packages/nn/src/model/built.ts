// A model for samples of certain shapes: its layers, their weights, and what it computes.
import type { Tensor, Tree, Weight } from "@sluice/core";
import type { Activation } from "../layers/activationFunction.ts";
import type { Built, Drawn, Learning } from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";
import type { Named, Node } from "./graph.ts";

/** A layer where it stands in a model. */
export interface BuiltLayer {
  readonly name: string;
  readonly kind: string;
  /** Of one sample; of its first use, where there are several. */
  readonly output: Tree<Spec>;
  readonly weights: Tree<Weight>;
}

/** A layer built for one use of it. */
export interface BuiltNode extends Node {
  readonly built: Built<never>;
}

/** One output, of one sample. */
export interface BuiltOutput {
  readonly spec: Spec;
  /** What it ends with; "linear" where that is not known. */
  readonly activation: Activation;
  /** The inputs whose `lengths` say which of its steps count: those that count in all. */
  readonly lengthsOf: readonly string[];
}

/** A model for samples of certain shapes. */
export interface BuiltModel {
  /** Samples by input, "x" where there is one without a name. */
  readonly inputs: Named<Spec>;
  /** By output, "y" where there is one without a name. */
  readonly outputs: Named<BuiltOutput>;
  /** In an order in which each comes after what it reads. */
  readonly layers: readonly BuiltLayer[];
  /** By layer, each as the layer has them; without those that have none. */
  readonly weights: Named<Tree<Weight>>;
  /** What is random while it trains, masks and noise, by layer and name: "dropout", "lstm.dropout.x". */
  readonly drawn: Named<Drawn>;
  /** What lives from batch to batch, by layer. */
  readonly carried: Named<Tree<Spec>>;
  /** Traced: inputs [batch, …] → outputs [batch, …]. */
  apply(weights: Named<Tree<Tensor>>, inputs: Named<Tensor>, context?: ModelContext): Applied;
  /** The same, step by step over the steps of one input. Throws UNSUPPORTED, naming the layer, where it reads later steps. */
  stepForm(over: string, maxSteps: number | undefined): StepForm;
}

export interface ModelContext {
  /** In training only. */
  readonly drawn?: Named<Tensor> | undefined;
  /** Of inputs, [batch, steps], not 0 where a step counts; by name, where not all do. */
  readonly masks?: Named<Tensor | undefined> | undefined;
  /** As the batch before left it, by layer; absent where each batch starts anew. */
  readonly carried?: Named<Tree<Tensor>> | undefined;
  /** Where there is a loss; by the weights' names. */
  readonly learning?: Pick<Learning, "rows" | "moves"> | undefined;
}

/** What a model gives for a batch; what is not used of it costs nothing. */
export interface Applied {
  readonly outputs: Named<Tensor>;
  /** What lies in front of the activation of each. */
  readonly logits: Named<Tensor>;
  /** Steps of each output that count, [batch, steps], not 0 where one does; absent where all do. */
  readonly masks: Named<Tensor | undefined>;
  /** After the batch, by layer. */
  readonly carried: Named<Tree<Tensor>>;
  /** What layers set of their weights, by name, "batchNormalization.movingMean". */
  readonly moved: Named<Tensor>;
  /** Scalars that layers add to the loss. */
  readonly losses: readonly Tensor[];
}

/** A model that runs step by step over the steps of one input; the others are known as a whole before. */
export interface StepForm {
  /** Whether there are others. */
  readonly readsOthers: boolean;
  /** What is kept from step to step, of one sample, by layer. */
  readonly state: Named<Tree<Spec>>;
  /** Traced: what the steps read of the other inputs [batch, …]. */
  before(weights: Named<Tree<Tensor>>, inputs: Named<Tensor>, masks: Named<Tensor | undefined>): Fixed<Tensor>;
  /** Traced: what is kept before the first step, each [batch, …]. */
  start(weights: Named<Tree<Tensor>>, given: StartGiven): Named<Tree<Tensor>>;
  /** Traced: x [batch, …] without its steps → outputs likewise, and what is kept. */
  step(weights: Named<Tree<Tensor>>, x: Tensor, given: StepGiven): ModelStep;
}

export interface ModelStep {
  readonly outputs: Named<Tensor>;
  /** What lies in front of the activation of each. */
  readonly logits: Named<Tensor>;
  readonly state: Named<Tree<Tensor>>;
}

export interface StartGiven {
  readonly batch: number;
  /** Of the model's numbers. */
  readonly dtype: "f32" | "f64";
  readonly fixed: Fixed<Tensor>;
}

export interface StepGiven {
  readonly state: Named<Tree<Tensor>>;
  readonly fixed: Fixed<Tensor>;
}

/** Values that do not change from step to step, and masks of those whose steps do not all count. */
export interface Fixed<T> {
  readonly values: Named<T>;
  readonly masks: Named<T>;
}
