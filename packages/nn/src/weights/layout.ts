// Where each weight lies in the one flat array that holds them all: contiguous, each padded to 16 elements, so that an
// optimizer is one pass over memory and every weight starts on a cache line. Weights of one role lie together; those that do not train lie last.
import { concat, initialise, isWeight, leavesOf, mapTree, SluiceError } from "@sluice/core";
import type { HostArray, NumericArray, Shape, Tensor, Tree, TypedArray, Weight } from "@sluice/core";
import { checkElements, readNumbers, show } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { atOnce, type Pieces } from "../host/turns.ts";
import { typedArray } from "../host/typedArray.ts";
import { checkConstraint, type Constraint } from "./constraint.ts";
import { roleOf } from "./layerWeight.ts";
import type { Role } from "./roles.ts";

const padding = 16;

export interface Entry {
  readonly axes: readonly string[];
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
  /** First element after its padding. */
  readonly end: number;
}

export interface Layout {
  /** The weights by layer and key. */
  readonly tree: Tree<Weight>;
  /** The same by name, "lstm.wx". */
  readonly weights: Readonly<Record<string, Weight>>;
  readonly entries: Readonly<Record<string, Entry>>;
  /** Elements of all. */
  readonly length: number;
  /** The first so many are those that train. */
  readonly trained: number;
  /** The first so many are those that decay, where the optimizer does that. */
  readonly decayed: number;
  /** Parts of those that train whose size costs something. */
  readonly penalties: readonly Penalty[];
  /** Those that train within something, in memory's order. */
  readonly constraints: readonly Constrained[];
  /** Those that train and are not seen as they are. */
  readonly perturbed: readonly Perturbed[];
  /** Names of those that their layers set, batch by batch. */
  readonly moving: ReadonlySet<string>;
}

export interface Constrained {
  readonly entry: Entry;
  readonly constraint: Constraint;
}

export interface Perturbed extends Pick<Role, "weightNoise" | "weightDrop"> {
  readonly name: string;
  readonly entry: Entry;
}

export interface Penalty extends Pick<Role, "l1" | "l2"> {
  readonly from: number;
  readonly to: number;
}

type Roles = Readonly<Record<string, Role>>;

/** `rolesOf` says what becomes of each weight, by name, where that is not as it is declared. */
export function layoutOf(tree: unknown, rolesOf: (own: Roles) => Roles = (own) => own): Layout {
  const leaves = leavesOf(tree, isWeight) as [string, Weight][]; // `isWeight` says so
  const own = Object.fromEntries(leaves.map(([name, weight]) => [name, roleOf(weight, name)]));
  if (Object.keys(own).length < leaves.length) throw sameName(leaves);
  const roles = rolesOf(own);
  const rank = (name: string): number => rankOf(entryOf(roles, name));
  const ordered = leaves.toSorted(([a], [b]) => rank(a) - rank(b)); // a record would have names that are numbers first
  const entries: Record<string, Entry> = {};
  const penalties: Penalty[] = [];
  const constraints: Constrained[] = [];
  const perturbed: Perturbed[] = [];
  let [length, trained, decayed] = [0, 0, 0];
  for (const [name, { axes }] of ordered) {
    const { trainable, weightDecay, l1, l2, weightNoise, weightDrop, constraint } = entryOf(roles, name);
    const shape = Object.values(axes);
    const size = shape.reduce((product, n) => product * n, 1);
    const end = length + Math.ceil(size / padding) * padding;
    const entry = (entries[name] = { axes: Object.keys(axes), shape, offset: length, size, end });
    if (trainable && (l1 > 0 || l2 > 0)) penalise(penalties, { from: length, to: end, l1, l2 });
    if (trainable && constraint !== undefined) {
      checkConstraint(`weight ${name}`, constraint, shape.length);
      constraints.push({ entry, constraint });
    }
    if (trainable && weightNoise + weightDrop > 0) perturbed.push({ name, entry, weightNoise, weightDrop });
    length = end;
    if (trainable) trained = end;
    if (trainable && weightDecay) decayed = end;
  }
  const moving = new Set(Object.keys(entries).filter((name) => entryOf(roles, name).moves));
  return {
    tree: tree as Tree<Weight>,
    weights: Object.fromEntries(ordered),
    entries,
    length,
    trained,
    decayed,
    penalties,
    constraints,
    perturbed,
    moving,
  }; // `layoutOf` is given such a tree
}

/** Where they lie: first what decays, then what else trains, then the rest. */
function rankOf({ trainable, weightDecay }: Role): number {
  return trainable ? (weightDecay ? 0 : 1) : 2;
}

