// Ranges of tiles or panels, of which the last one may be smaller than the others.
import { type Code, i32, ifElse } from "../../wasm/index.ts";

/** From one unit up to another, cheap to compute more than once. */
export interface Range {
  readonly from: Code;
  readonly to: Code;
}

/** `size` rows or columns in units of `unit`. */
export interface Units {
  readonly unit: number;
  /** How many whole units there are, and what is left over. */
  readonly whole: number;
  readonly rest: number;
}

export function unitsOf(size: number, unit: number): Units {
  return { unit, whole: Math.floor(size / unit), rest: size % unit };
}

export function countOf({ whole, rest }: Units): number {
  return whole + (rest > 0 ? 1 : 0);
}

export function everything(units: Units): Range {
  return { from: i32.const(0), to: i32.const(countOf(units)) };
}

/** The whole units of a range that is not empty, if there are any, then what is left over, if the range goes so far. */
export function split({ whole, rest }: Units, { from, to }: Range, bulk: (range: Range) => Code, last: (at: Code) => Code): Code {
  if (rest === 0) return bulk({ from, to });
  const end = i32.const(whole);
  return [whole === 0 ? [] : ifElse(i32.lt(from, end), bulk({ from, to: i32.min(to, end) })), ifElse(i32.lt(end, to), last(end))];
}
