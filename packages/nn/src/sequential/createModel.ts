// Makes a model of named layers: what it builds for a sample's shape, and what trains it.
import { leavesOf, mapTree, scope, SluiceError, type Shape, type Tensor, type Tree } from "@sluice/core";
import { check, shape as anyShape } from "@sluice/core/arguments";
import { isMask, type Built, type Mask } from "../layers/layer.ts";
import { checkedSpec, specOf, type Spec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Model, NamedLayer } from "../model/model.ts";
import type { Saved } from "../model/saved.ts";
import { summaryOf } from "../model/summary.ts";
import { createTrainer } from "../training/trainer.ts";

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
    summary: (shape) => summaryOf(name, model.build(sampleOf(model, shape))),
    compile: (options) => createTrainer(model, options),
  };
  return model;
}

/** As given, or as the model says it. */
function sampleOf({ name, layers, saved, sample }: Model, shape: Shape | undefined): Spec {
  const known = shape === undefined ? (saved?.sample ?? layers[0]?.layer.input) : sample(shape);
  if (known !== undefined) return known;
  const what = `no sample's shape of the model "${name}" is known`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "model.summary", what, fix: "Pass it, or begin the model with input({ shape })" });
}

function build(layers: readonly NamedLayer[], sample: Spec): BuiltModel {
  let output = sample;
  const built: { readonly name: string; readonly kind: string; readonly layer: Built }[] = layers.map(({ name, layer }) => {
    const made = layer.build(output, name);
    output = made.output;
    return { name, kind: layer.kind, layer: made };
  });
  return {
    sample,
    output,
    layers: built.map(({ name, kind, layer }) => ({ name, kind, output: layer.output, weights: layer.weights })),
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
