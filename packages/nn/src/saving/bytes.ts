// Bytes as the caller has them.
import { SluiceError } from "@sluice/core";
import { refused, show } from "@sluice/core/arguments";

/** The memory itself, of whatever realm. */
export function bytesOf(given: ArrayBufferView | ArrayBufferLike, who: string): Uint8Array {
  const isView = ArrayBuffer.isView(given);
  if (!isView && !isBuffer(given)) throw refused(who, "bytes", given, "a view of memory, such as a Uint8Array, or an ArrayBuffer");
  try {
    return isView ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
  } catch (cause) {
    const what = `bytes is ${show(given)} whose buffer was detached, or is too short by now`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Pass bytes before their buffer is transferred, or a copy", cause });
  }
}

/** By what its getter takes, which is the same in every realm; `instanceof` is not. */
function isBuffer(value: unknown): value is ArrayBufferLike {
  const shared = typeof SharedArrayBuffer === "undefined" ? [] : [SharedArrayBuffer];
  return [ArrayBuffer, ...shared].some(({ prototype }) => {
    try {
      return Number.isInteger(Reflect.get(prototype, "byteLength", value));
    } catch {
      return false;
    }
  });
}
