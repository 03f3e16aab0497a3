import { SluiceError } from "./failure.ts";

/** Base64 into bytes (RFC 4648), by hand: audio worklets and some edge runtimes have no `atob`. */
export function decodeBase64(text: string, into: Uint8Array): void {
  const digits = new Uint8Array(128);
  for (let i = 0; i < 64; i++) digits["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
  const digit = (at: number): number => digits[text.charCodeAt(at)] ?? 0;
  for (let i = 0, at = 0; at < into.length; i += 4) {
    const bits = (digit(i) << 18) | (digit(i + 1) << 12) | (digit(i + 2) << 6) | digit(i + 3);
    into[at++] = bits >> 16;
    into[at++] = bits >> 8; // past the end nothing is written
    into[at++] = bits;
  }
}

/** Of all bytes or words, each change of which changes it (Knuth, TAOCP 3, §6.4: multiplicative hashing). */
export function sumOf(words: Int32Array | Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ (words[i] ?? 0), 0x9e3779b1);
  return sum;
}

/** Bytes as they are given: in memory, or at an address that `fetch` reads. */
export async function fetched(name: string, given: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer as ArrayBuffer, given.byteOffset, given.byteLength); // shared memory is read likewise
  if (given instanceof ArrayBuffer || Object.prototype.toString.call(given) === "[object ArrayBuffer]")
    return new Uint8Array(given as ArrayBuffer);
  const address = typeof given === "string" ? given : (given as { readonly href?: unknown } | undefined)?.href; // of a URL
  if (typeof address !== "string")
    throw new SluiceError("INVALID_ARGUMENT", "open", `${name} must be bytes, or the address of them, got ${typeof given}`);
  let status: string;
  let cause: unknown;
  try {
    const response = await fetch(address);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    status = `${response.status}`;
  } catch (error) {
    cause = error;
    status = error instanceof Error ? error.message : String(error);
  }
  throw new SluiceError(
    "FILE_NOT_FOUND",
    "open",
    `${name} is not to be had at ${address}: ${status}. Read the file and give its bytes`,
    {},
    cause,
  );
}
