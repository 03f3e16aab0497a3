// Safetensors files of the three types that Sluice computes with, in whole or by ranges: what models and checkpoints are kept in.
//
// Where the bytes come from and go to is the caller's: `pieces` are written one after the other, `Head` says which bytes are which array.
import { SluiceError, type DType, type HostArray, type TypedArray } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import type { Failures, Stored, StoredHeader, StoredType } from "./header.ts";
import { readStoredHead, storedHeaderEnd, storedPieces, longestHeader } from "./stored.ts";

export interface Tensors {
  readonly tensors: Readonly<Record<string, HostArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where an array lies among the data, in bytes from its start. */
export interface Entry extends Omit<Stored, "type"> {
  readonly dtype: DType;
}

export interface Header extends Omit<StoredHeader, "entries"> {
  /** In the order of the data. */
  readonly entries: readonly Entry[];
}

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;
const types = { F32: "f32", F64: "f64", I32: "i32" } as const satisfies { readonly [T in StoredType]?: DType };
export const storedAs = { f32: "F32", f64: "F64", i32: "I32" } as const satisfies Record<DType, keyof typeof types>;

/** A file in pieces: what comes before the arrays, then the caller's arrays themselves. Throws INVALID_ARGUMENT for a header past `longestHeader`. */
export function pieces({ tensors, metadata }: Tensors, who: string): Uint8Array[] {
  const each = Object.entries(tensors).map(([name, { dtype, shape, data }]) => ({
    ...{ name, type: storedAs[dtype], shape },
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  return storedPieces(each, metadata, (length) => tooLong(who, length));
}

/** The file as one array. Throws as `pieces`, and OUT_OF_MEMORY. */
export function writeSafetensors(file: Tensors, who = "serialize"): Uint8Array {
  return joined(pieces(file, who), who);
}

/** Pieces as one array. Throws OUT_OF_MEMORY. */
export function joined(parts: readonly Uint8Array[], who: string): Uint8Array {
  const bytes = allocate(who, parts.reduce((sum, { length }) => sum + length, 0), Uint8Array); // prettier-ignore
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A file in memory: what its header says, and a copy of each array on demand. Throws as `headerEnd` and `readHead`. */
export function openSafetensors(bytes: Uint8Array, who: string): { readonly header: Header; read(entry: Entry): HostArray } {
  const start = headerEnd(bytes, bytes.length, who);
  const header = readHead(bytes.subarray(8, start), bytes.length - start, who);
  return { header, read: (entry) => arrayOf(entry, bytes.subarray(start), who) };
}

/** As `storedHeaderEnd`. Throws FILE_FOREIGN for what is no safetensors file, FILE_CORRUPT for one that is cut short. */
export function headerEnd(prefix: Uint8Array, length: number, who: string): number {
  return storedHeaderEnd(prefix, length, failuresOf(who));
}

/** What the header says, before data of `length` bytes. Throws FILE_CORRUPT and, for a dtype that Sluice lacks, FILE_FOREIGN. */
export function readHead(header: Uint8Array, length: number, who: string): Header {
  const { entries, metadata } = readStoredHead(header, length, failuresOf(who));
  return {
    entries: entries.map(({ type, ...entry }) => {
      if (!isOurs(type)) throw foreign(who, `array ${show(entry.name)} is of dtype "${type}", not one of ${Object.keys(types).join(", ")}`);
      return { ...entry, dtype: types[type] };
    }),
    metadata,
  };
}

function isOurs(type: StoredType): type is keyof typeof types {
  return Object.hasOwn(types, type);
}

function failuresOf(who: string): Failures {
  return { corrupt: (what, cause) => corrupt(who, what, cause), foreign: (what) => foreign(who, what) };
}

/** An array of its own for an entry, zeros yet, and the bytes to fill. Throws OUT_OF_MEMORY. */
export function emptyArray({ dtype, shape, begin, end }: Entry, who: string): { readonly array: HostArray; readonly bytes: Uint8Array } {
  const make: new (length: number) => TypedArray & { readonly buffer: ArrayBuffer } = arrays[dtype];
  const data = allocate(who, (end - begin) / arrays[dtype].BYTES_PER_ELEMENT, make);
  return { array: { dtype, shape, data }, bytes: new Uint8Array(data.buffer) };
}

/** A copy of an entry's array out of the data. */
function arrayOf(entry: Entry, data: Uint8Array, who: string): HostArray {
  const { array, bytes } = emptyArray(entry, who);
  bytes.set(data.subarray(entry.begin, entry.end));
  return array;
}

function allocate<T extends TypedArray | Uint8Array>(who: string, length: number, make: new (length: number) => T): T {
  try {
    return new make(length);
  } catch (cause) {
    const fix = "saveModel and loadModel write and read files in pieces; otherwise take a smaller model";
    throw new SluiceError({ code: "OUT_OF_MEMORY", who, what: `there is no room for ${length} elements in one array`, fix, cause });
  }
}

function tooLong(who: string, length: number): SluiceError {
  const what = `the names of the arrays and the layers take ${length} bytes, at most ${longestHeader} can be read again`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Save it as several models", facts: { length } });
}

export function corrupt(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_CORRUPT", who, what, fix: "It was cut short or damaged: take another copy", cause });
}

export function foreign(who: string, what: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_FOREIGN", who, what, fix: "Only files that Sluice wrote can be read", cause });
}
