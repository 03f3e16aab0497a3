// A graph of layers as plain data, as @sluice/nn has it of a model within another: which layers there are, and which reads what.
import { mapTree } from "@sluice/core";
import type { AnyLayer, Graph, Model, Symbolic } from "@sluice/nn";

/** An input by its name, or what a node gives, by its number and, of several, where that stands: "source", "3", "3:state.h". */
export type ValueRecord = string;

export interface NodeRecord {
  /** Which of the layers it uses. */
  readonly layer: number;
  /** One, or lists and records of them. */
  readonly x: unknown;
  readonly beside?: Readonly<Record<string, unknown>>;
}

export type LayerRecord = Pick<AnyLayer, "kind" | "config">;

export interface GraphRecord {
  readonly name: string;
  readonly inputs: Readonly<Record<string, { readonly shape?: readonly number[]; readonly dtype?: string }>>;
  readonly outputs: Readonly<Record<string, ValueRecord>>;
  readonly ends: { readonly inputs: readonly string[] | null; readonly outputs: readonly string[] | null };
  readonly layers: readonly LayerRecord[];
  /** Each after those that it reads. */
  readonly nodes: readonly NodeRecord[];
}

export type AnyModel = Model<string | null, string | null>;

/** Its layers go by the names that they have in the model. */
export function recordOf({ name, graph, ends }: Pick<AnyModel, "name" | "graph" | "ends">): GraphRecord {
  const inputs = new Map(Object.entries(graph.inputs).map(([input, value]) => [value, input])),
    calls = new Map(graph.nodes.map(({ call }, i) => [call, i])),
    places = new Map<unknown, number>(graph.layers.map(({ layer }, i) => [layer, i]));
  const one = ({ call, path }: Symbolic, self: Symbolic): ValueRecord =>
    inputs.get(self) ?? `${call === undefined ? "" : calls.get(call)}${path === "" ? "" : `:${path}`}`;
  const tree = (values: unknown): unknown => mapTree(values, isSymbolic, (leaf) => one(leaf as Symbolic, leaf as Symbolic)); // as was just seen
  return {
    ...{ name, ends },
    inputs: Object.fromEntries(
      Object.entries(graph.inputs).map(([input, value]) => [input, "config" in value ? (value.config as object) : {}]),
    ), // of an `input`
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([output, value]) => [output, one(value, value)])),
    layers: graph.layers.map(({ name: layer, layer: { kind, config } }) => ({ kind, config: { ...config, name: layer } })),
    nodes: graph.nodes.map(({ call }: Graph["nodes"][number]) => ({
      layer: places.get(call.layer) ?? 0,
      x: tree(call.x),
      beside: tree(call.beside) as Readonly<Record<string, unknown>>,
    })), // a record maps to one
  };
}

function isSymbolic(value: unknown): boolean {
  return typeof value === "object" && value !== null && "call" in value && "path" in value;
}

/** What an input says it is: itself, or the layer `input` that stands first on it. */
export function declaredShape({ inputs, layers, nodes }: GraphRecord, input: string): readonly number[] | undefined {
  const first = nodes.find(({ x, layer }) => x === input && layers[layer]?.kind === "input");
  return inputs[input]?.shape ?? (layers[first?.layer ?? -1]?.config as { readonly shape?: readonly number[] } | undefined)?.shape; // its own option
}

/** That of a model within, whose config it is. */
export function recordIn(config: object): GraphRecord {
  return config as unknown as GraphRecord; // as @sluice/nn makes it
}

/** The values that a node reads, in order: of a record that of its names, where Keras has a dictionary there. */
export function readsOf({ x, beside = {} }: NodeRecord, ordering: "dictionary" | "list" = "list"): readonly ValueRecord[] {
  const leaves = (tree: unknown, isRecord: boolean): readonly ValueRecord[] => {
    if (typeof tree === "string") return [tree];
    if (typeof tree !== "object" || tree === null) return [];
    const entries = Object.entries(tree);
    return (isRecord && ordering === "dictionary" && !Array.isArray(tree) ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries).flatMap(
      ([, one]) => leaves(one, isRecord),
    );
  };
  return [...leaves(x, true), ...leaves(beside, false)];
}

/** The number of the node that gives a value; undefined for an input. */
export function nodeOf(value: ValueRecord, inputs: object): number | undefined {
  return Object.hasOwn(inputs, value) ? undefined : Number.parseInt(value, 10);
}

/** Layers that Keras calls with more than one tensor, or with more than a tensor. */
const ofSeveral = ["attention", "additiveAttention", "multiHeadAttention", "groupQueryAttention", "reversibleEmbedding"];

/** Whether it is nothing but one layer after another, each used once on what the one before gives: a Sequential. */
export function isChain({ inputs, outputs, ends, layers, nodes }: GraphRecord): boolean {
  const follows = ({ x, layer, beside = {} }: NodeRecord, i: number): boolean =>
    layer === i &&
    Object.keys(beside).length === 0 &&
    !ofSeveral.includes(layers[layer]?.kind ?? "") &&
    (i === 0 ? typeof x === "string" && Object.hasOwn(inputs, x) : x === String(i - 1));
  const [output, ...more] = Object.values(outputs);
  return (
    ends.inputs === null &&
    ends.outputs === null &&
    layers.length === nodes.length &&
    nodes.length > 0 &&
    nodes.every(follows) &&
    more.length === 0 &&
    output === String(nodes.length - 1)
  );
}
