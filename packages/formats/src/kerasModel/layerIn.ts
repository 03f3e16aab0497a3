// One layer of Keras as a layer of @sluice/nn: each of its options is mapped, says what is so here anyway, or is refused by name.
import { SluiceError } from "@sluice/core";
import * as nn from "@sluice/nn";
import type { AnyLayer } from "@sluice/nn";
import { field, isList, isRecord, lookup, type Json, type JsonRecord, same, shown, textField } from "./json.ts";
import { said } from "./problems.ts";
import type { Reading } from "./reading.ts";
import { cells, instead, type LayerRule, made, rules } from "./rules.ts";
import { isModel, type LayerConfig } from "./topology.ts";

export interface MappedLayer {
  readonly layer: AnyLayer;
  /** How it is called; of layers of one's own as one reads one value. */
  readonly rule: Pick<LayerRule, "call" | "masks">;
  /** Of a recurrent layer. */
  readonly recurrence?: Recurrence;
}

export interface Recurrence {
  /** Its states, in Keras's order. */
  readonly states: readonly string[];
  readonly isBidirectional: boolean;
  readonly returnsSequences: boolean;
  readonly goesBackwards: boolean;
  readonly zeroesOutputs: boolean;
  /** Bidirectional without a merge mode. */
  readonly givesBoth: boolean;
}

/** What a layer that is asked for is known from where it is used: `causal` of attention. */
export interface Further {
  /** Its name here. */
  readonly name: string;
  /** As problems name it. */
  readonly path: string;
  readonly options: JsonRecord;
  /** Makes the model within a wrapper. */
  readonly nested: (config: LayerConfig) => AnyLayer | undefined;
}

/** Undefined where there is a problem, which `reading` then knows. */
export function layerIn(layer: LayerConfig, further: Further, reading: Reading): MappedLayer | undefined {
  const own = ownMaker(layer, reading);
  if (own !== undefined) return ownLayer(own, layer, further, reading);
  checkDtype(layer, further, reading);
  if (layer.className === "Bidirectional") return bidirectionalIn(layer, further, reading);
  if (layer.className === "TimeDistributed") return timeDistributedIn(layer, further, reading);
  if (layer.className === "RNN") return rnnIn(layer, further, reading);
  const rule = ruleOf(layer);
  if (rule === undefined) {
    const known = Object.hasOwn(instead, layer.className) ? instead[layer.className] : undefined;
    reading.problems.add(
      further.path,
      `is of class ${layer.registeredName ?? layer.className}`,
      known ?? `make it yourself: { layers: { ${JSON.stringify(layer.registeredName ?? layer.className)}: (config) => layer } }`,
    );
    return undefined;
  }
  const options = optionsIn(layer, rule, further, reading);
  if (options === undefined) return undefined;
  if (rule.lastAxis === true) rememberRank(layer, further, reading);
  const made_ = attempt(
    () => made(rule.make, { ...rule.fixed, ...options, ...further.options, name: further.name }),
    layer,
    further,
    reading,
  );
  if (made_ === undefined) return undefined;
  const recurrence = rule.call === "recurrent" ? recurrenceOf(layer) : undefined;
  return { layer: made_, rule, ...(recurrence !== undefined && { recurrence }) };
}

function ruleOf({ className, module }: LayerConfig): LayerRule | undefined {
  const isKeras = module.startsWith("keras") || module.startsWith("tensorflow") || module.startsWith("tf_keras");
  const name = className === "GroupQueryAttention" ? "GroupedQueryAttention" : className;
  return isKeras && Object.hasOwn(rules, name) ? rules[name] : undefined;
}

function ownMaker({ className, registeredName }: LayerConfig, { own }: Reading): ((config: JsonRecord) => AnyLayer) | undefined {
  const name = [registeredName, className].find((one) => one !== undefined && Object.hasOwn(own, one));
  return name === undefined ? undefined : own[name];
}

function ownLayer(
  make: (config: JsonRecord) => AnyLayer,
  { config }: LayerConfig,
  { name, path }: Further,
  { problems }: Reading,
): MappedLayer | undefined {
  const layer: unknown = make({ ...config, name });
  if (isLayer(layer)) return { layer, rule: { call: layer.takes === "list" ? "list" : "single", masks: "moves" } };
  problems.add(path, "was made into something that is no layer", "give back what layer({ kind, config, build }) makes");
  return undefined;
}

