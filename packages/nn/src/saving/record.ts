// What a model file says of its model, beside the arrays: made from a model, and checked on the way back.
import { SluiceError, type HostArray } from "@sluice/core";
import { oneOf, shape, show, text, type Rule } from "@sluice/core/arguments";
import { specOf, type Kind, type Spec } from "../layers/spec.ts";
import type { LayerTable } from "../layers/table.ts";
import { entryOf } from "../host/entryOf.ts";
import { checkShapes, layoutOf, type Layout } from "../weights/layout.ts";
import { chainOf, graphRecord, type GraphRecord, type LayerRecord } from "../model/graphRecord.ts";
import { createModel } from "../models/createModel.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { asGiven, single } from "../model/names.ts";
import { restoreGraph, restoreLayer } from "./restore.ts";
import type { Saved } from "../model/saved.ts";
import { grouped, trainingArrays, trainingOf, trainingRecord, trainingTable, unsavable, type TrainingRecord } from "./trainingRecord.ts";
import { sequential } from "../models/sequential.ts";
import { anyRecord, listOf, recordOf } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";
import { checkFinite } from "../weights/finite.ts";
import { parseJson, writeJson } from "./json.ts";
import { corrupt, foreign, type Entry, type Header, type Tensors } from "./safetensors.ts";

const version = "1";
export interface Reading {
  readonly optimizer: boolean;
  readonly allowNonFinite: boolean;
  readonly layers: LayerTable;
}

/**
 * The arrays and metadata that stand for a model.
 *
 * Throws INVALID_ARGUMENT for what would not be read again as it is: a config or name that JSON or the format cannot hold.
 */
export function toTensors({ name, graph, layers, ends }: AnyModel, { samples, weights, training }: Saved, who: string): Tensors {
  for (const { name: layer, layer: { unsavable: why } } of layers) if (why !== undefined) throw noLayer(who, layer, why); // prettier-ignore
  const chain = chainOf(graph, ends);
  const sampleRecord = ({ shape, dtype }: Spec): SampleRecord => ({ shape, dtype });
  const record: ModelRecord = {
    ...(chain !== undefined
      ? { name, layers: chain, sample: sampleRecord(entryOf(samples, single.inputs)) }
      : {
          ...{ name, graph: graphRecord(graph, ends) },
          samples: Object.fromEntries(Object.entries(samples).map(([input, spec]) => [input, sampleRecord(spec)])),
        }),
    ...(training !== undefined && { training: trainingRecord(training) }),
  };
  const model = writeJson(record, who, "model");
  parseJson(model, (what) => unsavable(who, `the model passes a limit of model files: ${what}`));
  const tensors = [...Object.entries(weights), ...(training === undefined ? [] : trainingArrays(training, who))];
  for (const [key, array] of tensors) {
    if (/\p{Surrogate}/u.test(key)) throw unsavable(who, `the weight ${show(key)} has half a surrogate pair in its name`);
    checkWhole(array, key, who);
  }
  return { tensors: Object.fromEntries(tensors), metadata: { sluice: version, model } };
}

/** The arrays of a loaded model are within reach of its owner, who may have transferred one. */
function checkWhole({ shape, data }: HostArray, name: string, who: string): void {
  const wanted = shape.reduce((product, n) => product * n, 1);
  if (data.length === wanted) return;
  throw unsavable(who, `array ${show(name)} [${shape.join(", ")}] needs ${wanted} elements, it has ${data.length}`);
}

/** What a file holds, whose arrays are still to be read. */
export interface Plan<T = AnyModel> {
  /** Those that are wanted, in the order of the file. */
  readonly entries: readonly Entry[];
  /** Throws NOT_FINITE, naming the array, unless that is allowed. */
  finish(arrays: ReadonlyMap<string, HostArray>): T;
}

