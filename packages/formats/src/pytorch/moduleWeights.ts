// A module's tensors, checked and laid out as a tree of weights.
import type { HostArray, Shape } from "@sluice/core";
import { check, options as named, refused, size, text } from "@sluice/core/arguments";
import { kernelParts, normParts } from "./modules/plain.ts";
import { recurrentParts, recurrentShapes, type RecurrentKind } from "./modules/recurrent.ts";
import { prefixOf, within, type Named, type Part } from "./part.ts";
import { refuse } from "./problems.ts";
import { arraysIn } from "./stateDict.ts";

export interface PrefixOption {
  /** What the names of the module's tensors begin with, without the last dot: "encoder.rnn". Default the whole record. */
  readonly prefix?: string;
}
export interface BiasOption<B> {
  /** Whether the module was made with biases. Default true, as in PyTorch. */
  readonly bias?: B;
}
export interface RecurrentOptions<L, D, B> extends PrefixOption, BiasOption<B> {
  /** num_layers: with it the weights are a list, as `stacked` takes it. Default one layer, and no list. */
  readonly numLayers?: L;
  /** With true each layer is `{ forward, backward }`, as `bidirectional` takes it. Default false. */
  readonly bidirectional?: D;
}

export type ShapeOf = (name: string) => Shape | undefined;

export function recurrent(
  kind: RecurrentKind,
  tensors: Named<HostArray>,
  options: RecurrentOptions<number | undefined, boolean, boolean> & { readonly projection?: boolean },
): unknown {
  const who = `torchModules.${kind}`;
  const {
    prefix,
    bias = true,
    numLayers,
    bidirectional = false,
    projection = false,
  } = named<typeof options>(who, options, {
    ...{ prefix: true, bias: true, numLayers: true, bidirectional: true },
    ...(kind === "lstm" && { projection: true }),
  } as never); // of LSTM alone
  if (numLayers !== undefined) check(who, "numLayers", numLayers, size);
  for (const [option, value] of Object.entries({ bidirectional, projection }))
    if (typeof value !== "boolean") throw refused(who, option, value, "true or false");
  const way = (shapeOf: ShapeOf, suffix: string, ours: string): readonly Part[] => {
    const shapes = recurrentShapes(kind, shapeOf, suffix, bias),
      { wh: [size = 0] = [] } = shapes;
    return within(
      recurrentParts(kind, { ...shapes, ...(projection && shapes["wr"] === undefined && { wr: [0, size] }) }, suffix),
      "",
      ours,
    );
  };
  const layers = Array.from({ length: numLayers ?? 1 }, (_, k) => k);
  const tree = module(kind, tensors, { ...(prefix !== undefined && { prefix }), bias }, (shapeOf) =>
    layers.flatMap((k) =>
      bidirectional
        ? [...way(shapeOf, `_l${k}`, `${k}.forward.`), ...way(shapeOf, `_l${k}_reverse`, `${k}.backward.`)]
        : way(shapeOf, `_l${k}`, `${k}.`),
    ),
  );
  const list = layers.map((k) => (tree as Named<unknown>)[k]); // by the paths above
  return numLayers === undefined ? list[0] : list;
}

export function cell(kind: RecurrentKind, tensors: Named<HostArray>, options: PrefixOption & BiasOption<boolean>): unknown {
  return module(`${kind}Cell`, tensors, options, (shapeOf, bias) => recurrentParts(kind, recurrentShapes(kind, shapeOf, "", bias), ""));
}

/** The number of filters is on this axis of the tensor. */
export function kernel(axis: 0 | 1): (shapeOf: ShapeOf, bias: boolean) => readonly Part[] {
  return (shapeOf, bias) => {
    const shape = shapeOf("weight") ?? [];
    return kernelParts({ kernel: shape.toReversed(), ...(bias && { bias: [shape[axis] ?? 0] }) });
  };
}

export function norm(shapeOf: ShapeOf, bias: boolean): readonly Part[] {
  const shape = shapeOf("weight") ?? [];
  return normParts({ gamma: shape, ...(bias && { beta: shape }) });
}

/** The tree of the weights that the parts make. Throws as `torchModules`. */
export function module(
  name: string,
  tensors: Named<HostArray>,
  options: PrefixOption & BiasOption<boolean>,
  parts: (shapeOf: ShapeOf, bias: boolean) => readonly Part[],
): unknown {
  const who = `torchModules.${name}`;
  const { prefix: module = "", bias = true } = named<typeof options>(who, options, { prefix: true, bias: true });
  check(who, "prefix", module, text);
  if (typeof bias !== "boolean") throw refused(who, "bias", bias, "true or false");
  const arrays = arraysIn(who, tensors),
    prefix = prefixOf(module);
  const found = new Map(Object.entries(arrays).filter(([each]) => each.startsWith(prefix)));
  const all = within(
    parts((each) => found.get(prefix + each)?.shape, bias),
    prefix,
    "",
  );
  const wanted = all.flatMap((part) =>
    Object.entries(part.tensors).map(([each, shape]) => ({ each, shape, isOptional: part.isOptional === true })),
  );
  const missing = wanted.filter(({ each, isOptional }) => !isOptional && !found.has(each)).map(({ each }) => each),
    taken = new Set(wanted.map(({ each }) => each));
  const misfits = wanted.flatMap(({ each, shape, isOptional }) => {
    const { shape: own, dtype } = found.get(each) ?? {};
    if (own === undefined || isOptional || missing.length > 0) return [];
    if (own.join() !== shape.join()) return [`${each} is [${own.join(", ")}], not [${shape.join(", ")}]`];
    return dtype === "i32" ? [`${each} holds no floating numbers`] : [];
  });
  refuse(
    who,
    { unsupported: [], unplaced: [], missing, surplus: [...found.keys()].filter((each) => !taken.has(each)), misfits },
    "Say what the module was made with: prefix, bias, numLayers, bidirectional, projection",
  );
  const weights = all.flatMap(
    (part) =>
      Object.entries(
        part.take(Object.fromEntries(Object.keys(part.tensors).flatMap((each) => (found.has(each) ? [[each, found.get(each)!]] : [])))),
      ), // there
  );
  return nested(weights);
}

/** "a.b" → { a: { b } } */
function nested(entries: readonly (readonly [string, HostArray])[]): unknown {
  const tree: Record<string, unknown> = {};
  const groups = new Map<string, [string, HostArray][]>();
  for (const [path, array] of entries) {
    const dot = path.indexOf(".");
    if (dot < 0) tree[path] = array;
    else groups.set(path.slice(0, dot), [...(groups.get(path.slice(0, dot)) ?? []), [path.slice(dot + 1), array]]);
  }
  for (const [name, inner] of groups) tree[name] = nested(inner);
  return tree;
}
