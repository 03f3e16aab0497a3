// Bytes as the caller has them.
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";

/** The memory itself. Throws INVALID_ARGUMENT for what is none, or was transferred. */
export function bytesOf(given: ArrayBufferView | ArrayBufferLike, who: string): Uint8Array {
  const isView = ArrayBuffer.isView(given);
  if (!isView && !isBuffer(given)) throw refused(who, "bytes", given, "a view of memory, such as a Uint8Array, or an ArrayBuffer");
  try {
    return isView ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
  } catch (cause) {
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: "the buffer of bytes was detached",
      fix: "Pass bytes before their buffer is transferred, or a copy",
      cause,
    });
  }
}

/** Of whatever realm. */
function isBuffer(value: unknown): value is ArrayBufferLike {
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}
