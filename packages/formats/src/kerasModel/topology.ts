// What a model of Keras says of its layers and of which reads what, in one form for the files of Keras 3 and those of Keras 2 and TensorFlow.js.
import { SluiceError } from "@sluice/core";
import { field, isList, isRecord, type Json, type JsonRecord, shown, textField } from "./json.ts";

/** What a layer, a use of it and one of its outputs are called: as Keras's keras_history. */
export interface Reference {
  readonly layer: string;
  readonly use: number;
  readonly output: number;
}

/** A tensor, a list or record of arguments, or a plain value. */
export type Argument =
  | { readonly tensor: Reference }
  | { readonly list: readonly Argument[] }
  | { readonly record: ReadonlyMap<string, Argument> }
  | { readonly plain: Json };

export interface Use {
  readonly args: readonly Argument[];
  readonly kwargs: ReadonlyMap<string, Argument>;
}

export interface LayerConfig {
  readonly className: string;
  /** "MyPackage>MyLayer" of a class of one's own, where the file says it. */
  readonly registeredName: string | undefined;
  /** "keras.layers" */
  readonly module: string;
  readonly name: string;
  readonly config: JsonRecord;
  readonly uses: readonly Use[];
  /** Of what it was built for, where the file says it. */
  readonly inputRank: number | undefined;
}

export type Ends =
  | { readonly kind: "one"; readonly value: Reference }
  | { readonly kind: "named"; readonly values: ReadonlyMap<string, Reference> };

export interface Topology {
  readonly kind: "sequential" | "functional";
  readonly name: string;
  readonly layers: readonly LayerConfig[];
  /** What a sequence was built for, where the file says it. */
  readonly builtFor?: Json;
  /** Of a functional model. */
  readonly ends: { readonly inputs: Ends; readonly outputs: Ends } | undefined;
}

const sequentialClasses = ["Sequential"],
  functionalClasses = ["Functional", "Model"];

/** Whether a layer is a model itself. */
export function isModel(className: string): boolean {
  return [...sequentialClasses, ...functionalClasses].includes(className);
}

/** More than a model has that a person made. */
const mostLayers = 20_000;

/** Throws FILE_CORRUPT for what is no such model; UNSUPPORTED for a class of one's own, whose layers no file tells. */
export function topologyOf(model: Json, who: string): Topology {
  const className = textField(model, "class_name") ?? "none",
    config = field(model, "config");
  if (!isModel(className)) throw ofOnesOwn(who, className);
  const given = isList(config) ? { layers: config } : config; // Keras 1 and early 2: a list
  const layers = field(given, "layers");
  if (!isRecord(given) || !isList(layers)) throw corrupt(who, `the model ${className} has no layers`);
  if (layers.length > mostLayers) throw corrupt(who, `the model has ${layers.length} layers`);
  const name = textField(given, "name") ?? className.toLowerCase();
  const each = layers.map((layer) => layerOf(layer, who));
  const built = field(given, "build_input_shape") ?? field(field(model, "build_config"), "input_shape");
  const isFunctional = functionalClasses.includes(className);
  const ends = isFunctional
    ? { inputs: endsOf(field(given, "input_layers"), who), outputs: endsOf(field(given, "output_layers"), who) }
    : undefined;
  return { kind: isFunctional ? "functional" : "sequential", name, layers: each, ends, ...(built !== undefined && { builtFor: built }) };
}

function layerOf(layer: Json, who: string): LayerConfig {
  const className = textField(layer, "class_name"),
    config = field(layer, "config");
  if (className === undefined || !(isRecord(config) || isList(config))) throw corrupt(who, `a layer is ${shown(layer)}`);
  const own = isRecord(config) ? config : { layers: config };
  const name = textField(layer, "name") ?? textField(own, "name");
  if (name === undefined) throw corrupt(who, `a layer of class ${className} has no name`);
  const uses = field(layer, "inbound_nodes");
  const shape = field(field(layer, "build_config"), "input_shape");
  return {
    ...{ className, name, config: own },
    registeredName: textField(layer, "registered_name"),
    module: textField(layer, "module") ?? "keras.layers",
    uses: isList(uses) ? uses.map((use) => useOf(use, who)) : [],
    inputRank: isList(shape) && shape.every((n) => n === null || typeof n === "number") ? shape.length : undefined,
  };
}