function isLayer(value: unknown): value is AnyLayer {
  return typeof value === "function" && "build" in value && "kind" in value && "config" in value; // layers are called
}

/** Everywhere, and of no number. */
const everywhere = ["name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_spec", "input_dtype"];

function optionsIn(
  { className, config }: LayerConfig,
  { options }: LayerRule,
  { path }: Further,
  { era, problems }: Reading,
): JsonRecord | undefined {
  let given: JsonRecord = {};
  const refused: string[] = [];
  const refuse = (what: string, fix: string): void => {
    problems.add(path, what, fix);
    refused.push(what);
  };
  for (const [name, value] of Object.entries(config)) {
    if (value === null || everywhere.includes(name)) continue;
    const rule = Object.hasOwn(options, name) ? options[name] : undefined;
    if (rule === undefined) {
      if (value !== false) refuse(`(${className}) has an option ${name}, which is ${shown(value)}`, "leave it as it is by default");
      continue;
    }
    const found = rule(value, era);
    if ("give" in found) given = { ...given, ...found.give };
    else refuse(`(${className}) has an option ${name} that ${found.refuse}`, found.fix);
  }
  return refused.length === 0 ? { ...presetsOf(className, config, era), ...given } : undefined;
}

/** Where Keras 2 has another default than Keras 3, of what a file leaves out. */
function presetsOf(className: string, config: JsonRecord, era: string): JsonRecord {
  if (era === "keras3") return {};
  return {
    ...(className === "GRU" && { resetAfter: false }),
    ...((className === "LSTM" || className === "GRU") &&
      field(config, "recurrent_activation") === undefined && { recurrentActivation: "hardSigmoid" }),
  };
}

/** Throws what is none of the library's refusals. */
function attempt(make: () => AnyLayer, { className }: LayerConfig, { path }: Further, { problems }: Reading): AnyLayer | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    problems.add(path, `(${className}) cannot be made: ${said(error)}`, error.fix ?? "change this option in Keras and save it again");
    return undefined;
  }
}

