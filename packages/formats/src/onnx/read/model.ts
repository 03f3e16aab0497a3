// What a file says, as data: graphs of nodes over values by name.
import type { AttributeProto, TensorProto } from "../schema/onnx_pb.ts";
import type { TensorType } from "../schema/tensor.ts";

export interface Attribute {
  readonly proto: AttributeProto;
  /** The subgraph, where it is one. */
  readonly graph: Graph | undefined;
}

/** A size that is known, the name of one that is not, or nothing at all. */
export type Dimension = number | string | undefined;

export interface ValueInfo {
  readonly name: string;
  /** Undefined where the file does not say, and for types that are no tensors of numbers. */
  readonly type: TensorType | undefined;
  /** Undefined where the file does not say. */
  readonly shape: readonly Dimension[] | undefined;
}

export interface Node {
  readonly op: string;
  /** "" is ONNX's own. */
  readonly domain: string;
  /** Its name in the file, or that of its first output. */
  readonly name: string;
  /** "" where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initialisers: ReadonlyMap<string, TensorProto>;
}

export interface FunctionBody extends Pick<Graph, "nodes"> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly opsets: ReadonlyMap<string, number>;
}

export interface Model {
  readonly graph: Graph;
  /** Version by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: { readonly name: string; readonly version: string };
  /** By domain, name and overload: "pkg.torch::gelu:". */
  readonly functions: ReadonlyMap<string, FunctionBody>;
  readonly metadata: ReadonlyMap<string, string>;
}
