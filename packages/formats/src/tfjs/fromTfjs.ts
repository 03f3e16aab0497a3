// A layers model of TensorFlow.js, with its weights.
import { type HostArray, SluiceError } from "@sluice/core";
import { check, options as optionTable, refused, type Rule } from "@sluice/core/arguments";
import type { Model } from "@sluice/nn";
import { assign } from "../kerasModel/assign.ts";
import { readModel, weighted } from "../kerasModel/built.ts";
import { field, isRecord, type Json, parseJson, textField } from "../kerasModel/json.ts";
import type { OwnLayers } from "../kerasModel/reading.ts";
import type { Variable } from "../kerasModel/variables.ts";
import { corrupt, manifestOf, unpack } from "./manifest.ts";

export interface TfjsOptions {
  /** Makers of layers of one's own, by class: each gets the layer's configuration as the file has it, and gives a layer of @sluice/nn whose weights are the file's in order. */
  readonly layers?: OwnLayers;
}

/** Gives the bytes of a shard, which lies beside model.json. */
export type LoadShard = (path: string) => Promise<ArrayBufferView | ArrayBufferLike> | ArrayBufferView | ArrayBufferLike;

/** The names of a model's several inputs or outputs, null for one without a name. */
type Names = string | null;

/**
 * The model of a `model.json` that TensorFlow.js saved (`model.save`), or that its converter made of a Keras 2 model, with its weights: from there `compile` goes on. `load` gives the shards, one after another, each once, by the
 * paths that the file has; weights packed as uint8, uint16 or float16 become the numbers they stand for. Layers keep TensorFlow.js's conventions: hard_sigmoid is 0.2·x + 0.5 within 0 … 1, gates are that where nothing is said, and
 * GRUs reset before the product. Inputs and outputs of a model that has several go by the names of its layers, yours to say as types.
 *
 * `modelJson` is the text of the file or what JSON.parse gives. Throws INVALID_ARGUMENT for other arguments; UNSUPPORTED for a graph model, and naming every layer and option that there is not here, each with what to do
 * instead (`facts.problems`), before a shard is loaded; FILE_CORRUPT for what is damaged; SHAPE_MISMATCH with all weights that are missing, too many or of another shape; NOT_FINITE for weights that are no numbers;
 * and what `load` throws.
 *
 * ```ts
 * const model = await fromTfjs(await readFile("model/model.json", "utf8"), (path) => readFile(`model/${path}`));
 * ```
 */
export async function fromTfjs<I extends Names = null, O extends Names = null>(
  modelJson: string | object,
  load: LoadShard,
  options: TfjsOptions = {},
): Promise<Model<I, O>> {
  const who = "fromTfjs",
    { layers = {} } = optionTable<TfjsOptions>(who, options, { layers: true });
  check<unknown>(who, "load", load, callable);
  check(who, "layers", layers, makers);
  const json = jsonOf(modelJson, who);
  const read = readModel(topologyIn(json, who), { who, era: "keras2", own: layers }),
    groups = manifestOf(field(json, "weightsManifest"), who);
  const arrays = new Map<string, HostArray>();
  for (const group of groups) {
    const shards: (ArrayBufferView | ArrayBufferLike)[] = [];
    for (const path of group.paths) shards.push(await load(path));
    for (const [name, array] of unpack(group, shards, who)) arrays.set(name, array);
  }
  const ofLayers = new Map<string, string[]>();
  for (const name of arrays.keys()) {
    const layer = name.slice(0, Math.max(0, name.indexOf("/")));
    ofLayers.set(layer, [...(ofLayers.get(layer) ?? []), name]);
  }
  const tree = assign({
    ...{ who, places: read.located, declared: read.declared, names: [...arrays.keys()] },
    wanted: (place, variable) => `${place.name}/${variable.name}`,
    find(place, variable) {
      const name = nameOf(place.name, variable, ofLayers.get(place.name) ?? []);
      return name === undefined ? undefined : { name, array: arrays.get(name)! }; // it is one of them
    },
  });
  return weighted(read, tree) as unknown as Model<I, O>; // whose ends the caller knows
}

const callable: Rule<LoadShard> = {
  expected: "a function that gives the bytes of a shard: (path) => Promise<Uint8Array>",
  accepts: (value): value is LoadShard => typeof value === "function",
};
const makers: Rule<OwnLayers> = {
  expected: "a record of functions that make layers, by class: { MyLayer: (config) => layer }",
  accepts: (value): value is OwnLayers =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((one) => typeof one === "function"),
};

function jsonOf(given: unknown, who: string): Json {
  if (typeof given === "string") return parseJson(given, who, "model.json");
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given))
    throw refused(who, "modelJson", given, "the text of a model.json, or what JSON.parse gives for it");
  return parseJson(JSON.stringify(given), who, "model.json");
}

function topologyIn(json: Json, who: string): Json {
  const format = textField(json, "format"),
    topology = field(json, "modelTopology");
  if (format === "graph-model" || field(topology, "node") !== undefined)
    throw new SluiceError({
      code: "UNSUPPORTED",
      who,
      what: "the file is a graph model, of TensorFlow's operations and without layers",
      fix: "Convert the Keras model itself: tensorflowjs_converter --input_format=keras, or save it as .keras and read that: fromKeras(bytes)",
    });
  const model = field(topology, "model_config") ?? topology;
  if (!isRecord(model)) throw corrupt(who, "it has no modelTopology");
  return model;
}

/** "lstm/kernel", "bidirectional/forward_lstm/lstm_cell/kernel": the layer stands first, its variable last, and a direction between. */
function nameOf(layer: string, { name }: Variable, names: readonly string[]): string | undefined {
  const [own = "", direction] = name.split("/").toReversed();
  return names.find((one) => {
    const rest = one.startsWith(`${layer}/`) ? one.slice(layer.length + 1).split("/") : [];
    return rest.at(-1) === own && (direction === undefined || rest.some((part) => part.startsWith(`${direction}_`)));
  });
}
