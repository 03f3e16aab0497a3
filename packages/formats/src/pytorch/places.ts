// Which module of PyTorch each layer takes its weights from, as the caller says it, or by its own name.
import type { Shape } from "@sluice/core";
import { boolean, check, count, optional, refused, shape as anyShape, text, type Rule } from "@sluice/core/arguments";
import { isRecord } from "../safetensors/checkArray.ts";
import { one, prefixOf, within, type Named, type Part } from "./part.ts";
import { reshaped, reversedAxes } from "./arrays.ts";
import { moduleOf, type At, type LayerModule } from "./layerModules.ts";
import type { Slot } from "./slots.ts";

/** The module that a layer is: its name in the state dict ("encoder.rnn", "" for the whole of it), which layer of a recurrent one, or tensors one by one. */
export type Place = string | ModulePlace | ParameterPlace;

export interface ModulePlace {
  readonly module: string;
  /** Of a module of several layers (num_layers), the number of this one, from 0. Default 0. */
  readonly layer?: number;
  /** Whether it is a cell (LSTMCell, GRUCell, RNNCell), whose names have no "_l0". Default what the state dict has; false where one is made. */
  readonly cell?: boolean;
}

/** Weights of the layer by key, each a tensor by its whole name: for layers that are no module of PyTorch. */
export interface ParameterPlace {
  readonly parameters: Readonly<Record<string, string | Parameter>>;
}

export interface Parameter {
  readonly name: string;
  /** Its axes stand in opposite order. Default false. */
  readonly transpose?: boolean;
  /** Its shape, where it has axes of 1 that the weight has not. Default the weight's. */
  readonly shape?: Shape;
}

/** By names of layers; of one within another by both, "encoder.lstm", which beside its own otherwise follows from the outer one's module. */
export type Places<W> = { readonly [K in LayerPath<W>]?: Place };
type LayerPath<W> = string extends keyof W ? string : (keyof W & string) | `${keyof W & string}.${string}`;

/** A layer, its module and the parts of it, tensors by their whole names, weights by their paths in the model. */
export interface Placed {
  readonly slot: Slot;
  /** "encoder.rnn"; undefined for parameters one by one. */
  readonly module: string | undefined;
  readonly called: string;
  readonly parts: readonly Part[];
  readonly reasons: readonly string[];
}

/** `has` tells whether a tensor is there; where a state dict is made, none is. */
export function placeOf(slot: Slot, places: Named<Place>, has: (name: string) => boolean): Placed {
  const { path } = slot,
    given = Object.hasOwn(places, path) ? places[path] : undefined;
  if (typeof given === "object" && "parameters" in given) return oneByOne(slot, given);
  const { module, layer = 0, cell } = typeof given === "object" ? given : { module: given ?? inherited(path, places) };
  const isCell = cell ?? (layer === 0 && has(`${prefixOf(module)}weight_ih`) && !has(`${prefixOf(module)}weight_ih_l0`));
  return at(slot, module, { layer, isCell });
}

export function at(slot: Slot, module: string, where: At): Placed {
  const found: LayerModule | undefined = moduleOf(slot, where);
  if (found === undefined) {
    const keys = Object.keys(slot.weights).map((key) => `${JSON.stringify(key)}: "…"`);
    const fix = `name its tensors one by one, { parameters: { ${keys.join(", ")} } }`;
    return { slot, module, called: slot.kind, parts: [], reasons: [`a layer of kind "${slot.kind}" is no module of PyTorch: ${fix}`] };
  }
  return { slot, module, called: found.called, parts: within(found.parts, prefixOf(module), `${slot.path}.`), reasons: found.reasons };
}

/** "encoder.lstm" stands in the module of "encoder" under its own name; a layer of the model goes by its own. */
function inherited(path: string, places: Named<Place>): string {
  const dot = path.lastIndexOf(".");
  if (dot < 0) return path;
  const outer = path.slice(0, dot),
    given = Object.hasOwn(places, outer) ? places[outer] : undefined;
  const module =
    typeof given === "string" ? given : typeof given === "object" && "module" in given ? given.module : inherited(outer, places);
  return prefixOf(module) + path.slice(dot + 1);
}

function oneByOne(slot: Slot, { parameters }: ParameterPlace): Placed {
  const reasons: string[] = [];
  const parts = Object.entries(slot.weights).flatMap(([key, shape]): Part[] => {
    const given = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (given === undefined) {
      reasons.push(`parameters does not name its weight ${key}`);
      return [];
    }
    const { name, transpose = false, shape: own } = typeof given === "string" ? { name: given } : given;
    const laid = transpose ? shape.toReversed() : shape,
      stored = own ?? laid;
    if (transpose && shape.length > 3) reasons.push(`${name} has ${shape.length} axes, and at most 3 are turned round`);
    if (withoutOnes(stored) !== withoutOnes(laid))
      reasons.push(`${name} [${stored.join(", ")}] cannot be its weight ${key} [${shape.join(", ")}]`);
    return [
      one(
        name,
        stored,
        key,
        shape,
        (array) => (transpose ? reversedAxes(reshaped(array, laid)) : reshaped(array, shape)),
        (array) => reshaped(transpose ? reversedAxes(array) : array, stored),
      ),
    ];
  });
  const unknown = Object.keys(parameters).filter((key) => !Object.hasOwn(slot.weights, key));
  reasons.push(...unknown.map((key) => `parameters names ${key}, it has ${Object.keys(slot.weights).join(", ")}`));
  return { slot, module: undefined, called: "parameters", parts: within(parts, "", `${slot.path}.`), reasons };
}

function withoutOnes(shape: Shape): string {
  return shape.filter((n) => n !== 1).join();
}

const only = (value: unknown, rules: Named<Rule<unknown>>): boolean =>
  isRecord(value) &&
  Object.keys(value).every((key) => Object.hasOwn(rules, key)) &&
  Object.entries(rules).every(([key, rule]) => rule.accepts(value[key]));

const parameters: Rule<ParameterPlace["parameters"]> = {
  expected: 'a record of names of tensors, "pos" or { name, transpose, shape }',
  accepts: (value): value is ParameterPlace["parameters"] =>
    isRecord(value) &&
    Object.values(value).every(
      (one) => typeof one === "string" || only(one, { name: text, transpose: optional(boolean), shape: optional(anyShape) }),
    ),
};

const anyPlace: Rule<Place> = {
  expected: 'the name of a module, { module, layer, cell } or { parameters: { weight: "name" } }',
  accepts: (value): value is Place =>
    typeof value === "string" ||
    only(value, { module: text, layer: optional(count), cell: optional(boolean) }) ||
    only(value, { parameters }),
};

/** Throws INVALID_ARGUMENT for what is no record of places. */
export function checkPlaces(who: string, places: unknown): asserts places is Named<Place> {
  if (!isRecord(places)) throw refused(who, "layers", places, "a record of modules by the names of layers");
  for (const [path, place] of Object.entries(places)) if (place !== undefined) check(who, `layers["${path}"]`, place as Place, anyPlace); // which looks at it
}
