// What programs that compress need for a text that comes after one they have seen.
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Vocabulary } from "@sluice/data";

export const compressors = {
  /** Of the training part it sees what lies in its window, the last 32 kB. */
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  /** Its window of 16 MiB holds the whole training part. It knows a dictionary of words of its own. */
  brotli: (bytes: Uint8Array) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
} as const;

export type CompressorName = keyof typeof compressors;
export const compressorNames = Object.keys(compressors) as CompressorName[]; // of the literal above

/** 8 · (|C(before ∥ text)| − |C(before)|) / characters of the text: what the text adds to what is compressed already, where a character is a byte. */
export async function compressedBits(name: CompressorName, before: Uint8Array, text: Uint8Array): Promise<number> {
  const [alone, both] = await Promise.all([compressors[name](before), compressors[name](Buffer.concat([before, text]))]);
  return (8 * (both.length - alone.length)) / text.length;
}

/** A byte for each character: ASCII as it is, and each other of the vocabulary one from 128 on. Throws a RangeError where those do not suffice. */
export function bytesOf(codes: Int32Array, { tokens }: Vocabulary): Uint8Array {
  let next = 128;
  const bytes = tokens.map((token) => {
    const code = token.codePointAt(0) ?? 0;
    return code < 128 ? code : next++;
  });
  if (next > 256) throw new RangeError(`${next - 128} characters beyond ASCII have no byte of their own`);
  return Uint8Array.from(codes, (code) => bytes[code] ?? 0);
}
