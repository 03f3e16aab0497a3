// ONNX files made in tests.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { writeModel } from "../schema/model.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType as Type,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../schema/onnx_pb.ts";

type Attributes = Readonly<Record<string, number | string | readonly number[] | TensorProto | GraphProto>>;

/** Whole numbers are ints, others floats: write 0.5, or give `floats`. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  domain = "",
): NodeProto {
  const all = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return create(NodeProtoSchema, {
    opType: op,
    input: [...inputs],
    output: [...outputs],
    attribute: all,
    domain,
    name: `${op}:${outputs[0]}`,
  });
}

function attribute(name: string, value: Attributes[string]): AttributeProto {
  const of = (init: MessageInitShape<typeof AttributeProtoSchema>): AttributeProto => create(AttributeProtoSchema, { name, ...init });
  if (typeof value === "string") return of({ type: Kind.STRING, s: new TextEncoder().encode(value) });
  if (typeof value === "number")
    return Number.isInteger(value) ? of({ type: Kind.INT, i: BigInt(value) }) : of({ type: Kind.FLOAT, f: value });
  if (Array.isArray(value)) return of({ type: Kind.INTS, ints: (value as number[]).map(BigInt) });
  const message = value as TensorProto | GraphProto; // no list, text or number
  return message.$typeName === "onnx.GraphProto" ? of({ type: Kind.GRAPH, g: message }) : of({ type: Kind.TENSOR, t: message });
}

export function info(name: string, dims?: readonly (number | string)[], type: Type = Type.FLOAT): ValueInfoProto {
  const dim = dims?.map((each) => ({
    value: typeof each === "number" ? ({ case: "dimValue", value: BigInt(each) } as const) : ({ case: "dimParam", value: each } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: type, ...(dim !== undefined && { shape: { dim } }) } } },
  });
}

export interface Parts {
  readonly inputs?: readonly ValueInfoProto[];
  readonly outputs: readonly (string | ValueInfoProto)[];
  readonly nodes: readonly NodeProto[];
  readonly initialisers?: readonly TensorProto[];
}

export function graph({ inputs = [], outputs, nodes, initialisers = [] }: Parts): GraphProto {
  const output = outputs.map((each) => (typeof each === "string" ? info(each) : each));
  return create(GraphProtoSchema, { node: [...nodes], input: [...inputs], output, initializer: [...initialisers], name: "graph" });
}

export interface ModelParts extends Parts {
  readonly opset?: number;
  readonly producer?: readonly [name: string, version: string];
  readonly functions?: readonly MessageInitShape<typeof FunctionProtoSchema>[];
  readonly domains?: readonly string[];
}

export function model({ opset = 17, producer = ["test", "1"], functions = [], domains = [], ...parts }: ModelParts): Uint8Array {
  return writeModel(
    create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: producer[0],
      producerVersion: producer[1],
      opsetImport: [{ domain: "", version: BigInt(opset) }, ...domains.map((domain) => ({ domain, version: 1n }))],
      graph: graph(parts),
      functions: [...functions],
    }),
  );
}