/** Neighbours of one price are one part. */
function penalise(penalties: Penalty[], next: Penalty): void {
  const last = penalties.at(-1);
  if (last?.to === next.from && last.l1 === next.l1 && last.l2 === next.l2) penalties[penalties.length - 1] = { ...last, to: next.to };
  else penalties.push(next);
}

/** { "a.b": w, a: { b: w } } */
function sameName(leaves: readonly (readonly [name: string, leaf: unknown])[]): SluiceError {
  const seen = new Set<string>();
  const twice = leaves.find(([name]) => seen.has(name) || !seen.add(name))?.[0];
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "model.build",
    what: `two weights are named "${twice}"`,
    facts: { weight: twice },
  });
}

/** The weights as the layers know them: views of the flat tensors [trained] and, where some do not train, [length − trained]. */
export function unpack(layout: Layout, params: Tensor, frozen?: Tensor): Readonly<Record<string, Tree<Tensor>>> {
  return nest(
    layout,
    (entry) => (entry.end <= layout.trained ? viewOf(entry, params) : viewOf(entry, frozen!, layout.trained)), // there are some that do not train
  );
}

/** One of them, in a flat tensor that begins at `first`. */
export function viewOf({ offset, size, shape, axes }: Entry, flat: Tensor, first = 0): Tensor {
  return flat
    .slice(0, offset - first, offset - first + size)
    .reshape(shape)
    .named(...axes);
}

/** Something for each weight, by layer and key. */
export function nest<T>({ tree, entries }: Layout, each: (entry: Entry, name: string) => T): Readonly<Record<string, Tree<T>>> {
  const mapped = mapTree(tree, isWeight, (_, name) => each(entryOf(entries, name), name));
  return mapped as Readonly<Record<string, Tree<T>>>; // a record maps to a record, a list to a list
}

/** The flat tensor of the weights that do not train, with `moved` in place of those of these names. */
export function withMoved({ entries, trained }: Layout, frozen: Tensor, moved: Readonly<Record<string, Tensor>>): Tensor {
  const each = Object.keys(moved).map((name) => [entryOf(entries, name), entryOf(moved, name)] as const);
  return replaced(frozen, trained, each);
}

/** A part of the flat tensor that begins at `first`, with other values for these weights. */
export function replaced(flat: Tensor, first: number, values: readonly (readonly [Entry, Tensor])[]): Tensor {
  const parts: Tensor[] = [];
  let at = 0;
  for (const [{ offset, size }, value] of values.toSorted(([a], [b]) => a.offset - b.offset)) {
    const from = offset - first;
    if (from > at) parts.push(flat.slice(0, at, from));
    parts.push(value.reshape([size]));
    at = from + size;
  }
  if (at < flat.size) parts.push(flat.slice(0, at));
  return concat(parts, 0);
}

/** Of those that train alone, as an optimizer has arrays. */
export function trainedPart(layout: Layout): Layout {
  if (layout.trained === layout.length) return layout;
  const entries = Object.fromEntries(Object.entries(layout.entries).filter(([, { end }]) => end <= layout.trained));
  const weights = Object.fromEntries(Object.entries(layout.weights).filter(([name]) => Object.hasOwn(entries, name)));
  return { ...layout, weights, entries, length: layout.trained };
}

/** Of those that change while a model learns: what its layers set themselves lies among what does not train. */
export function learntPart(layout: Layout): Layout {
  return layout.moving.size > 0 ? layout : trainedPart(layout);
}

/** Host arrays by name, copied into one flat array whose padding is zero. Throws as `checkArrays`, and NOT_FINITE for a number that f32 cannot hold. */
export function pack(layout: Layout, arrays: Readonly<Record<string, HostArray>>, dtype: "f32" | "f64", who: string): TypedArray {
  return atOnce(packing(layout, arrays, dtype, who));
}

/** The same, an array at a time. */
export function* packing(
  layout: Layout,
  arrays: Readonly<Record<string, HostArray>>,
  dtype: "f32" | "f64",
  who: string,
): Pieces<TypedArray> {
  checkArrays(layout, arrays, who);
  const flat = typedArray(dtype, layout.length);
  for (const [name, array] of Object.entries(arrays)) {
    yield;
    const { offset, size } = entryOf(layout.entries, name),
      data = numbersOf(array.data, name, who);
    flat.set(data, offset);
    if (dtype === "f32") checkOverflow(data, flat.subarray(offset, offset + size), name, who);
  }
  return flat;
}

export interface Starting {
  readonly seed: number;
  readonly dtype: "f32" | "f64";
  /** Weights that are not drawn. */
  readonly start?: Readonly<Record<string, HostArray>> | undefined;
  readonly who: string;
}

