// ONNX models as bytes, as far as our workloads need them (onnx.proto of ONNX 1.17: the field numbers are its own).
import type { HostArray } from "@sluice/core";
import { block, type Bytes, integer, join } from "./protobuf.ts";

/** An operation of the graph: names of what it reads ("" for an optional input left out) and of what it writes. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}
export type Attribute = number | string | readonly number[] | readonly string[];

export interface Graph {
  readonly nodes: readonly Node[];
  /** float32 by name, with their shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly weights?: Readonly<Record<string, HostArray>>;
  /** Shapes for Reshape and the like: int64, one axis. */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
}

/** The operator set that every node is of: LSTM and GRU have been as they are since 14. */
const operators = 17;
const format = 8; // that came with it
const [float, int64] = [1, 7]; // TensorProto.DataType

/** ModelProto */
export function model({ nodes, inputs, outputs, weights = {}, integers = {} }: Graph): Bytes {
  const graph = join(
    ...nodes.map((one) => block(1, node(one))),
    block(2, "sluice-bench"),
    ...Object.entries(weights).map(([name, { shape, data }]) => block(5, tensor(name, shape, float, data))),
    ...Object.entries(integers).map(([name, list]) => block(5, tensor(name, [list.length], int64, BigInt64Array.from(list, BigInt)))),
    ...Object.entries(inputs).map(([name, shape]) => block(11, value(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => block(12, value(name, shape))),
  );
  return join(integer(1, format), block(8, join(block(1, ""), integer(2, operators))), block(7, graph));
}

export function transpose(from: string, perm: readonly number[], to: string): Node {
  return { op: "Transpose", inputs: [from], outputs: [to], attributes: { perm } };
}

export function reshape(from: string, shape: string, to: string): Node {
  return { op: "Reshape", inputs: [from, shape], outputs: [to] };
}

/** NodeProto */
function node({ op, inputs, outputs, attributes = {} }: Node): Bytes {
  const settings = Object.entries(attributes).map(([name, setting]) => block(5, attribute(name, setting)));
  return join(...inputs.map((name) => block(1, name)), ...outputs.map((name) => block(2, name)), block(4, op), ...settings);
}

/** AttributeProto: numbers are integers, as those of all operations here are. */
function attribute(name: string, setting: Attribute): Bytes {
  const named = (type: number, ...values: readonly Bytes[]): Bytes => join(block(1, name), ...values, integer(20, type));
  if (typeof setting === "number") return named(2, integer(3, setting));
  if (typeof setting === "string") return named(3, block(4, setting));
  if (isNumbers(setting)) return named(7, ...setting.map((one) => integer(8, one)));
  return named(8, ...setting.map((one) => block(9, one)));
}

/** TensorProto, its numbers as raw little-endian bytes. */
function tensor(name: string, shape: readonly number[], type: number, { buffer, byteOffset, byteLength }: ArrayBufferView): Bytes {
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  return join(...shape.map((length) => integer(1, length)), integer(2, type), block(8, name), block(9, raw));
}

/** ValueInfoProto of a float32 tensor. */
function value(name: string, shape: readonly number[]): Bytes {
  const dimensions = join(...shape.map((length) => block(1, integer(1, length))));
  return join(block(1, name), block(2, block(1, join(integer(1, float), block(2, dimensions)))));
}

function isNumbers(list: readonly number[] | readonly string[]): list is readonly number[] {
  return typeof list[0] === "number";
}
