// A graph as plain data, as files have it, and the way back.
import { mapTree, SluiceError, type Tree } from "@sluice/core";
import { isSymbolic } from "../layers/callable.ts";
import { Symbolic, type AnyLayer, type Beside, type Call } from "../layers/layer.ts";
import { entryOf, foundIn } from "../host/entryOf.ts";
import type { Ends, Graph, Named, Node } from "./graph.ts";
import { single, type EndNames } from "./names.ts";

/** A value: an input by its name, or what a node gives, by its number and, of several, where that stands: "source", "3", "3:state.h". */
export type ValueRecord = string;

export interface NodeRecord {
  /** Which of the layers it uses. */
  readonly layer: number;
  readonly x: Tree<ValueRecord>;
  readonly beside?: Named<Tree<ValueRecord>>;
}

export interface LayerRecord {
  readonly kind: string;
  readonly config: object;
}

export interface GraphRecord {
  /** What each `input(…)` says. */
  readonly inputs: Named<object>;
  readonly outputs: Named<ValueRecord>;
  readonly ends: EndNames;
  readonly layers: readonly LayerRecord[];
  /** Each after those that it reads. */
  readonly nodes: readonly NodeRecord[];
}

export function graphRecord({ inputs, outputs, nodes, layers }: Graph, ends: EndNames): GraphRecord {
  const names = new Map(Object.entries(inputs).map(([name, value]) => [value, name]));
  const numbers = new Map<Call | undefined, number>(nodes.map(({ call }, i) => [call, i]));
  const places = new Map(layers.map(({ layer }, i) => [layer, i]));
  const record = (value: unknown): ValueRecord => {
    const { call, path } = value as Symbolic; // graphs are of these
    return names.get(value as Symbolic) ?? `${numbers.get(call)}${path === "" ? "" : `:${path}`}`;
  };
  const tree = (values: unknown): Tree<ValueRecord> => mapTree(values, isSymbolic, record) as Tree<ValueRecord>; // one for each
  return {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, "config" in value ? (value.config as object) : {}])), // of an `input`
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, record(value)])),
    ends,
    layers: layers.map(({ layer: { kind, config } }) => ({ kind, config })),
    nodes: nodes.map(({ call }) => ({
      layer: foundIn(places, call.layer),
      x: tree(call.x),
      ...(Object.keys(call.beside).length > 0 && { beside: tree(call.beside) as Named<Tree<ValueRecord>> }), // a record maps to a record
    })),
  };
}

/** Its layers, where it is nothing but one after the other: each reads what the one before gives. */
export function chainOf({ inputs, outputs, nodes }: Graph, ends: EndNames): readonly LayerRecord[] | undefined {
  const start = inputs[single.inputs];
  if (ends.inputs !== null || ends.outputs !== null || start === undefined || "kind" in start) return undefined;
  const follows = ({ call, use }: Node, i: number): boolean =>
    use === 0 && Object.keys(call.beside).length === 0 && (i === 0 ? call.x === start : isWhole(call.x, nodes[i - 1]));
  const isEnd = isWhole(outputs[single.outputs], nodes.at(-1));
  return isEnd && nodes.every(follows) ? nodes.map(({ call: { layer } }) => ({ kind: layer.kind, config: layer.config })) : undefined;
}

/** Whether it is all that a node gives. */
function isWhole(value: unknown, node: Node | undefined): boolean {
  return value instanceof Symbolic && value.path === "" && value.call !== undefined && value.call === node?.call;
}

export interface Restoring {
  /** By number, made again. */
  readonly layers: readonly AnyLayer[];
  readonly inputs: Named<Symbolic>;
}

/** The ends of the graph that was recorded. Throws INVALID_ARGUMENT for what refers to nothing. */
export function endsOf({ nodes, outputs }: GraphRecord, { layers, inputs }: Restoring): Ends {
  const calls: Call[] = [];
  const values = new Map<string, Symbolic>();
  const valueOf = (record: unknown): Symbolic => {
    if (typeof record === "string" && Object.hasOwn(inputs, record)) return entryOf(inputs, record);
    const [number = "", path = ""] = String(record).split(/:(.*)/s);
    const call = /^\d+$/.test(number) ? calls[Number(number)] : undefined;
    if (call === undefined) throw dangling(record);
    const value = values.get(String(record)) ?? new Symbolic(call, path);
    values.set(String(record), value);
    return value;
  };
  const tree = (records: unknown): Tree<Symbolic> =>
    mapTree(records, (leaf) => typeof leaf !== "object" || leaf === null, valueOf) as Tree<Symbolic>; // prettier-ignore -- one for each
  for (const { layer, x, beside = {} } of nodes) {
    const used = layers[layer];
    if (used === undefined) throw dangling(`layer ${layer}`);
    calls.push({ layer: used, x: tree(x), beside: tree(beside) as Beside<Symbolic> }); // a record maps to a record
  }
  return { inputs, outputs: Object.fromEntries(Object.entries(outputs).map(([name, record]) => [name, valueOf(record)])) };
}

function dangling(record: unknown): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "model", what: `${String(record)} refers to nothing that stands before it` });
}
