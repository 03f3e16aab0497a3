// A tensor of a file as numbers, and numbers as a tensor of a file.
import { create } from "@bufbuild/protobuf";
import { type Shape, SluiceError } from "@sluice/core";
import { maxElements, maxRank } from "@sluice/core/arguments";
import { bf16, f16, widened } from "../../floats/narrow.ts";
import { type TensorProto, TensorProto_DataLocation, TensorProto_DataType as Type, TensorProtoSchema } from "./onnx_pb.ts";

/** How the numbers of each type are held here; floats of 16 bits are widened. */
export interface TensorArrays {
  readonly float32: Float32Array;
  readonly float16: Float32Array;
  readonly bfloat16: Float32Array;
  readonly float64: Float64Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  readonly int16: Int16Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly int64: BigInt64Array;
  readonly uint64: BigUint64Array;
  /** 0 or 1. */
  readonly bool: Uint8Array;
}

export type TensorType = keyof TensorArrays;
export type TensorArray = TensorArrays[TensorType];

/** A tensor's numbers, row-major. */
export interface TensorValue {
  readonly name: string;
  readonly dtype: TensorType;
  readonly shape: Shape;
  readonly data: TensorArray;
}

/** What a tensor that lies in another file says of where: a path as the file has it, which may be anything. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  /** Undefined: to the end. */
  readonly length: number | undefined;
}

/** The bytes of external data, by what the file says of where they lie. Check `location` before it names a file. */
export type ReadExternal = (data: ExternalData) => Uint8Array;

/** Each type's number in a file. */
export const typeNumbers: { readonly [T in TensorType]: Type } = {
  float32: Type.FLOAT,
  float16: Type.FLOAT16,
  bfloat16: Type.BFLOAT16,
  float64: Type.DOUBLE,
  int8: Type.INT8,
  uint8: Type.UINT8,
  int16: Type.INT16,
  uint16: Type.UINT16,
  int32: Type.INT32,
  uint32: Type.UINT32,
  int64: Type.INT64,
  uint64: Type.UINT64,
  bool: Type.BOOL,
};

const typesByNumber = new Map<number, TensorType>(Object.entries(typeNumbers).map(([name, n]) => [n, name as TensorType])); // a key of the table

/** The type of a number in a file; undefined for those that are not read here (texts, complex numbers, floats and integers below 8 bits). */
export function typeNumbered(n: number): TensorType | undefined {
  return typesByNumber.get(n);
}

/**
 * The numbers of a tensor, in memory of their own. Throws FILE_CORRUPT where they do not fill the shape, and UNSUPPORTED for a type that is not
 * read here, and for external data where `external` is not given.
 */
export function tensorValue(tensor: TensorProto, external?: ReadExternal): TensorValue {
  const dtype = typeNumbered(tensor.dataType);
  if (dtype === undefined) throw unread(tensor);
  const shape = shapeOf(tensor),
    length = shape.reduce((n, m) => n * m, 1);
  const outside = tensor.dataLocation === TensorProto_DataLocation.EXTERNAL ? readExternal(tensor, external) : undefined,
    raw = outside ?? tensor.rawData;
  const data = raw.length > 0 ? fromBytes(tensor, dtype, raw, length) : fromNumbers(tensor, dtype, length);
  return { name: tensor.name, dtype, shape, data };
}

/** A tensor of a file, with a copy of `data`. Throws INVALID_ARGUMENT where the numbers do not fill the shape. */
export function tensorProto<T extends Exclude<TensorType, "float16" | "bfloat16">>(
  name: string,
  dtype: T,
  shape: Shape,
  data: TensorArrays[T],
): TensorProto {
  const length = shape.reduce((n, m) => n * m, 1);
  if (data.length !== length)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: "onnx",
      what: `the tensor "${name}" [${shape.join(", ")}] takes ${length} numbers, got ${data.length}`,
      facts: { tensor: name, shape, length: data.length },
    });
  const rawData = new Uint8Array(data.byteLength);
  rawData.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: typeNumbers[dtype], rawData });
}

