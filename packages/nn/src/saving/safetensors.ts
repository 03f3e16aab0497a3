// The safetensors file layout (https://github.com/huggingface/safetensors, "Format"): named arrays after a JSON header.
//
//   8 bytes   length n of the header, unsigned, little-endian
//   n bytes   the header
//   the rest  the arrays, row-major and little-endian, without holes; offsets count from its start
//
// Where the bytes come from and go to is the caller's: `pieces` are written one after the other, `Head` says which bytes are which array.
import { SluiceError, type HostArray, type TypedArray } from "@sluice/core";
import { parseHeader, writeHeader, type Entry, type Header } from "./header.ts";

export interface Tensors {
  readonly tensors: Readonly<Record<string, HostArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Longest header that is read or written: that of some 300,000 arrays. The format allows three times as much; what a header becomes in
 * memory is several times its length.
 */
export const longestHeader = 2 ** 25;

/** The length of the header, and its first character: enough to see what a file is. */
export const prefixLength = 9;

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

/** A file in pieces: what comes before the arrays, then the caller's arrays themselves. Throws INVALID_ARGUMENT for a header past `longestHeader`. */
export function pieces({ tensors, metadata }: Tensors, who: string): Uint8Array[] {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => ({
    ...{ name, dtype, shape },
    begin: end,
    end: (end += data.byteLength),
  }));
  const header = new TextEncoder().encode(writeHeader({ entries, metadata }));
  const start = 8 + Math.ceil(header.length / 8) * 8; // spaces up to a multiple of 8, so that arrays are aligned
  if (start - 8 > longestHeader) throw tooLong(who, start - 8);
  const head = new Uint8Array(start).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(start - 8), true);
  head.set(header, 8);
  return [head, ...Object.values(tensors).map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** The file as one array. Throws as `pieces`, and OUT_OF_MEMORY. */
export function writeSafetensors(file: Tensors, who = "serialize"): Uint8Array {
  const parts = pieces(file, who);
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

/**
 * Where the header ends in a file of `length` bytes that begins with `prefix`, of at least `prefixLength` bytes where the file has them.
 *
 * Throws FILE_FOREIGN for what is no safetensors file, FILE_CORRUPT for one that is cut short.
 */
export function headerEnd(prefix: Uint8Array, length: number, who: string): number {
  if (length < 8) throw corrupt(who, `it has ${length} bytes, fewer than the length of a header takes`);
  const end = 8 + Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > 8 && prefix[8] !== 0x7b) throw foreign(who, "it is no safetensors file");
  if (end - 8 > longestHeader) throw foreign(who, `its header is said to have ${end - 8} bytes, at most ${longestHeader} are read`);
  if (end > length) throw corrupt(who, `its header ends at byte ${end}, the file at ${length}`);
  return end;
}

/** What the header says, before data of `length` bytes. Throws FILE_CORRUPT and, for a dtype that Sluice lacks, FILE_FOREIGN. */
export function readHead(header: Uint8Array, length: number, who: string): Header {
  return parseHeader(decodeText(header, who), length, { corrupt: (what) => corrupt(who, what), foreign: (what) => foreign(who, what) });
}

/** A mark of byte order would be a character like any other. Memory that threads share is copied: engines decode no other. */
function decodeText(bytes: Uint8Array, who: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch (cause) {
    throw corrupt(who, "its header is no UTF-8", cause);
  }
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
