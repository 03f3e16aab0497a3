// The safetensors file layout (https://github.com/huggingface/safetensors, "Format"), whatever types its arrays have: named arrays after a JSON header.
//
//   8 bytes   length n of the header, unsigned, little-endian
//   n bytes   the header
//   the rest  the arrays, row-major and little-endian, without holes; offsets count from its start
//
// Where the bytes come from and go to is the caller's, and so is what errors say of whom.
import type { Shape } from "@sluice/core";
import { parseHeader, writeHeader, type Failures, type StoredHeader, type StoredType } from "./header.ts";

/**
 * Longest header that is read or written: that of some 300,000 arrays. The format allows three times as much; what a header becomes in
 * memory is several times its length.
 */
export const longestHeader = 2 ** 25;

/** The length of the header, and its first character: enough to see what a file is. */
export const prefixLength = 9;

/** One array to be written. */
export interface ToStore {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/** A file in pieces: what comes before the arrays, then the caller's arrays themselves. Throws what `tooLong` makes for a header past `longestHeader`. */
export function storedPieces(
  arrays: readonly ToStore[],
  metadata: Readonly<Record<string, string>>,
  tooLong: (length: number) => Error,
): Uint8Array[] {
  let end = 0;
  const entries = arrays.map(({ name, type, shape, bytes }) => ({ name, type, shape, begin: end, end: (end += bytes.length) }));
  const header = new TextEncoder().encode(writeHeader({ entries, metadata }));
  const start = 8 + Math.ceil(header.length / 8) * 8; // spaces up to a multiple of 8, so that arrays are aligned
  if (start - 8 > longestHeader) throw tooLong(start - 8);
  const head = new Uint8Array(start).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(start - 8), true);
  head.set(header, 8);
  return [head, ...arrays.map(({ bytes }) => bytes)];
}

/**
 * Where the header ends in a file of `length` bytes that begins with `prefix`, of at least `prefixLength` bytes where the file has them.
 *
 * Throws what `foreign` makes for what is no safetensors file, `corrupt` for one that is cut short.
 */
export function storedHeaderEnd(prefix: Uint8Array, length: number, { corrupt, foreign }: Failures): number {
  if (length < 8) throw corrupt(`it has ${length} bytes, fewer than the length of a header takes`);
  const end = 8 + Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > 8 && prefix[8] !== 0x7b) throw foreign("it is no safetensors file");
  if (end - 8 > longestHeader) throw foreign(`its header is said to have ${end - 8} bytes, at most ${longestHeader} are read`);
  if (end > length) throw corrupt(`its header ends at byte ${end}, the file at ${length}`);
  return end;
}

/** What the header says, before data of `length` bytes. Throws what `corrupt` makes and, for a dtype that the format lacks, `foreign`. */
export function readStoredHead(header: Uint8Array, length: number, failures: Failures): StoredHeader {
  return parseHeader(decodeText(header, failures), length, failures);
}

/** A mark of byte order would be a character like any other. Memory that threads share is copied: engines decode no other. */
function decodeText(bytes: Uint8Array, { corrupt }: Failures): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch (cause) {
    throw corrupt("its header is no UTF-8", cause);
  }
}
