// Layers and graphs of what a file kept of them.
import { entryOf } from "../host/entryOf.ts";
import { SluiceError } from "@sluice/core";
import { anyRecord, layerName, listOf } from "../options/rules.ts";
import { count, refused, text, type Rule } from "@sluice/core/arguments";
import { given, isRecord, optional, required, type Table } from "../options/table.ts";
import { isLayer } from "../layers/callable.ts";
import { input } from "../layers/input.ts";
import type { AnyLayer } from "../layers/layer.ts";
import type { LayerTable } from "../layers/table.ts";
import { graphOf, type Graph } from "../model/graph.ts";
import { endsOf, type GraphRecord, type LayerRecord, type NodeRecord } from "../model/graphRecord.ts";
import type { EndNames } from "../model/names.ts";
import { createModel } from "../models/createModel.ts";
import { modelLayer } from "../models/modelLayer.ts";

export interface Restoring {
  /** Makers by kind. */
  readonly makers: LayerTable;
  readonly who: string;
}

const recordTable = {
  kind: required(text),
  config: required(anyRecord),
} satisfies Table<LayerRecord>;

/** What a file keeps of a layer that is made of another one: that is made again first, and given to the maker before the rest. */
type SavedConfig = { readonly layer?: unknown } & object;
type SavedModel = GraphRecord & { readonly name: string };

/** The layer again. Throws FILE_FOREIGN for an unknown kind, and what the maker throws. */
export function restoreLayer(record: LayerRecord, restoring: Restoring): AnyLayer {
  const { kind, config } = given("a layer of the file", recordTable, record);
  const { makers } = restoring;
  if (!Object.hasOwn(makers, kind)) {
    if (kind !== "model") throw unknown(kind, restoring);
    const { name, ...graph } = config as SavedModel; // as a model wrote it
    return modelLayer(createModel({ name, ...restoreGraph(graph, restoring) }));
  }
  const make = entryOf(makers, kind) as (...given: unknown[]) => AnyLayer; // which checks what it is given
  const { layer, ...rest } = config as SavedConfig;
  return madeBy(kind, isRecordOfLayer(layer) ? make(restoreLayer(layer, restoring), rest) : make(config), restoring);
}

/** Throws INVALID_ARGUMENT for a maker of something else. */
function madeBy(kind: string, made: unknown, { who }: Restoring): AnyLayer {
  if (isLayer(made) && made.kind === kind) return made;
  throw refused(who, `what layers.${kind} makes`, isLayer(made) ? made.kind : made, `a layer of kind ${JSON.stringify(kind)}`);
}

function isRecordOfLayer(value: unknown): value is LayerRecord {
  return isRecord(value) && typeof value["kind"] === "string" && isRecord(value["config"]);
}

const values: Rule<NodeRecord["x"]> = {
  expected: "values that stand before it",
  accepts: (value): value is NodeRecord["x"] => value !== undefined,
};
const nodeTable = {
  layer: required(count),
  x: required(values), // what they refer to is looked up
  beside: optional(anyRecord as Rule<NonNullable<NodeRecord["beside"]>>), // likewise
} satisfies Table<NodeRecord>;

const graphTable = {
  inputs: required(anyRecord as Rule<GraphRecord["inputs"]>), // each is checked by its own table
  outputs: required(anyRecord as Rule<GraphRecord["outputs"]>), // likewise
  ends: required(anyRecord as Rule<EndNames>), // likewise
  layers: required(listOf(anyRecord as Rule<LayerRecord>)), // likewise
  nodes: required(listOf(anyRecord as Rule<NodeRecord>)), // likewise
} satisfies Table<GraphRecord>;

/** Throws INVALID_ARGUMENT for a record that is none, and what the layers throw. */
export function restoreGraph(record: GraphRecord, restoring: Restoring): { readonly graph: Graph; readonly ends: EndNames } {
  const { inputs, outputs, ends, layers, nodes } = given("the graph of the file", graphTable, record);
  const made = layers.map((layer) => restoreLayer(layer, restoring));
  const starts = Object.entries(inputs).map(([name, config]) => [name, input(config)] as const);
  const checked = nodes.map((node) => given("a node of the file", nodeTable, node));
  const names = { inputs: namesIn("inputs", ends.inputs, inputs), outputs: namesIn("outputs", ends.outputs, outputs) };
  const found = endsOf({ ...record, nodes: checked }, { layers: made, inputs: Object.fromEntries(starts) });
  return { graph: graphOf(restoring.who, found), ends: names };
}

/** Throws INVALID_ARGUMENT where they are not those of the record. */
function namesIn(end: "inputs" | "outputs", names: unknown, record: object): readonly string[] | null {
  const found = Object.keys(record);
  if (names === null && found.join() === (end === "inputs" ? "x" : "y")) return null;
  if (Array.isArray(names) && found.length > 0 && isRecord(record) && names.join() === found.join() && found.every(layerName.accepts))
    return found;
  throw refused("the graph of the file", `the names of ${end}`, names, "those that it has");
}

function unknown(kind: string, { who }: Restoring): SluiceError {
  const fix = `Give its maker: { layers: { ${JSON.stringify(kind)}: … } }`;
  return new SluiceError({ code: "FILE_FOREIGN", who, what: `no layer of kind "${kind}" is known`, fix, facts: { kind } });
}
