// What a file holds, before anything is made of it.
import { bytesOf } from "@sluice/nn/kit";
import { NotSupported, type UnsupportedPart } from "../read/failures.ts";
import { functionKey, modelOf } from "../read/graph.ts";
import type { Graph, Model, Node, ValueInfo } from "../read/model.ts";
import { readModel } from "../schema/model.ts";
import { nameOf, operatorOf } from "./operatorOf.ts";

export interface OnnxSummary {
  /** By domain; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: { readonly name: string; readonly version: string };
  /** With sizes, names of sizes, or undefined where the file says nothing. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** How often each operator stands in the file, in all of its graphs. */
  readonly operators: Readonly<Record<string, number>>;
  readonly initialisers: number;
  /** Operators that there are not here, wherever they stand: a branch that is not taken may have them. */
  readonly unsupported: readonly UnsupportedPart[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** What stands in an ONNX file. Throws FILE_CORRUPT and FILE_FOREIGN. */
export function inspectOnnx(bytes: ArrayBufferView | ArrayBufferLike): OnnxSummary {
  return summaryOf(modelOf(readModel(bytesOf(bytes, "inspectOnnx"))));
}

export function summaryOf(model: Model): OnnxSummary {
  const counts = new Map<string, number>(),
    unsupported: UnsupportedPart[] = [];
  const visit = (node: Node, opsets: ReadonlyMap<string, number>): void => {
    const name = nameOf(node);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const [op = "", overload = ""] = node.op.split(":");
    if (name !== "Constant" && !model.functions.has(functionKey(node.domain, op, overload))) look(node, name, opsets);
    for (const { graph } of node.attributes.values()) if (graph !== undefined) inside(graph, opsets);
  };
  const look = (node: Node, operator: string, opsets: ReadonlyMap<string, number>): void => {
    try {
      operatorOf(node, opsets);
    } catch (error) {
      if (!(error instanceof NotSupported)) throw error;
      unsupported.push({ operator, version: opsets.get(node.domain) ?? 0, node: node.name, what: error.message, instead: error.instead });
    }
  };
  const inside = ({ nodes }: Pick<Graph, "nodes">, opsets: ReadonlyMap<string, number>): void =>
    nodes.forEach((node) => visit(node, opsets));
  inside(model.graph, model.opsets);
  for (const body of model.functions.values()) inside(body, body.opsets);
  const { graph, opsets, producer, metadata } = model;
  return {
    opsets: Object.fromEntries(opsets),
    producer,
    inputs: graph.inputs,
    outputs: graph.outputs,
    operators: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    initialisers: graph.initialisers.size,
    unsupported,
    metadata: Object.fromEntries(metadata),
    warnings: warningsOf(model),
  };
}

/** PyTorch's nn.GRU resets after the product; its newer exporter wrote that it does before, until July 2026, and so other numbers come out. */
function warningsOf({ producer, graph, functions }: Model): readonly string[] {
  if (producer.name.toLowerCase() !== "pytorch") return [];
  const wrong: string[] = [];
  const visit = (node: Node): void => {
    const written = node.attributes.get("linear_before_reset")?.proto.i ?? 0n;
    if (node.op === "GRU" && node.domain === "" && written === 0n) wrong.push(node.name);
    for (const { graph: inner } of node.attributes.values()) inner?.nodes.forEach(visit);
  };
  graph.nodes.forEach(visit);
  for (const { nodes } of functions.values()) nodes.forEach(visit);
  if (wrong.length === 0) return [];
  return [
    `${wrong.length === 1 ? "the GRU" : `${wrong.length} GRU`} ${wrong.map((name) => `"${name}"`).join(", ")} of PyTorch ${producer.version} reset${wrong.length === 1 ? "s" : ""} before the product, which nn.GRU never does: its exporter wrote this by mistake until July 2026. Pass { linearBeforeReset: true } for the numbers of PyTorch`,
  ];
}
