// A file as text: what it reads and gives, its nodes with their attributes, and its metadata. For goldens.
import {
  type AttributeProto,
  AttributeProto_AttributeType as Type,
  type GraphProto,
  type ModelProto,
  type ValueInfoProto,
} from "../../schema/onnx_pb.ts";
import { tensorValue } from "../../schema/tensor.ts";

export function printModel({ irVersion, opsetImport, producerName, docString, metadataProps, graph }: ModelProto): string {
  const head = [
    `ir ${irVersion}, opset ${opsetImport.map(({ version }) => version).join()}, ${producerName}${docString === "" ? "" : `: ${docString}`}`,
    ...metadataProps.map(({ key, value }) => `${key} = ${value}`),
  ];
  return [...head, ...(graph === undefined ? [] : printGraph(graph, ""))].join("\n") + "\n";
}

function printGraph({ name, input, output, node, initializer }: GraphProto, indent: string): string[] {
  const lines = [`${indent}${name}: ${input.map(printValue).join(", ")} → ${output.map(printValue).join(", ")}`];
  for (const tensor of initializer) {
    const { shape, dtype, data } = tensorValue(tensor);
    const few = data.length <= 8 && dtype === "int64" ? ` = ${Array.from(data as BigInt64Array, String).join()}` : ""; // as its type says
    lines.push(`${indent}  ${tensor.name} ${dtype}[${shape.join(", ")}]${few}`);
  }
  for (const { opType, input: reads, output: gives, attribute } of node) {
    const attributes = attribute.filter(({ type }) => type !== Type.GRAPH).map((each) => ` ${each.name}=${printAttribute(each)}`);
    lines.push(`${indent}  ${gives.join(", ")} = ${opType}(${reads.join(", ")})${attributes.join("")}`);
    for (const { g } of attribute) if (g !== undefined) lines.push(...printGraph(g, `${indent}    `));
  }
  return lines;
}

function printValue({ name, type }: ValueInfoProto): string {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  return `${name}[${(tensor?.shape?.dim ?? []).map(({ value }) => String(value.value ?? "?")).join(", ")}]`;
}

function printAttribute({ type, i, f, s, ints, floats, strings }: AttributeProto): string {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  switch (type) {
    case Type.INT:
      return String(i);
    case Type.FLOAT:
      return f.toPrecision(4);
    case Type.STRING:
      return text(s);
    case Type.INTS:
      return `[${ints.join()}]`;
    case Type.FLOATS:
      return `[${floats.map((n) => n.toPrecision(4)).join()}]`;
    default:
      return `[${strings.map(text).join()}]`;
  }
}