/** Dimensions as numbers. Throws FILE_CORRUPT for what no array has. */
function shapeOf(tensor: TensorProto): Shape {
  const shape = tensor.dims.map(Number);
  if (shape.length > maxRank || !shape.every((n) => n >= 0 && n <= maxElements) || shape.reduce((n, m) => n * m, 1) > maxElements)
    throw corrupt(tensor, `has the shape [${tensor.dims.slice(0, maxRank + 1).join(", ")}], which no array has`);
  return shape;
}

const arrays = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Little-endian, as the specification has it and every engine. */
function fromBytes(tensor: TensorProto, dtype: TensorType, bytes: Uint8Array, length: number): TensorArray {
  const array = arrays[dtype],
    wanted = length * array.BYTES_PER_ELEMENT;
  if (bytes.length !== wanted) throw corrupt(tensor, `takes ${wanted} bytes by its shape and type, got ${bytes.length}`);
  return widen(dtype, new array(new Uint8Array(bytes).buffer)); // a copy; that of a Buffer would be none by `slice`
}

/** From the field of the message that the specification names for the type. */
function fromNumbers(tensor: TensorProto, dtype: TensorType, length: number): TensorArray {
  const numbers = fieldOf(tensor, dtype);
  if (numbers.length !== length) throw corrupt(tensor, `takes ${length} numbers by its shape, got ${numbers.length}`);
  if (dtype === "int64") return BigInt64Array.from(tensor.int64Data);
  if (dtype === "uint64") return BigUint64Array.from(tensor.uint64Data);
  const data = new arrays[dtype](length);
  for (let i = 0; i < length; i++) data[i] = Number(numbers[i]);
  return widen(dtype, data);
}

function fieldOf(tensor: TensorProto, dtype: TensorType): ArrayLike<number> | ArrayLike<bigint> {
  switch (dtype) {
    case "float32":
      return tensor.floatData;
    case "float64":
      return tensor.doubleData;
    case "int64":
      return tensor.int64Data;
    case "uint32":
    case "uint64":
      return tensor.uint64Data;
    default:
      return tensor.int32Data;
  }
}

function widen(dtype: TensorType, data: TensorArray): TensorArray {
  if (dtype === "float16") return Float32Array.from(data as Uint16Array, (code) => widened(code, f16)); // as `arrays` has it
  if (dtype === "bfloat16") return Float32Array.from(data as Uint16Array, (code) => widened(code, bf16)); // as `arrays` has it
  return dtype === "bool" ? (data as Uint8Array).map((n) => (n === 0 ? 0 : 1)) : data; // as `arrays` has it
}

function readExternal(tensor: TensorProto, external: ReadExternal | undefined): Uint8Array {
  const fields = new Map(tensor.externalData.map(({ key, value }) => [key, value])),
    location = fields.get("location") ?? "",
    offset = wholeOf(tensor, fields.get("offset") ?? "0"),
    written = fields.get("length"),
    length = written === undefined ? undefined : wholeOf(tensor, written);
  if (external !== undefined) return external({ location, offset, length });
  throw new SluiceError({
    code: "UNSUPPORTED",
    who: "onnx",
    what: `the tensor "${tensor.name}" lies in another file, ${JSON.stringify(location)}`,
    fix: "Pass `external`, which gives its bytes, or save the model in one file",
    facts: { tensor: tensor.name, location, offset, length },
  });
}

function wholeOf(tensor: TensorProto, digits: string): number {
  const n = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(n)) throw corrupt(tensor, `has external data at ${JSON.stringify(digits)}`);
  return n;
}

function unread(tensor: TensorProto): SluiceError {
  const name = Object.entries(Type).find(([, n]) => n === (tensor.dataType as Type))?.[0] ?? String(tensor.dataType); // compared, not used
  return new SluiceError({
    code: tensor.dataType === Type.UNDEFINED ? "FILE_CORRUPT" : "UNSUPPORTED",
    who: "onnx",
    what: `the tensor "${tensor.name}" is of type ${name}`,
    fix: `Types that are read: ${Object.keys(typeNumbers).join(", ")}`,
    facts: { tensor: tensor.name, type: name },
  });
}

function corrupt(tensor: TensorProto, what: string): SluiceError {
  return new SluiceError({
    code: "FILE_CORRUPT",
    who: "onnx",
    what: `the tensor "${tensor.name}" ${what}`,
    fix: "Fetch or export the file again",
    facts: { tensor: tensor.name },
  });
}