function useOf(node: Json, who: string): Use {
  if (isRecord(node)) {
    const args = field(node, "args") ?? [],
      kwargs = field(node, "kwargs") ?? {};
    if (!isList(args) || !isRecord(kwargs)) throw corrupt(who, `a call is ${shown(node)}`);
    return { args: args.map((one) => argument(one, who)), kwargs: records(kwargs, who) };
  }
  return olderUse(node, who);
}

/** Of Keras 2: [[layer, use, output, kwargs], …], each tensor by itself, or one of them without the list around it. */
function olderUse(node: Json, who: string): Use {
  const tensors = isList(node) && typeof node[0] === "string" ? [node] : node;
  if (!isList(tensors)) throw corrupt(who, `a call is ${shown(node)}`);
  const each = tensors.map((one): { readonly tensor: Reference } => ({ tensor: reference(one, who) }));
  const given = isList(tensors[0]) ? tensors[0][3] : undefined;
  const kwargs = new Map([...records(isRecord(given) ? given : {}, who)].map(([name, value]) => [name, olderArgument(value)] as const));
  return { args: each.length === 1 ? each : [{ list: each }], kwargs };
}

/** A list ["layer", 0, 0] is a tensor there. */
function olderArgument(value: Argument): Argument {
  if (!("list" in value)) return value;
  const [layer, use, output] = value.list.map((one) => ("plain" in one ? one.plain : undefined));
  if (typeof layer === "string" && typeof use === "number" && typeof output === "number") return { tensor: { layer, use, output } };
  return { list: value.list.map(olderArgument) };
}

function argument(value: Json, who: string): Argument {
  if (textField(value, "class_name") === "__keras_tensor__")
    return { tensor: reference(field(field(value, "config"), "keras_history") ?? null, who) };
  const items = textField(value, "class_name") === "__tuple__" ? field(value, "items") : value;
  if (isList(items)) return { list: items.map((one) => argument(one, who)) };
  if (isRecord(value) && !Object.hasOwn(value, "class_name")) return { record: records(value, who) };
  return { plain: value };
}

function records(value: JsonRecord, who: string): ReadonlyMap<string, Argument> {
  return new Map(Object.entries(value).map(([name, one]) => [name, argument(one, who)]));
}

function reference(value: Json, who: string): Reference {
  if (isList(value)) {
    const [layer, use = 0, output = 0] = value;
    if (typeof layer === "string" && typeof use === "number" && typeof output === "number") return { layer, use, output };
  }
  throw corrupt(who, `${shown(value)} names no tensor`);
}

/** As Keras goes through a dictionary: by its names. */
function inNames(value: JsonRecord): readonly (readonly [string, Json])[] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function endsOf(value: Json | undefined, who: string): Ends {
  if (isRecord(value)) return { kind: "named", values: new Map(inNames(value).map(([name, one]) => [name, reference(one, who)])) };
  if (!isList(value) || value.length === 0) throw corrupt(who, "the model has no inputs or no outputs");
  if (typeof value[0] === "string") return { kind: "one", value: reference(value, who) };
  const all = value.map((one) => reference(one, who));
  const [first] = all;
  if (all.length === 1 && first !== undefined) return { kind: "one", value: first };
  const values = new Map<string, Reference>();
  for (const one of all) {
    let name = one.layer;
    for (let i = 1; values.has(name); i++) name = `${one.layer}_${i}`;
    values.set(name, one);
  }
  return { kind: "named", values };
}

function corrupt(who: string, what: string): SluiceError {
  return new SluiceError({
    code: "FILE_CORRUPT",
    who,
    what: `the configuration of the model is not one of Keras's: ${what}`,
    fix: "Save the model again",
  });
}

function ofOnesOwn(who: string, className: string): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `the model is of the class ${className}, whose layers stand in its code and not in the file`,
    fix: "Make it a Sequential or Functional model, or build it here and load its weights: loadKerasWeights(model, bytes)",
    facts: { className },
  });
}
