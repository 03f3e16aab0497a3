// Where the bytes of a file come from: memory, or anything that reads ranges.
import { refused } from "@sluice/core/arguments";
import { bytesOf } from "@sluice/nn/kit";
import { corrupt } from "./failures.ts";

/** Bytes as the caller has them: any view of memory, or an ArrayBuffer. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/** A file by ranges: `openFile` of `@sluice/formats/node`, `blobSource`, `urlSource`, or one of your own. */
export interface Source {
  /** Bytes in all. */
  readonly length: number;
  /** The bytes from `from` up to `to`, which is at most `length`; they are read, never written to. */
  read(from: number, to: number): Uint8Array | Promise<Uint8Array>;
}

/** A part that is far shorter than most files and far longer than a system's page: what is read at once beside the array that it is read into. */
const longestPart = 2 ** 24;

/** Memory is kept, not copied. Throws INVALID_ARGUMENT for what is neither. */
export function sourceOf(given: Bytes | Source, who: string): Source {
  if (!isSource(given)) {
    const bytes = bytesOf(given as Bytes, who); // which checks it
    return { length: bytes.length, read: (from, to) => bytes.subarray(from, to) };
  }
  if (!Number.isSafeInteger(given.length) || given.length < 0)
    throw refused(who, "the length of the source", given.length, "a whole number of at least 0");
  return given;
}

function isSource(given: unknown): given is Source {
  return typeof given === "object" && given !== null && "read" in given && typeof given.read === "function";
}

/** Exactly those bytes. Throws FILE_CORRUPT where the source has fewer, INVALID_ARGUMENT where it gives no bytes, and what it throws itself. */
export async function readRange(source: Source, from: number, to: number, who: string): Promise<Uint8Array> {
  const bytes: unknown = await source.read(from, to);
  if (!ArrayBuffer.isView(bytes)) throw refused(who, "what the source reads", bytes, "a Uint8Array");
  const found = bytesOf(bytes, who);
  if (found.length === to - from) return found;
  if (found.length > to - from) throw refused(who, "what the source reads", found, `the ${to - from} bytes that were asked for`);
  throw corrupt(who, `it ends at byte ${from + found.length}, ${to} were to be read`);
}

/** The same in parts, each a multiple of `unit` bytes, so that no second copy of the whole is held. */
export async function eachPart(
  source: Source,
  { from, to, unit, who }: { readonly from: number; readonly to: number; readonly unit: number; readonly who: string },
  take: (part: Uint8Array, offset: number) => void,
): Promise<void> {
  const step = longestPart - (longestPart % unit);
  for (let at = from; at < to; at += step) take(await readRange(source, at, Math.min(to, at + step), who), at - from);
}
