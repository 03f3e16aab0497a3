// What cannot be written, all of it at once.
import { SluiceError } from "@sluice/core";

export interface UnwrittenPart {
  /** The layer, or the input. */
  readonly name: string;
  /** Of a layer of the model, where it is one. */
  readonly kind?: string | undefined;
  readonly what: string;
  /** What to do. */
  readonly instead: string;
}

export function unsupported(what: string, parts: readonly UnwrittenPart[]): SluiceError {
  const list = parts.map((part) => `${part.name} ${part.what}`).join("; "),
    [fix] = parts.map(({ instead }) => instead);
  return new SluiceError({
    code: "UNSUPPORTED",
    who: "toOnnx",
    what: `${what}: ${list}`,
    ...(fix !== undefined && { fix }),
    facts: { unsupported: parts },
  });
}
