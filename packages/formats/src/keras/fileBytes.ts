// The bytes of a file as the caller has them: a path is none.
import { SluiceError } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import { bytesOf } from "@sluice/nn/kit";

/** Throws INVALID_ARGUMENT for what is no bytes; of a path or an address it says how to come by them. */
export function fileBytes(given: ArrayBufferView | ArrayBufferLike, who: string): Uint8Array {
  if (typeof (given as unknown) === "string")
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `bytes is ${show(given)}, and must be what the file holds`,
      fix: "Read the file first: await readFile(path), in a page await (await fetch(url)).arrayBuffer()",
    });
  return bytesOf(given, who);
}
