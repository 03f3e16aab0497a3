// What a model is before there are shapes: which layer reads what, in an order in which each comes after what it reads.
import { foundIn } from "../host/entryOf.ts";
import { leavesOf, SluiceError } from "@sluice/core";
import { check } from "@sluice/core/arguments";
import { isSymbolic } from "../layers/callable.ts";
import type { AnyLayer, Call, Symbolic } from "../layers/layer.ts";
import { layerName } from "../options/rules.ts";

export type Named<T> = Readonly<Record<string, T>>;

/** One use of a layer. */
export interface Node {
  /** Of the layer: several uses have one. */
  readonly name: string;
  /** Which use of the layer it is, from 0. */
  readonly use: number;
  readonly call: Call;
}

/** "lstm", and where it is used again "lstm:1". */
export function useName({ name, use }: Node): string {
  return use === 0 ? name : `${name}:${use}`;
}

export interface NamedLayer {
  readonly name: string;
  readonly layer: AnyLayer;
}

export interface Ends {
  /** By name; "x" where there is one without. */
  readonly inputs: Named<Symbolic>;
  /** By name; "y" where there is one without. */
  readonly outputs: Named<Symbolic>;
}

export interface Graph extends Ends {
  readonly nodes: readonly Node[];
  /** Each once. */
  readonly layers: readonly NamedLayer[];
}

/** Throws INVALID_ARGUMENT for inputs that are missing, given twice or not read, and for a name that is used twice or is none. */
export function graphOf(who: string, { inputs, outputs }: Ends): Graph {
  const calls = inOrder(Object.values(outputs));
  checkInputs(who, { inputs, outputs }, calls);
  const layers = named(who, [...new Set(calls.map(({ layer }) => layer))]);
  const names = new Map(layers.map(({ name, layer }) => [layer, name]));
  const uses = new Map<AnyLayer, number>();
  const nodes = calls.map((call): Node => {
    const use = uses.get(call.layer) ?? 0;
    uses.set(call.layer, use + 1);
    return { name: foundIn(names, call.layer), use, call };
  });
  return { inputs, outputs, nodes, layers };
}

/** The values that a call reads. */
export function readBy({ x, beside }: Call): readonly Symbolic[] {
  return [...leavesOf(x, isSymbolic), ...leavesOf(beside, isSymbolic)].map(([, leaf]) => leaf as Symbolic); // calls are of these
}

/** A layer that reads a value, and under which paths of what it reads. */
export interface Reader {
  readonly layer: AnyLayer;
  readonly paths: readonly string[];
}

/** What reads a value, also past an `input` that stands first in a sequence. */
export function readersOf(graph: Graph, value: Symbolic): readonly Reader[] {
  return readersWhere(graph, (read) => read === value).flatMap((reader) =>
    reader.layer.kind === "input" ? [reader, ...readersWhere(graph, (read) => read.call?.layer === reader.layer)] : [reader],
  );
}

function readersWhere({ nodes }: Graph, isRead: (value: Symbolic) => boolean): readonly Reader[] {
  const paths = ({ x }: Call): readonly string[] =>
    leavesOf(x, isSymbolic).flatMap(([path, leaf]) => (isRead(leaf as Symbolic) ? [path] : [])); // a call is of these
  return nodes.filter(({ call }) => readBy(call).some(isRead)).map(({ call }) => ({ layer: call.layer, paths: paths(call) }));
}

/** Every call that these values need, each after those it reads. A list of what is left to visit, as a chain may be thousands long. */
function inOrder(outputs: readonly Symbolic[]): readonly Call[] {
  const done = new Set<Call>();
  const left: { readonly call: Call; readonly isRead: boolean }[] = [];
  const visit = (values: readonly Symbolic[]): void => {
    for (const { call } of values.toReversed()) if (call !== undefined && !done.has(call)) left.push({ call, isRead: false });
  };
  visit(outputs);
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next.isRead) done.add(next.call);
    else if (!done.has(next.call)) {
      left.push({ call: next.call, isRead: true });
      visit(readBy(next.call));
    }
  }
  return [...done];
}

function checkInputs(who: string, { inputs, outputs }: Ends, calls: readonly Call[]): void {
  const given = new Map(Object.entries(inputs).map(([name, value]) => [value, name]));
  if (given.size < Object.keys(inputs).length) throw refused(who, "two inputs are the same value", "Give each an input(…) of its own");
  const read = new Set([...calls.flatMap(readBy), ...Object.values(outputs)].filter(({ call }) => call === undefined));
  const notInput = [...given].find(([value]) => value.call !== undefined)?.[1];
  if (notInput !== undefined) throw refused(who, `the input "${notInput}" is what a layer gives`, "Give what input(…) gives");
  if ([...read].some((value) => !given.has(value)))
    throw refused(who, "a layer reads an input(…) that is not among the inputs", "Name it in { inputs }, or leave it out");
  const unread = [...given].find(([value]) => !read.has(value))?.[1];
  if (unread !== undefined) throw refused(who, `nothing reads the input "${unread}"`, "Leave it out, or call a layer on it");
}

/** Layers without a name take their kind: "dense", "dense_1", …. */
function named(who: string, layers: readonly AnyLayer[]): readonly NamedLayer[] {
  const taken = new Set<string>();
  for (const { config } of layers) if (config.name !== undefined) claim(who, taken, config.name);
  const next = new Map<string, number>();
  return layers.map((layer) => ({ name: layer.config.name ?? free(who, taken, next, layer.kind), layer }));
}

function claim(who: string, taken: Set<string>, name: string): void {
  check(who, "the name of a layer", name, layerName);
  if (taken.has(name)) throw refused(who, `two layers are named "${name}"`);
  taken.add(name);
}

/** `next` goes on where the last of a kind was found: a number is looked at once. */
function free(who: string, taken: Set<string>, next: Map<string, number>, kind: string): string {
  for (let i = next.get(kind) ?? 0; ; i++) {
    const name = i === 0 ? kind : `${kind}_${i}`;
    if (taken.has(name)) continue;
    claim(who, taken, name);
    next.set(kind, i + 1);
    return name;
  }
}

function refused(who: string, what: string, fix?: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, ...(fix !== undefined && { fix }) });
}