const precisions = ["float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "int32", "int64"];

function checkDtype({ className, config }: LayerConfig, { path }: Further, { problems }: Reading): void {
  const dtype = field(config, "dtype"),
    name = isRecord(dtype) ? textField(field(dtype, "config"), "name") : dtype;
  if (name === undefined || (typeof name === "string" && precisions.includes(name))) return;
  problems.add(path, `(${className}) has the dtype ${shown(dtype ?? null)}`, 'load it in Keras with dtype="float32" and save it again');
}

function rememberRank({ config, inputRank }: LayerConfig, { name, path }: Further, { ranks, problems }: Reading): void {
  const given = field(config, "axis") ?? -1,
    axis = isList(given) ? given[0] : given;
  if (axis === -1 || axis === undefined) return; // of no axis: the same for all features
  if (typeof axis !== "number" || axis < 0 || (inputRank !== undefined && axis !== inputRank - 1))
    problems.add(path, `normalises along axis ${shown(given)}`, "move the features to the last axis");
  else if (inputRank === undefined) ranks.set(name, axis + 1);
}

const statesOf: Readonly<Record<string, readonly string[]>> = { LSTM: ["h", "c"], GRU: ["h"], SimpleRNN: ["h"] };

function recurrenceOf({ className, config }: LayerConfig, isBidirectional = false): Recurrence {
  return {
    states: lookup(statesOf, className) ?? [],
    isBidirectional,
    returnsSequences: field(config, "return_sequences") === true,
    goesBackwards: field(config, "go_backwards") === true,
    zeroesOutputs: field(config, "zero_output_for_mask") === true,
    givesBoth: false,
  };
}

/** The layer inside of a wrapper. */
function innerOf(value: Json | undefined): LayerConfig | undefined {
  const className = textField(value, "class_name"),
    config = field(value, "config");
  if (className === undefined || !isRecord(config)) return undefined;
  const rnn = className === "RNN" ? unwrapped(config) : undefined;
  return {
    ...{ className: rnn?.className ?? className, config: rnn?.config ?? config, uses: [], inputRank: undefined },
    name: textField(config, "name") ?? className,
    registeredName: textField(value, "registered_name"),
    module: textField(value, "module") ?? "keras.layers",
  };
}

/** RNN(LSTMCell(…)) is LSTM(…): what the cell says, and what the loop says. */
function unwrapped(config: JsonRecord): { readonly className: string; readonly config: JsonRecord } | undefined {
  const cell = field(config, "cell"),
    name = textField(cell, "class_name") ?? "",
    own = field(cell, "config");
  const { cell: _, ...loop } = config;
  return Object.hasOwn(cells, name) && isRecord(own) ? { className: cells[name] ?? "", config: { ...own, ...loop } } : undefined;
}

function rnnIn(layer: LayerConfig, further: Further, reading: Reading): MappedLayer | undefined {
  const found = unwrapped(layer.config);
  if (found !== undefined) return layerIn({ ...layer, ...found, registeredName: undefined }, further, reading);
  const cell = textField(field(layer.config, "cell"), "class_name") ?? "none";
  reading.problems.add(
    further.path,
    `(RNN) runs a cell ${cell}`,
    (Object.hasOwn(instead, cell) ? instead[cell] : undefined) ??
      `make it yourself: { layers: { RNN: (config) => recurrent(cell)({ … }) } }`,
  );
  return undefined;
}

function bidirectionalIn(layer: LayerConfig, further: Further, reading: Reading): MappedLayer | undefined {
  const { path } = further,
    { config } = layer,
    inner = innerOf(field(config, "layer")),
    backward = innerOf(field(config, "backward_layer"));
  const rule = inner && ruleOf(inner);
  if (inner === undefined || rule?.call !== "recurrent") {
    reading.problems.add(path, `(Bidirectional) has ${inner?.className ?? "nothing"} inside`, "wrap an LSTM, GRU or SimpleRNN");
    return undefined;
  }
  if (backward !== undefined && !alike(inner, backward)) {
    reading.problems.add(
      path,
      "(Bidirectional) has two layers inside that are not alike",
      "run both by themselves, one with go_backwards, and concatenate them",
    );
    return undefined;
  }
  const given = field(config, "merge_mode"),
    mergeMode = given === undefined ? (Object.hasOwn(config, "merge_mode") ? "none" : "concat") : given;
  const mapped = layerIn(inner, { ...further, name: "inner", path: `${path}/${inner.name}` }, reading);
  if (mapped === undefined) return undefined;
  const { name: _, ...options } = mapped.layer.config;
  const both = attempt(() => made(nn.bidirectional, made(rule.make, options), { mergeMode, name: further.name }), layer, further, reading);
  if (both === undefined) return undefined;
  return { layer: both, rule, recurrence: { ...recurrenceOf(inner, true), givesBoth: mergeMode === "none" } };
}

/** But for their names and which way they go. */
function alike(a: LayerConfig, b: LayerConfig): boolean {
  const plain = ({ config }: LayerConfig): JsonRecord => withoutIds(config);
  return a.className === b.className && same(plain(a), plain(b));
}

const ownOfEach = ["name", "go_backwards", "dtype", "shared_object_id", "seed"];

function withoutIds(value: JsonRecord): JsonRecord {
  const one = (item: Json): Json => (isRecord(item) ? withoutIds(item) : item);
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (ownOfEach.includes(key) ? [] : [[key, one(item)]])));
}

function timeDistributedIn(layer: LayerConfig, further: Further, reading: Reading): MappedLayer | undefined {
  const inner = innerOf(field(layer.config, "layer"));
  if (inner === undefined) {
    reading.problems.add(further.path, "(TimeDistributed) has no layer inside", "save it again");
    return undefined;
  }
  const path = `${further.path}/${inner.name}`;
  const found = isModel(inner.className) ? further.nested(inner) : layerIn(inner, { ...further, path, name: "inner" }, reading)?.layer;
  if (found === undefined) return undefined;
  const distributed = attempt(() => made(nn.timeDistributed, found, { name: further.name }), layer, further, reading);
  return distributed && { layer: distributed, rule: { call: "single", masks: "moves" } };
}
