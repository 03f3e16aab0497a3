// Arrays as a safetensors file, as they are or with fewer bits.
import { SluiceError, type HostArray } from "@sluice/core";
import { check, oneOf, optional, options as named, refused, show, type Rule } from "@sluice/core/arguments";
import { joined, longestHeader, storedAs, storedPieces, type ToStore } from "@sluice/nn/kit";
import { checkArray, isRecord } from "./checkArray.ts";
import { bf16, f16, narrowed } from "../floats/narrow.ts";

export interface WriteOptions {
  /** Texts by name; `{ format: "pt" }` is what PyTorch's tools write. Default none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Floating arrays with 16 bits, rounded to the nearest, ties to even. Default as they are. */
  readonly dtype?: "f16" | "bf16";
}

/**
 * The bytes of a safetensors file with these arrays, the caller's own.
 *
 * f32, f64 and i32 are written as F32, F64 and I32, those with the widest elements first, so that each is aligned. Throws INVALID_ARGUMENT, naming the array,
 * for one whose data are not as many as its shape says or of another dtype, for names that the format cannot hold, and for names that take more than 32 MiB;
 * NOT_FINITE for a number that is too large for `dtype`; OUT_OF_MEMORY.
 */
export function writeSafetensors(tensors: Readonly<Record<string, HostArray>>, options: WriteOptions = {}): Uint8Array {
  return joined(piecesOf("writeSafetensors", tensors, options), "writeSafetensors");
}

/** The same in pieces, to be written one after the other: the arrays' own memory, but for those with fewer bits. Throws likewise. */
export function safetensorsPieces(tensors: Readonly<Record<string, HostArray>>, options: WriteOptions = {}): Uint8Array[] {
  return piecesOf("safetensorsPieces", tensors, options);
}

const text: Rule<Readonly<Record<string, string>>> = {
  expected: "a record of texts",
  accepts: (value): value is Readonly<Record<string, string>> =>
    isRecord(value) &&
    Object.entries(value).every((pair) => pair.every((part) => typeof part === "string" && !/\p{Surrogate}/u.test(part))),
};
const halves = { f16: { type: "F16", narrow: f16 }, bf16: { type: "BF16", narrow: bf16 } } as const;

function piecesOf(who: string, tensors: Readonly<Record<string, HostArray>>, options: WriteOptions): Uint8Array[] {
  const { metadata = {}, dtype } = named<WriteOptions>(who, options, { metadata: true, dtype: true });
  check(who, "metadata", metadata, text);
  check(who, "dtype", dtype, optional(oneOf("f16", "bf16")));
  if (!isRecord(tensors) || tensors instanceof Promise || tensors instanceof ArrayBuffer)
    throw refused(who, "the arrays", tensors, `a record of arrays by name${tensors instanceof Promise ? ": await it" : ""}`); // neither has fields
  const entries = Object.entries(tensors);
  for (const [name, array] of entries) {
    checkName(who, name);
    checkArray(who, name, array);
  }
  const stored = entries.map(([name, array]): ToStore & { readonly width: number } => {
    const { shape, data } = array;
    if (dtype === undefined || array.dtype === "i32")
      return { name, shape, type: storedAs[array.dtype], width: data.BYTES_PER_ELEMENT, bytes: bytesIn(data) };
    return { name, shape, type: halves[dtype].type, width: 2, bytes: bytesIn(narrowedArray(who, name, array, dtype)) };
  });
  const wideFirst = stored.toSorted((a, b) => b.width - a.width);
  return storedPieces(wideFirst, metadata, (length) =>
    refused(who, "the names of the arrays", `${length} bytes`, `at most ${longestHeader} bytes`),
  );
}

function bytesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function narrowedArray(who: string, name: string, { data }: HostArray, dtype: "f16" | "bf16"): Uint16Array {
  const { narrow } = halves[dtype],
    infinity = (2 ** narrow.exponent - 1) << narrow.mantissa,
    codes = new Uint16Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!; // within its length
    codes[i] = narrowed(x, narrow);
    if ((codes[i]! & 0x7fff) === infinity && Number.isFinite(x)) throw tooLarge(who, name, i, x, dtype); // just set
  }
  return codes;
}

/** Throws INVALID_ARGUMENT. */
function checkName(who: string, name: string): void {
  if (name === "__metadata__" || /\p{Surrogate}/u.test(name))
    throw refused(who, "the name of an array", name, 'a text of whole characters, not "__metadata__"');
}

function tooLarge(who: string, name: string, index: number, value: number, dtype: string): SluiceError {
  return new SluiceError({
    code: "NOT_FINITE",
    who,
    what: `array ${show(name)} has ${value} at element ${index}, which ${dtype} cannot hold`,
    fix: dtype === "f16" ? 'Take dtype: "bf16", or none' : "Leave dtype out",
    facts: { name, index },
  });
}
