// A model: named layers and, once it was trained or loaded, the weights to start from. It names no machine.
import { leavesOf, mapTree, scope, type HostArray, type Shape, type Tensor, type Tree, type Weight } from "@sluice/core";
import { check, shape as anyShape } from "@sluice/core/arguments";
import { isMask, type Built, type Layer, type Mask } from "../layers/layer.ts";
import { checkedSpec, specOf, type Spec } from "../layers/spec.ts";
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
  /** Present where a fit was under way, or was cut short. */
  readonly progress?: SavedProgress;
}

export interface SavedProgress {
  /** Absent between epochs. */
  readonly position?: SavedPosition;
  readonly best?: SavedBest;
}

/** Where an epoch stands that is not over; taken up by a fit over as many samples, in batches and an order as there. */
export interface SavedPosition {
  /** Done. */
  readonly steps: number;
  readonly samples: number;
  readonly batchSize: number;
  /** The seed of the order, or none. */
  readonly shuffle: number | false;
  readonly sums: SavedSums;
}

/** Over an epoch's steps so far: [0, weight, …weight · measure] of the groups of steps that are full, and of the one that is not. */
export interface SavedSums {
  /** Of the measures: "loss", then the metrics. */
  readonly names: readonly string[];
  readonly full: readonly number[];
  readonly partial: readonly number[];
}

/** What `monitor` and `patience` have seen. */
export interface SavedBest {
  readonly monitor: string;
  /** Epochs in a row without a better one. */
  readonly waited: number;
  /** The best epoch's numbers; `epoch` counts from the next fit's first, which is 1. */
  readonly log?: Readonly<Record<string, number>>;
  /** Its weights by layer and key, where `restoreBestWeights` asked for them. */
  readonly weights?: Readonly<Record<string, HostArray>>;
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
  /** What a sample of this shape must look like for the first layer. Throws INVALID_ARGUMENT for what is no shape. */
  sample(shape: Shape): Spec;
  /** Pure. Throws INVALID_ARGUMENT for what is no sample, SHAPE_MISMATCH or DTYPE_MISMATCH naming the layer. */
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
    sample(shape) {
      check("model.sample", "shape", shape, anyShape);
      return specOf(shape, layers[0]?.layer.input?.dtype ?? (indices === undefined ? "float" : "i32"));
    },
    build: (sample) => build(layers, checkedSpec("model.build", sample)),
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
