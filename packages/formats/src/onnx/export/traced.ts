// A traced function as a graph of ONNX, at the shapes that its inputs say.
import { type SluiceError, leavesOf, mapTree, type HostArray, type Spec, type Tensor, trace, type Traced, type Tree } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { Node } from "@sluice/core/graph";
import { Emitter, NameSource } from "./emission/emitter.ts";
import type { Body, Data, Numbers, Value } from "./emission/values.ts";
import { unsupported } from "./unsupported.ts";
import { GraphLowering } from "./graph/graphLowering.ts";
import type { Replaced } from "./graph/lowering.ts";
import { nth } from "../read/there.ts";

/** Weights become initialisers and inputs the file's inputs, by their paths ("lstm.wx"; "x" for one by itself). */
export interface TracedFunction {
  readonly name: string;
  readonly fn: (weights: Tree<Tensor>, inputs: Tree<Tensor>) => unknown;
  readonly weights: Tree<HostArray>;
  readonly inputs: Tree<Spec>;
}

export interface Emission {
  readonly body: Body;
  readonly names: NameSource;
}

/** The rules may say, once the function is traced, what is written in another way. */
export function emitTraced(
  { name, fn, weights, inputs }: TracedFunction,
  { rulesOf = () => () => undefined, evenly = false, made }: How = {},
): Emission {
  const names = new NameSource(made);
  const specs = mapTree(weights, isArray, (leaf) => specOf(leaf as HostArray)); // `isArray` says so
  const { graph, result } = trace(name, (w: Tree<Tensor>, x: Tree<Tensor>) => fn(w, x), [specs, inputs]);
  if (graph.outputs.length === 0) throw refused("toOnnx", "what fn returns", result, "a tensor, or a tree of them");
  if (graph.updates.length > 0) throw assigning(graph.updates.map(({ input }) => input.label ?? "an input"));
  const arrays = leavesOf(weights, isArray) as readonly (readonly [string, HostArray])[], // likewise
    given = leavesOf(inputs, isSpec) as readonly (readonly [string, Spec])[]; // likewise
  const ins = given.map(([path]) => names.take(path || "x")),
    outs = graph.outputs.map(({ path }) => names.take(path || "y"));
  const values = graph.inputs
    .slice(arrays.length)
    .map(({ shape, dtype }, k): Value => ({ kind: "value", name: nth(ins, k), shape, elem: dtype })); // one for each
  const known = new Map<Node, Numbers>(
    graph.inputs.map((node, k) => [node, arrays[k] === undefined ? nth(values, k - arrays.length) : weightOf(names, ...arrays[k])]),
  ); // those of weights come first
  const lowering = new GraphLowering({ graph, names, inputs: known, replaced: rulesOf({ graph, result }, known), evenly });
  lowering.run();
  const ends = graph.outputs.map(({ node }, k) => end(lowering.top, lowering.value(node), nth(outs, k))); // one for each
  return { body: { name, inputs: values, outputs: ends, nodes: lowering.top.nodes }, names };
}

function assigning(inputs: readonly string[]): SluiceError {
  const instead = "Return the new value, and pass it in again";
  const parts = inputs.map((name) => ({
    name: name.replace(/^argument \d+$/, "x"),
    what: "is assigned to, and a file keeps nothing from run to run",
    instead,
  }));
  return unsupported("the function changes what it is given", parts);
}

export interface How {
  readonly rulesOf?: RulesOf;
  /** Whether windows are written in a way that does not depend on which sizes divide which. Default false. */
  readonly evenly?: boolean;
  /** As sources of names have it. */
  readonly made?: Map<string, Float32Array>;
}

export type RulesOf = (traced: Traced, known: ReadonlyMap<Node, Numbers>) => (node: Node) => Replaced | undefined;

/** Under the name that the caller knows it by. */
function end(e: Emitter, x: Numbers, name: string): Value {
  e.nodes.push({
    op: "Identity",
    inputs: [x],
    outputs: [{ kind: "value", name, shape: x.shape, elem: x.elem }],
    attributes: {},
    origin: name,
  });
  return { kind: "value", name, shape: x.shape, elem: x.elem };
}

function weightOf(names: NameSource, path: string, { data, shape, dtype }: HostArray): Data {
  return { kind: "data", name: names.take(path || "weight"), data, shape, elem: dtype };
}

function specOf({ shape, dtype }: HostArray): Spec {
  return { shape, dtype };
}

export function isArray(value: unknown): boolean {
  return isSpec(value) && "data" in (value as object);
}

export function isSpec(value: unknown): boolean {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}
