// A model: named layers and, once it was trained or loaded, the weights to start from. It names no machine.
import { leavesOf, mapTree, scope, type HostArray, type Shape, type Tensor, type Tree, type Weight } from "@sluice/core";
import { isMask, type Built, type Layer, type Mask } from "../layers/layer.ts";
import { specOf, type Spec } from "../layers/spec.ts";
import type { CompileOptions } from "../training/options.ts";
import { createTrainer, type Trainer } from "../training/trainer.ts";

export interface NamedLayer {
  readonly name: string;
  readonly layer: Layer;
}

/** What training leaves behind; see `serialize`. */
export interface Saved {
  readonly sample: Spec;
  /** By layer and key, "lstm.wx". */
  readonly weights: Readonly<Record<string, HostArray>>;
  /** Present where training may go on from here as if it had not stopped. */
  readonly training?: SavedTraining;
}

export interface SavedTraining {
  readonly optimizer: string;
  /** Updates and epochs done. */
  readonly step: number;
  readonly epoch: number;
  /** The optimizer's arrays by name, each by layer and key. */
  readonly slots: Readonly<Record<string, Readonly<Record<string, HostArray>>>>;
}

/** A model for one sample's shape. */
export interface BuiltModel {
  readonly sample: Spec;
  readonly output: Spec;
  /** By layer, each as the layer has them; without those that have none. */
  readonly weights: Readonly<Record<string, Tree<Weight>>>;
  /** By layer and name, "dropout", "lstm.dropout.x". */
  readonly masks: Readonly<Record<string, Mask>>;
  /** x [batch, …sample] → [batch, …output]; `masks` likewise, in training only. */
  apply(weights: Readonly<Record<string, Tree<Tensor>>>, x: Tensor, masks?: Readonly<Record<string, Tensor>>): Tensor;
}

export interface Model {
  readonly name: string;
  readonly layers: readonly NamedLayer[];
  readonly saved?: Saved;
  /** Where the first layer reads indices: one more than the largest. */
  readonly indices: number | undefined;
  /** What a sample of this shape must look like for the first layer. */
  sample(shape: Shape): Spec;
  /** Pure. Throws SHAPE_MISMATCH or DTYPE_MISMATCH naming the layer. */
  build(sample: Spec): BuiltModel;
  /**
   * A trainer that holds this model's weights on a backend; the caller disposes it.
   *
   * `optimizer` and `loss` may be left out where it only predicts. Throws INVALID_ARGUMENT for options that do not fit
   * together, UNSUPPORTED for a dtype the backend lacks, and what `build` throws where the first layer is an `input`.
   */
  compile(options: CompileOptions): Promise<Trainer>;
}

export function createModel(name: string, layers: readonly NamedLayer[], saved?: Saved): Model {
  const indices = layers.find(({ layer }) => layer.input === undefined)?.layer.indices; // of the first that reads, past `input`
  const model: Model = {
    name,
    layers,
    ...(saved !== undefined && { saved }),
    indices,
    sample: (shape) => specOf(shape, layers[0]?.layer.input?.dtype ?? (indices === undefined ? "float" : "i32")),
    build: (sample) => build(layers, sample),
    compile: (options) => createTrainer(model, options),
  };
  return model;
}

function build(layers: readonly NamedLayer[], sample: Spec): BuiltModel {
  let output = sample;
  const built: { readonly name: string; readonly layer: Built }[] = layers.map(({ name, layer }) => {
    const made = layer.build(output, name);
    output = made.output;
    return { name, layer: made };
  });
  return {
    sample,
    output,
    weights: Object.fromEntries(
      built.flatMap(({ name, layer }) => (Object.keys(layer.weights).length === 0 ? [] : [[name, layer.weights]])),
    ),
    masks: Object.fromEntries(built.flatMap(({ name, layer }) => masksOf(name, layer))),
    apply: (weights, x, masks = {}) =>
      built.reduce((value, { name, layer }) => {
        const mask = mapTree(layer.mask, isMask, (_, path) => masks[path], name) as Tree<Tensor | undefined>;
        return scope(name, () => layer.apply(weights[name] ?? {}, value, { mask }));
      }, x),
  };
}

function masksOf(name: string, { mask }: Built): [path: string, mask: Mask][] {
  return leavesOf({ [name]: mask }, isMask).filter((entry): entry is [string, Mask] => isMask(entry[1]));
}
