// Makes a model of a graph of layers: what it builds for samples' shapes, what trains it, and the model as a layer of another.
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { leavesOf, SluiceError, type Shape, type Tree } from "@sluice/core";
import { check, refused, shape as anyShape } from "@sluice/core/arguments";
import { isSymbolic } from "../layers/callable.ts";
import type { AnyLayer, Symbolic } from "../layers/layer.ts";
import { printed } from "../layers/printed.ts";
import { checkedSpec, specOf, type Kind, type Spec } from "../layers/spec.ts";
import { buildGraph } from "../model/build.ts";
import type { BuiltModel } from "../model/built.ts";
import { readBy, type Graph, type Named } from "../model/graph.ts";
import { knownSamples } from "../model/knownSamples.ts";
import type { AnyModel } from "../model/model.ts";
import { asGiven, byName, single, type ByName, type EndNames, type Names } from "../model/names.ts";
import type { Saved } from "../model/saved.ts";
import { summaryOf } from "../model/summary.ts";
import { isRecord } from "../options/table.ts";
import { createTrainer } from "../training/trainer.ts";
import { callModel } from "./modelLayer.ts";

export interface ModelParts {
  readonly name: string;
  readonly graph: Graph;
  readonly ends: EndNames;
  readonly saved?: Saved | undefined;
}

export function createModel({ name, graph, ends, saved }: ModelParts): AnyModel {
  const reading = Object.fromEntries(Object.entries(graph.inputs).map(([input, value]) => [input, readingOf(graph, value)]));
  const call = (x: ByName<Names, Symbolic>): ByName<Names, Symbolic> => callModel(model, x);
  const text = (): string => `model ${name}: ${graph.layers.map((one) => one.name).join(", ")}`;
  const model: AnyModel = Object.assign(printed(call, name, text), {
    layers: graph.layers,
    graph,
    ends,
    ...(saved !== undefined && { saved }),
    indices: Object.fromEntries(Object.entries(reading).map(([input, { indices }]) => [input, indices])),
    sample: (shape: ByName<Names, Shape>) =>
      ofEach<Shape, Spec>("model.sample", ends, shape, (one, input) => sampled(one, entryOf(reading, input).dtype)),
    build: (sample: ByName<Names, Spec>) => build(graph, ends, sample),
    summary: (shape?: ByName<Names, Shape>) => summaryOf(name, model.build(samplesOf(model, shape))),
    compile: (options: Parameters<AnyModel["compile"]>[0]) => createTrainer(model, options),
  });
  return model;
}

function build(graph: Graph, ends: EndNames, sample: ByName<Names, Spec>): BuiltModel {
  const checked = ofEach<Spec, Spec>("model.build", ends, sample, (one) => checkedSpec("model.build", one));
  return buildGraph(graph, byName(checked, ends.inputs, single.inputs));
}

/** The same of each input. Throws INVALID_ARGUMENT where one is missing or unknown. */
function ofEach<A, B>(who: string, { inputs }: EndNames, given: ByName<Names, A>, each: (one: A, input: string) => B): ByName<Names, B> {
  if (inputs === null) return each(given as A, single.inputs); // there is one
  if (!isRecord(given) || inputs.some((input) => !Object.hasOwn(given, input)) || Object.keys(given).length > inputs.length)
    throw refused(who, "the inputs", given, `a record of ${inputs.join(", ")}`, inputs);
  return Object.fromEntries(inputs.map((input) => [input, each(entryOf(given as Named<A>, input), input)])); // as was just seen
}

function sampled(shape: Shape, dtype: Kind): Spec {
  check("model.sample", "shape", shape, anyShape);
  return specOf(shape, dtype);
}

/** How an input is read: what holds its own `input(…)` says, and otherwise the layers that read it. */
function readingOf(graph: Graph, value: Symbolic): { readonly dtype: Kind; readonly indices: number | undefined } {
  const readers = readingLayers(graph, value);
  const indices = readers.reduce<number | undefined>(
    (least, { indices: own }) => (own === undefined ? least : Math.min(own, least ?? own)),
    undefined,
  );
  const declared = [value, ...readers.map(({ layer }) => layer)].map(declaredIn).find((dtype) => dtype !== undefined);
  return { dtype: declared ?? (indices === undefined ? "float" : "i32"), indices };
}

interface Reader {
  readonly layer: AnyLayer;
  /** What it says of the indices in the value. */
  readonly indices: number | undefined;
}

/** The layers that read it, also past an `input` that stands first in a sequence. */
function readingLayers(graph: Graph, value: Symbolic): readonly Reader[] {
  return readersWhere(graph, (read) => read === value).flatMap((reader) => {
    const past = reader.layer.kind === "input" ? readersWhere(graph, (read) => read.call?.layer === reader.layer) : [];
    return [reader, ...past];
  });
}

function readersWhere(graph: Graph, isRead: (value: Symbolic) => boolean): readonly Reader[] {
  return graph.nodes
    .filter(({ call }) => readBy(call).some(isRead))
    .map(({ call: { layer, x } }) => ({ layer, indices: indicesIn(layer, x, isRead) }));
}

/** The least of those under whose names it reads the value. */
function indicesIn({ indices }: AnyLayer, x: Tree<Symbolic>, isRead: (value: Symbolic) => boolean): number | undefined {
  if (typeof indices !== "object") return indices;
  const read = leavesOf(x, isSymbolic).flatMap(([name, leaf]) => (isRead(leaf as Symbolic) ? [maybeEntryOf(indices, name)] : [])); // a call is of these
  const found = read.filter((one) => one !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** What an `input(…)` says that it holds. */
function declaredIn(value: object): Kind | undefined {
  if (!("kind" in value) || value.kind !== "input") return undefined;
  const { input, config } = value as unknown as AnyLayer & { readonly config: { readonly dtype?: Kind } }; // by its kind
  return input?.dtype ?? config.dtype;
}

/** As given, or as the model says it. */
function samplesOf({ name, graph, ends, saved, sample }: AnyModel, shape: ByName<Names, Shape> | undefined): ByName<Names, Spec> {
  if (shape !== undefined) return sample(shape);
  const known = knownSamples(graph, saved);
  if (known !== undefined) return asGiven(known, ends.inputs, single.inputs);
  const what = `no sample's shape of the model "${name}" is known`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "model.summary", what, fix: "Pass it, or begin the model with input({ shape })" });
}
