// A graph for all sizes as the bytes of a file: opset 18, IR version 8, which is what onnxruntime 1.14 and later read.
import { create } from "@bufbuild/protobuf";
import { writeModel } from "../schema/model.ts";
import { tensorProto } from "../schema/tensor.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../schema/onnx_pb.ts";
import { elementTypes } from "./emission/operators.ts";
import type { Attribute } from "./emission/values.ts";
import type { Initialiser, WrittenGraph, WrittenNode, WrittenValue } from "./emission/written.ts";

export const opset = 18;
const irVersion = 8;

export interface Described {
  readonly graph: WrittenGraph;
  readonly initialisers: readonly Initialiser[];
  readonly version: string;
  readonly doc: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function writeFile({ graph, initialisers, version, doc, metadata }: Described): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: "sluice",
    producerVersion: version,
    docString: doc,
    graph: { ...graphOf(graph), initializer: initialisers.map(tensorOf) },
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return writeModel(model);
}

function graphOf({ name, inputs, outputs, nodes }: WrittenGraph): GraphProto {
  return create(GraphProtoSchema, { name, input: inputs.map(valueOf), output: outputs.map(valueOf), node: nodes.map(nodeOf) });
}

function nodeOf({ op, inputs, outputs, attributes, body }: WrittenNode) {
  const attribute = Object.entries(attributes).map(([name, each]) => attributeOf(name, each));
  if (body !== undefined) attribute.push(create(AttributeProtoSchema, { name: "body", type: Type.GRAPH, g: graphOf(body) }));
  return create(NodeProtoSchema, {
    opType: op,
    name: outputs.find((output) => output !== "") ?? op,
    input: [...inputs],
    output: [...outputs],
    attribute,
  });
}

function attributeOf(name: string, attribute: Attribute): AttributeProto {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(attribute.value) });
    case "float":
      return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: attribute.value });
    case "text":
      return create(AttributeProtoSchema, { name, type: Type.STRING, s: bytes(attribute.value) as Uint8Array<ArrayBuffer> }); // as it was just made
    case "ints":
      return create(AttributeProtoSchema, { name, type: Type.INTS, ints: attribute.value.map(BigInt) });
    case "floats":
      return create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: [...attribute.value] });
    case "texts":
      return create(AttributeProtoSchema, {
        name,
        type: Type.STRINGS,
        strings: attribute.value.map((text) => bytes(text) as Uint8Array<ArrayBuffer>),
      }); // likewise
  }
}

function valueOf({ name, elem, dims }: WrittenValue): ValueInfoProto {
  const dim = dims.map((n) => ({
    value: typeof n === "number" ? { case: "dimValue" as const, value: BigInt(n) } : { case: "dimParam" as const, value: n },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: elementTypes[elem], shape: { dim } } } },
  });
}

function tensorOf({ name, shape, ...rest }: Initialiser): TensorProto {
  switch (rest.elem) {
    case "i64":
      return tensorProto(name, "int64", shape, BigInt64Array.from(rest.data, BigInt));
    case "bool":
      return tensorProto(name, "bool", shape, Uint8Array.from(rest.data));
    case "f32":
      return tensorProto(name, "float32", shape, rest.data as Float32Array); // as its element type says
    case "f64":
      return tensorProto(name, "float64", shape, rest.data as Float64Array); // likewise
    case "i32":
      return tensorProto(name, "int32", shape, rest.data as Int32Array); // likewise
  }
}
