// Makes a model of a graph of layers: what it builds for samples' shapes, what trains it, and the model as a layer of another.
import { entryOf } from "../host/entryOf.ts";
import type { Shape } from "@sluice/core";
import { check, refused, shape as anyShape } from "@sluice/core/arguments";
import type { AnyWeights, Settable } from "../layers/known.ts";
import type { Symbolic } from "../layers/layer.ts";
import { printed } from "../layers/printed.ts";
import { checkedSpec, specOf, type Kind, type Spec } from "../layers/spec.ts";
import { buildGraph } from "../model/build.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Graph, Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { byName, single, type ByName, type EndNames, type Names } from "../model/names.ts";
import type { Saved } from "../model/saved.ts";
import { summaryOf, type SummaryOptions } from "../model/summary.ts";
import { isRecord, optionsOf } from "../options/table.ts";
import { summaryTable } from "../training/tables.ts";
import { createTrainer } from "../training/trainer.ts";
import { callModel } from "./modelLayer.ts";
import { readingOf } from "./reading.ts";
import { samplesOf } from "./samplesOf.ts";
import { startingFrom } from "./withWeights.ts";

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
    summary: (shape?: ByName<Names, Shape>, options: SummaryOptions = {}) =>
      summaryOf(name, model.build(samplesOf("model.summary", model, shape)), optionsOf("model.summary", summaryTable, options)),
    withWeights: (weights: Settable<AnyWeights>, shape?: ByName<Names, Shape>) =>
      createModel({ name, graph, ends, saved: startingFrom(model, weights, samplesOf("model.withWeights", model, shape)) }),
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
