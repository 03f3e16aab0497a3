// The safetensors file layout (https://github.com/huggingface/safetensors, "Format"): named arrays after a JSON header.
//
//   8 bytes   length n of the header, unsigned, little-endian
//   n bytes   JSON {"name": {"dtype", "shape", "data_offsets": [begin, end]}, …, "__metadata__": {text: text}}
//   the rest  the arrays, row-major and little-endian, without holes; offsets count from its start
import { SluiceError, type DType, type HostArray } from "@sluice/core";

export interface Tensors {
  readonly tensors: Readonly<Record<string, HostArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
const longestHeader = 100_000_000;

const types = { F32: "f32", F64: "f64", I32: "i32" } as const satisfies Record<string, DType>;
const names = { f32: "F32", f64: "F64", i32: "I32" } as const satisfies Record<DType, keyof typeof types>;
const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const satisfies Record<DType, unknown>;

export function writeSafetensors({ tensors, metadata }: Tensors): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: names[dtype], shape, data_offsets: [end, (end += data.byteLength)] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8; // spaces up to a multiple of 8, so that arrays are aligned
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Copies of the arrays. Throws FILE_FOREIGN for what is no safetensors file, FILE_CORRUPT for one that is cut short or damaged. */
export function readSafetensors(bytes: Uint8Array, who: string): Tensors {
  const start = dataStart(bytes, who);
  const { __metadata__: metadata = {}, ...entries } = parseHeader(bytes.subarray(8, start), who);
  if (!isTextMap(metadata)) throw corrupt(who, "its metadata is no map from text to text");
  const list = Object.entries(entries).map(([name, value]) => checkEntry(name, value, who));
  checkTiling(list, bytes.length - start, who);
  return { tensors: Object.fromEntries(list.map((entry) => [entry.name, copy(entry, bytes, start)])), metadata };
}

function dataStart(bytes: Uint8Array, who: string): number {
  if (bytes.length < 8) throw corrupt(who, `it has ${bytes.length} bytes, fewer than the length of a header takes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader || (bytes.length > 8 && bytes[8] !== 0x7b)) throw foreign(who, "it is no safetensors file");
  if (8 + length > bytes.length) throw corrupt(who, `its header ends at byte ${8 + length}, the file at ${bytes.length}`);
  return 8 + length;
}

function parseHeader(bytes: Uint8Array, who: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
  } catch (cause) {
    throw corrupt(who, "its header is no JSON", cause);
  }
  throw corrupt(who, "its header is no JSON object");
}

interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function checkEntry(name: string, value: unknown, who: string): Entry {
  if (!isRecord(value)) throw corrupt(who, `the entry of array "${name}" is no object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isType(dtype)) throw foreign(who, `array "${name}" is of dtype ${String(dtype)}, not one of ${Object.keys(types).join(", ")}`);
  if (!isCounts(shape) || !isCounts(offsets)) throw corrupt(who, `shape or offsets of array "${name}" are no whole numbers`);
  const size = shape.reduce((product, n) => product * n, arrays[types[dtype]].BYTES_PER_ELEMENT);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== size)
    throw corrupt(who, `array "${name}" [${shape.join(", ")}] of ${dtype} takes ${size} bytes, it has ${end - begin}`);
  return { name, dtype: types[dtype], shape, begin, end };
}

/** The arrays follow each other from the first byte to the last. */
function checkTiling(entries: readonly Entry[], length: number, who: string): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw corrupt(who, `array "${name}" begins at byte ${begin} of the data, the one before it ends at ${at}`);
    at = end;
  }
  if (at !== length) throw corrupt(who, `its arrays take ${at} bytes, ${length} are there`);
}

function copy({ dtype, shape, begin, end }: Entry, bytes: Uint8Array, start: number): HostArray {
  const own = new Uint8Array(bytes.subarray(start + begin, start + end)); // not `slice`: that of Node's Buffer does not copy
  return { dtype, shape, data: new arrays[dtype](own.buffer) };
}

function isType(value: unknown): value is keyof typeof types {
  return typeof value === "string" && Object.hasOwn(types, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

export function corrupt(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_CORRUPT", who, what, fix: "It was cut short or damaged: take another copy", cause });
}

export function foreign(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_FOREIGN", who, what, fix: "Only files that saveModel or serialize wrote can be read", cause });
}