/** Checks all there is to check before an array is read. Throws FILE_FOREIGN or FILE_CORRUPT. */
export function planOf({ entries, metadata }: Header, reading: Reading, who: string): Plan {
  if (metadata["sluice"] !== version)
    throw foreign(who, `it is of version ${show(metadata["sluice"] ?? "none")} of Sluice's model files, this reads ${version}`);
  if (metadata["learner"] !== undefined)
    throw foreign(who, "it is a learner's checkpoint, which loadCheckpoint and deserializeCheckpoint read");
  const record = readRecord(metadata["model"] ?? "null", who);
  try {
    return plan(record, entries, reading, who);
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code.startsWith("FILE_")) throw cause;
    throw foreign(who, `its model cannot be made again: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function plan(record: ModelRecord, entries: readonly Entry[], reading: Reading, who: string): Plan {
  const { training } = record;
  const model = modelOf(record, reading, who);
  const samples = samplesOf(record, model, who);
  const layout = layoutOf(model.build(asGiven(samples, model.ends.inputs, single.inputs)).weights);
  const { weights, slots, best, gathered } = grouped(entries, training, who);
  checkShapes(layout, Object.fromEntries(weights), who);
  const trained = trainedOf(layout, training?.frozen ?? [], who);
  for (const group of slots.values()) checkShapes(trained, Object.fromEntries(group), who);
  if (training?.gathered !== undefined) checkShapes(trained, Object.fromEntries(gathered), who);
  if (best.size > 0) checkShapes(best.size === weights.size ? layout : trained, Object.fromEntries(best), who); // all of them, where layers set some
  checkTypes(entries, who);
  const kept = reading.optimizer ? training : undefined;
  const wanted = new Set(
    [weights, ...(kept === undefined ? [] : [...slots.values(), best, gathered])].flatMap((group) => [...group.values()]),
  );
  return {
    entries: entries.filter((entry) => wanted.has(entry)),
    finish(arrays) {
      if (!reading.allowNonFinite) for (const [name, array] of arrays) checkFinite(array, name, who);
      const filled = (group: ReadonlyMap<string, Entry>): Record<string, HostArray> =>
        Object.fromEntries([...group].map(([key, entry]) => [key, arrays.get(entry.name)!])); // each is among those wanted
      const state = Object.fromEntries([...slots].map(([slot, group]) => [slot, kept === undefined ? {} : filled(group)]));
      const saved: Saved = {
        samples,
        weights: filled(weights),
        ...(kept !== undefined && {
          training: trainingOf(kept, { slots: state, best: best.size > 0 ? filled(best) : undefined, gathered: filled(gathered) }),
        }),
      };
      return createModel({ name: model.name, graph: model.graph, ends: model.ends, saved });
    },
  };
}

/** Layers one after the other, or any graph of them. */
function modelOf({ name, layers, graph }: ModelRecord, { layers: makers }: Reading, who: string): AnyModel {
  if (graph !== undefined) return createModel({ name, ...restoreGraph(graph, { makers, who }) });
  return sequential((layers ?? []).map((layer) => restoreLayer(layer, { makers, who })), { name }); // prettier-ignore
}

function samplesOf({ sample, samples }: ModelRecord, { graph }: AnyModel, who: string): Named<Spec> {
  const records = samples ?? (sample === undefined ? {} : { [single.inputs]: sample });
  const missing = Object.keys(graph.inputs).find((input) => !Object.hasOwn(records, input));
  if (missing !== undefined) throw foreign(who, `it does not say what the input ${show(missing)} looks like`);
  return Object.fromEntries(
    Object.keys(graph.inputs).map((input) => [input, specOf(entryOf(records, input).shape, entryOf(records, input).dtype)]),
  );
}

/** Without the weights that did not train. */
function trainedOf(layout: Layout, frozen: readonly string[], who: string): Layout {
  const unknown = frozen.find((name) => !Object.hasOwn(layout.entries, name));
  if (unknown !== undefined) throw foreign(who, `there is no weight ${show(unknown)} that did not train`);
  return { ...layout, entries: Object.fromEntries(Object.entries(layout.entries).filter(([name]) => !frozen.includes(name))) };
}

/** Floating and of one kind: numbers that mean something else would load without a word. */
function checkTypes(entries: readonly Entry[], who: string): void {
  const [first] = entries;
  for (const { name, dtype } of entries) {
    if (dtype === "i32") throw foreign(who, `its array ${show(name)} is of whole numbers (I32), weights are not`);
    if (dtype !== first?.dtype)
      throw foreign(who, `its arrays are of different types: ${show(first?.name)} ${first?.dtype}, ${show(name)} ${dtype}`);
  }
}

interface SampleRecord {
  readonly shape: readonly number[];
  readonly dtype: Kind;
}

/** In the metadata as JSON. */
interface ModelRecord {
  readonly name: string;
  /** Of a chain of layers, and what it is for. */
  readonly layers?: readonly LayerRecord[];
  readonly sample?: SampleRecord;
  /** Of any other graph, and what it is for by input. */
  readonly graph?: GraphRecord;
  readonly samples?: Named<SampleRecord>;
  readonly training?: TrainingRecord;
}

const modelTable = {
  name: required(text),
  layers: optional(listOf(anyRecord as Rule<LayerRecord>)), // each is checked by its own table
  sample: optional(anyRecord as Rule<SampleRecord>), // likewise
  graph: optional(anyRecord as Rule<GraphRecord>), // likewise
  samples: optional(recordOf(anyRecord as Rule<SampleRecord>)), // likewise
  training: optional(anyRecord as Rule<TrainingRecord>), // likewise
} satisfies Table<ModelRecord>;
const sampleTable = { shape: required(shape), dtype: required(oneOf("float", "i32")) } satisfies Table<SampleRecord>;
/** Throws FILE_FOREIGN for another record; FILE_CORRUPT where the state of training is none. */
function readRecord(json: string, who: string): ModelRecord {
  const value = parseJson(json, (what) => foreign(who, `what it says of its model is not to be read: ${what}`));
  const at = (part: string): string => `${part} of the file`;
  const record = refusing(foreign, who, () => given(at("the model"), modelTable, value as unknown as ModelRecord)); // which is checked here
  if ((record.graph === undefined) !== (record.samples === undefined) || (record.layers === undefined) !== (record.sample === undefined) || (record.graph === undefined) === (record.layers === undefined)) throw foreign(who, "it has neither the layers of a model with a sample nor a graph with samples"); // prettier-ignore
  for (const one of [...(record.sample ? [record.sample] : []), ...Object.values(record.samples ?? {})])
    refusing(foreign, who, () => given(at("the sample"), sampleTable, one));
  if (record.training !== undefined) refusing(corrupt, who, () => given(at("the training"), trainingTable, record.training!));
  if (new Set(record.training?.slots).size !== (record.training?.slots ?? []).length)
    throw corrupt(who, "two arrays of its optimizer have one name");
  return record;
}

/** What `make` gives; what it throws, as another error. */
function refusing<T>(as: typeof foreign, who: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw as(who, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function noLayer(who: string, name: string, why: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the layer "${name}" ${why}`,
    fix: "Write a layer of your own, layer({ kind, config, build }), and give its maker when it is loaded: { layers: { [kind]: maker } }",
    facts: { layer: name },
  });
}
