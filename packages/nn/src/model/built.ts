// A model for one sample's shape: its layers, their weights, and what it computes.
import type { Tensor, Tree, Weight } from "@sluice/core";
import type { Mask } from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";

/** A layer where it stands in a model. */
export interface BuiltLayer {
  readonly name: string;
  readonly kind: string;
  readonly output: Spec;
  readonly weights: Tree<Weight>;
}

/** A model for one sample's shape. */
export interface BuiltModel {
  readonly sample: Spec;
  readonly output: Spec;
  /** In their order. */
  readonly layers: readonly BuiltLayer[];
  /** By layer, each as the layer has them; without those that have none. */
  readonly weights: Readonly<Record<string, Tree<Weight>>>;
  /** By layer and name, "dropout", "lstm.dropout.x". */
  readonly masks: Readonly<Record<string, Mask>>;
  /** x [batch, …sample] → [batch, …output]; `masks` likewise, in training only. */
  apply(weights: Readonly<Record<string, Tree<Tensor>>>, x: Tensor, masks?: Readonly<Record<string, Tensor>>): Tensor;
}
