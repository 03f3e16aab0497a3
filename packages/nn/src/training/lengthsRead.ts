// Lengths, which other arrays of a dataset are read by, before they are read themselves.
import { SluiceError, type Shape, type TypedArray } from "@sluice/core";
import type { Pieces } from "../host/turns.ts";
import type { Column, Counting } from "./column.ts";

/** A column, and what was read of it. */
export interface Lengths {
  pieces(): Pieces<Column>;
  readonly read: Column;
}

export function lengthsIn(pieces: Pieces<Column>): Lengths {
  let read: Column | undefined;
  return {
    *pieces() {
      return (read = yield* pieces);
    },
    get read() {
      if (read !== undefined) return read;
      throw new SluiceError({ code: "INTERNAL", who: "internal: lengthsIn", what: "are asked for before they were read" });
    },
  };
}

/** Rows are read as far as they count in all of these. */
export function countedBy([first, ...others]: readonly Lengths[], [steps = 0]: Shape): Counting | undefined {
  if (first === undefined || steps === 0) return undefined;
  return { steps, lengths: () => others.reduce((least, { read }) => shorter(least, read.data), first.read.data) };
}

function shorter(a: TypedArray, b: TypedArray): TypedArray {
  return a.map((length, row) => Math.min(length, b[row] ?? length));
}
