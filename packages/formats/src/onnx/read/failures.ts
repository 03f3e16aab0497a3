// The errors that files give: what is damaged, and what is not supported.
import { SluiceError } from "@sluice/core";

/** One thing of a file that is not supported. */
export interface UnsupportedPart {
  /** "Resize", with its domain where that is not ONNX's own. */
  readonly operator: string;
  /** Of that domain, as the file asks for it. */
  readonly version: number;
  /** The node's name, or that of its first output. */
  readonly node: string;
  /** What about it is not. */
  readonly what: string;
  /** What would do. */
  readonly instead: string;
}

export function corrupt(what: string, facts: Readonly<Record<string, unknown>> = {}): SluiceError {
  return new SluiceError({ code: "FILE_CORRUPT", who: "onnx", what, fix: "Fetch or export the file again", facts });
}

/** What an operator throws of its own node; whoever runs it adds which node that is. */
export class NotSupported extends Error {
  readonly instead: string;

  constructor(what: string, instead: string) {
    super(what);
    this.instead = instead;
  }
}

/** All of it at once. */
export function unsupported(parts: readonly UnsupportedPart[]): SluiceError {
  const lines = parts.map((part) => `${part.operator} ${part.version} (node "${part.node}"): ${part.what}; ${part.instead}`);
  return new SluiceError({
    code: "UNSUPPORTED",
    who: "onnx",
    what: `${parts.length === 1 ? "one node is" : `${parts.length} nodes are`} not supported: ${lines.join("; ")}`,
    fix: "facts.unsupported has the whole list",
    facts: { unsupported: parts },
  });
}