/** Weights as they start, likewise: drawn, but for those that are there. */
export function* starting(layout: Layout, { start = {}, who, ...options }: Starting): Pieces<TypedArray> {
  const there = Object.fromEntries(Object.entries(layout.entries).filter(([name]) => Object.hasOwn(start, name)));
  const flat = yield* packing({ ...layout, entries: there }, start, options.dtype, who);
  for (const [name, weight] of Object.entries(layout.weights)) {
    if (Object.hasOwn(start, name)) continue;
    yield;
    const { data } = entryOf(initialise({ [name]: weight }, options), name);
    if (!data.every(Number.isFinite)) throw overflowing(name, who);
    flat.set(data, entryOf(layout.entries, name).offset);
  }
  return flat;
}

function overflowing(name: string, who: string): SluiceError {
  const what = `weight "${name}" starts with numbers that f32 cannot hold`;
  return new SluiceError({ code: "NOT_FINITE", who, what, fix: "Let it start smaller", facts: { weight: name } });
}

function numbersOf(data: unknown, name: string, who: string): NumericArray {
  return readNumbers(data, { who, name: `the data of weight "${name}"` }).data;
}

function checkOverflow(given: NumericArray, rounded: TypedArray, name: string, who: string): void {
  for (let i = 0; i < rounded.length; i++) {
    if (Number.isFinite(rounded[i]) || !Number.isFinite(given[i])) continue;
    const what = `weight "${name}" has ${given[i]} at element ${i}, which f32 cannot hold`;
    throw new SluiceError({ code: "NOT_FINITE", who, what, fix: 'Compile with { dtype: "f64" }', facts: { weight: name, index: i } });
  }
}

/** Parts of the flat array, by name: whoever holds one holds it all. */
export function viewHost({ entries }: Layout, flat: TypedArray, dtype: "f32" | "f64"): Record<string, HostArray> {
  const view = ({ axes, shape, offset, size }: Entry): HostArray => ({ dtype, shape, axes, data: flat.subarray(offset, offset + size) });
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, view(entry)]));
}

/** Copies out of the flat array, by name. */
export function unpackHost(layout: Layout, flat: TypedArray, dtype: "f32" | "f64"): Record<string, HostArray> {
  const views = Object.entries(viewHost(layout, flat, dtype));
  return Object.fromEntries(views.map(([name, array]) => [name, { ...array, data: array.data.slice() }]));
}

/** As `checkShapes`, and SHAPE_MISMATCH for an array whose elements are not as many as its shape says. */
export function checkArrays(layout: Layout, arrays: Readonly<Record<string, HostArray>>, who: string): void {
  checkShapes(layout, arrays, who);
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const { size } = entryOf(layout.entries, name),
      { length } = numbersOf(data, name, who);
    if (length === size) continue;
    const what = `weight "${name}" [${shape.join(", ")}] has ${size} elements, got ${length}`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { weight: name, expected: size, got: length } });
  }
}

/** Throws INVALID_ARGUMENT for a weight that is missing or unknown and SHAPE_MISMATCH for one of another shape, by name. */
export function checkShapes({ entries }: Layout, arrays: Readonly<Record<string, { readonly shape: Shape }>>, who: string): void {
  for (const name of Object.keys(arrays)) {
    if (!Object.hasOwn(entries, name)) throw misnamed(who, `there is no weight ${show(name)}`, entries);
  }
  for (const [name, { shape, axes }] of Object.entries(entries)) {
    const given = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (given === undefined) throw misnamed(who, `weight "${name}" is missing`, entries);
    checkElements(who, `the shape of weight "${name}"`, given.shape);
    if (given.shape.join() === shape.join()) continue;
    const what = `weight "${name}" is [${axes.map((axis, d) => `${axis} ${shape[d]}`).join(", ")}], got [${given.shape.join(", ")}]`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { weight: name, expected: shape, got: given.shape } });
  }
}

const namesShown = 20;

function misnamed(who: string, what: string, entries: Readonly<Record<string, Entry>>): SluiceError {
  const names = Object.keys(entries),
    more = names.length > namesShown ? `, … ${names.length} in all` : "";
  const fix = `The model has ${names.slice(0, namesShown).join(", ") || "no weights"}${more}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}

/** Arrays by layer and key as arrays by name. Throws INVALID_ARGUMENT for a leaf that is none. */
export function flatten(arrays: Readonly<Record<string, Tree<HostArray>>>, who: string): Record<string, HostArray> {
  const leaves = leavesOf(arrays, isHostArray).map(([name, leaf]) => {
    if (isHostArray(leaf)) return [name, leaf] as const;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `weight "${name}" is no array with dtype, shape and data` });
  });
  return Object.fromEntries(leaves);
}

function isHostArray(value: unknown): value is HostArray {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}
