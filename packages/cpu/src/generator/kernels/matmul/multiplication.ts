// What computes one product, or a range of its rows or columns: made by blocks.ts and rows.ts, called by matmul.ts.
import type { Code, FunctionScope, Local } from "../../wasm/index.ts";
import type { Range } from "./range.ts";

export interface Multiplication {
  /** How many units of rows or of columns it may be cut into. */
  readonly units: number;
  /** Bytes. */
  readonly workspaceBytes: number;
  /** The code for a range of units, given locals with the addresses of the operands' and the result's first elements. */
  code(scope: FunctionScope, at: Addresses, range: Range): Code;
}

export interface Addresses {
  readonly a: Local;
  readonly b: Local;
  readonly out: Local;
}
