// A graph of a file as nodes and values by name, checked: each value is given once, before it is read.
import { create } from "@bufbuild/protobuf";
import { maxElements, maxRank } from "@sluice/core/arguments";
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from "../schema/onnx_pb.ts";
import { typeNumbered } from "../schema/tensor.ts";
import { corrupt } from "./failures.ts";
import type { Attribute, Dimension, FunctionBody, Graph, Model, Node, ValueInfo } from "./model.ts";

/** Throws FILE_CORRUPT for names given twice or read before they are there, and for shapes that no array has. */
export function modelOf(proto: ModelProto): Model {
  const functions = new Map(proto.functions.map((each) => [functionKey(each.domain, each.name, each.overload), functionOf(each)]));
  return {
    graph: graphOf(proto.graph ?? create(GraphProtoSchema), undefined),
    opsets: opsetsOf(proto),
    producer: { name: proto.producerName, version: proto.producerVersion },
    functions,
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
  };
}

export function functionKey(domain: string, name: string, overload: string): string {
  return `${domainOf(domain)}::${name}:${overload}`;
}

function opsetsOf({ opsetImport }: ModelProto | FunctionProto): Map<string, number> {
  return new Map(opsetImport.map(({ domain, version }) => [domainOf(domain), Number(version)]));
}

/** Both are ONNX's own. */
function domainOf(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

/** The names that are given by now, and those of the graph around. */
interface Scope {
  readonly own: Set<string>;
  readonly outer: Scope | undefined;
}

function graphOf(proto: GraphProto, outer: Scope | undefined): Graph {
  const first = proto.sparseInitializer[0];
  if (first !== undefined) throw corrupt(`the initialiser "${first.values?.name ?? ""}" is sparse, which is not supported`);
  const scope: Scope = { own: new Set(), outer };
  const initialisers = new Map(proto.initializer.map((tensor) => [tensor.name, tensor]));
  if (initialisers.size < proto.initializer.length) throw corrupt("two initialisers have one name");
  const inputs = proto.input.map(infoOf).filter(({ name }) => !initialisers.has(name)); // files before version 4 list initialisers among the inputs
  for (const name of [...initialisers.keys(), ...inputs.map((each) => each.name)]) give(name, scope);
  const nodes = proto.node.map((node) => checkedNode(node, scope));
  const outputs = proto.output.map(infoOf);
  for (const { name } of outputs) if (!isGiven(name, scope)) throw corrupt(`nothing gives the output "${name}"`, { value: name });
  return { nodes, inputs, outputs, initialisers };
}

function checkedNode(proto: NodeProto, scope: Scope): Node {
  const node = nodeOf(proto, scope);
  for (const name of node.inputs)
    if (name !== "" && !isGiven(name, scope))
      throw corrupt(`the node "${node.name}" reads "${name}", which nothing before it gives`, { node: node.name, value: name });
  for (const name of node.outputs) if (name !== "") give(name, scope);
  return node;
}

/** A name of an outer graph may be given again in another, as exporters do. */
function give(name: string, { own }: Scope): void {
  if (own.has(name)) throw corrupt(`the value "${name}" is given twice`, { value: name });
  own.add(name);
}

function isGiven(name: string, scope: Scope | undefined): boolean {
  return scope !== undefined && (scope.own.has(name) || isGiven(name, scope.outer));
}

function nodeOf(proto: NodeProto, scope: Scope): Node {
  const name = proto.name || proto.output.find((each) => each !== "") || proto.opType,
    attributes = new Map(proto.attribute.map((each) => [each.name, attributeOf(each, scope)]));
  if (attributes.size < proto.attribute.length) throw corrupt(`the node "${name}" has an attribute twice`, { node: name });
  const op = proto.overload === "" ? proto.opType : `${proto.opType}:${proto.overload}`;
  return { op, domain: domainOf(proto.domain), name, inputs: proto.input, outputs: proto.output, attributes };
}

function attributeOf(proto: AttributeProto, scope: Scope): Attribute {
  return { proto, graph: proto.g === undefined ? undefined : graphOf(proto.g, scope) };
}

/** Its body sees its own inputs alone. */
function functionOf(proto: FunctionProto): FunctionBody {
  const scope: Scope = { own: new Set(), outer: undefined };
  for (const name of proto.input) give(name, scope);
  const nodes = proto.node.map((node) => checkedNode(node, scope));
  for (const name of proto.output) if (!isGiven(name, scope)) throw corrupt(`nothing gives the output "${name}" of ${proto.name}`);
  const defaults = new Map(proto.attributeProto.map((each) => [each.name, attributeOf(each, scope)]));
  return { nodes, inputs: proto.input, outputs: proto.output, defaults, opsets: opsetsOf(proto) };
}

function infoOf({ name, type }: ValueInfoProto): ValueInfo {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const dims = tensor?.shape?.dim.map(({ value }): Dimension => {
    if (value.case === "dimParam") return value.value === "" ? undefined : value.value;
    return value.case === "dimValue" && value.value > 0n ? sizeOf(name, value.value) : undefined; // spox writes 0 for what it does not know
  });
  if (dims !== undefined && dims.length > maxRank) throw corrupt(`"${name}" has ${dims.length} axes`, { value: name });
  return { name, type: tensor && typeNumbered(tensor.elemType), shape: dims };
}

function sizeOf(name: string, size: bigint): number {
  if (size > BigInt(maxElements)) throw corrupt(`"${name}" has an axis of ${size} elements`, { value: name });
  return Number(size);
}
