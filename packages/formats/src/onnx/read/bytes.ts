// Bytes as the caller has them.
import { SluiceError } from "@sluice/core";
import { show } from "@sluice/core/arguments";

/** The memory itself. Throws INVALID_ARGUMENT for what is none. */
export function bytesOf(given: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (Object.prototype.toString.call(given).endsWith("ArrayBuffer]")) return new Uint8Array(given);
  const what = `bytes must be a view of memory, such as a Uint8Array, or an ArrayBuffer, got ${show(given)}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "onnx", what, fix: "Read the file first", facts: { bytes: given } });
}
