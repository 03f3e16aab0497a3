// The numbers that a file holds: initialisers, and what its Constant nodes say. Each is read once.
import { Attributes } from "../read/attributes.ts";
import { corrupt, NotSupported } from "../read/failures.ts";
import type { Graph, Model, Node } from "../read/model.ts";
import type { TensorProto } from "../schema/onnx_pb.ts";
import { type ReadExternal, tensorValue } from "../schema/tensor.ts";
import { type Known, known, knownInts, knownOf } from "../values/value.ts";

export interface StoredTensor {
  /** The value's name in the file; a second one of that name, in another subgraph, has a number behind it. */
  readonly name: string;
  readonly value: Known;
}

/** The tensors of a model, by where they stand in it. Throws as `tensorValue` when one is read. */
export class Stored {
  readonly #external: ReadExternal | undefined;
  readonly #names = new Map<TensorProto | Node, string>();
  readonly #read = new Map<TensorProto | Node, StoredTensor>();

  constructor(model: Model, external: ReadExternal | undefined) {
    this.#external = external;
    const taken = new Map<string, number>();
    this.#nameAll(model.graph, taken);
    for (const { nodes } of model.functions.values()) for (const node of nodes) this.#nameNode(node, taken);
  }

  initialiser(tensor: TensorProto): StoredTensor {
    return this.#stored(tensor, () => knownOf(tensorValue(tensor, this.#external)));
  }

  constant(node: Node): StoredTensor {
    return this.#stored(node, () => constantOf(node, this.#external));
  }

  #stored(key: TensorProto | Node, read: () => Known): StoredTensor {
    const found = this.#read.get(key);
    if (found !== undefined) return found;
    const made = { name: this.#names.get(key) ?? "", value: read() };
    this.#read.set(key, made);
    return made;
  }

  #nameAll(graph: Graph, taken: Map<string, number>): void {
    for (const [name, tensor] of graph.initialisers) this.#names.set(tensor, free(name, taken));
    for (const node of graph.nodes) this.#nameNode(node, taken);
  }

  #nameNode(node: Node, taken: Map<string, number>): void {
    if (node.op === "Constant") this.#names.set(node, free(node.outputs[0] ?? node.name, taken));
    for (const { graph } of node.attributes.values()) if (graph !== undefined) this.#nameAll(graph, taken);
  }
}

function free(name: string, taken: Map<string, number>): string {
  const before = taken.get(name) ?? 0;
  taken.set(name, before + 1);
  return before === 0 ? name : `${name} (${before + 1})`;
}

function constantOf(node: Node, external: ReadExternal | undefined): Known {
  const attributes = new Attributes(node.attributes),
    value = attributes.has("value") ? attributes.tensor("value") : undefined;
  if (value !== undefined) return knownOf(tensorValue(value, external));
  const ints = attributes.ints("value_ints"),
    floats = attributes.floats("value_floats");
  if (attributes.has("value_float")) return known("float32", [], [attributes.float("value_float", 0)]);
  if (attributes.has("value_int")) return knownInts([attributes.int("value_int", 0)], []);
  if (ints !== undefined) return knownInts(ints);
  if (floats !== undefined) return known("float32", [floats.length], floats);
  const [kind] = attributes.unread;
  if (kind === undefined) throw corrupt(`the constant "${node.name}" has no value`);
  throw new NotSupported(`holds ${kind}`, "numbers are supported");
}
