// Data is checked, in pieces between which the loop is let go, and stays as it was checked, whatever the caller does with theirs while it is used: it is copied where it is small, and
// otherwise read in place, with a sum of each row to tell a change by. So data of any size needs little memory besides its own.
import { SluiceError, type TypedArray } from "@sluice/core";
import type { HostNumbers } from "@sluice/core/arguments";
import { placeFor, readElements, type Asked } from "../host/elements.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Pieces } from "../host/turns.ts";

/** Larger arrays are not copied: 64 MiB. */
const copied = 2 ** 26;
/** Elements that are checked between two looks at the clock: under a millisecond, but at least a row. */
const piece = 2 ** 16;

/** One array of a dataset: rows one after the other, one per sample. */
export interface Column {
  readonly data: TypedArray;
  /** Throws INVALID_ARGUMENT where `row`, as it was just read, is not what was checked. */
  readonly verify?: (row: TypedArray, index: number) => void;
}

/**
 * The rows of `array`, as it is in `given`, in the type the Program reads. What is the caller's is copied before this returns where it takes
 * at most `most` bytes, and otherwise read in place, at four bytes per sample. Throws as `readElements`, and INVALID_ARGUMENT for an array
 * that is transferred meanwhile.
 */
export function column(array: HostNumbers, given: Numbers, samples: number, asked: Asked, most = copied): Pieces<Column> {
  const data = array.data as TypedArray; // the others are like it
  const isCallers = data === given || (typeof given === "object" && "data" in given && data === given.data);
  const isCopied = isCallers && data.byteLength <= most;
  return rows(isCopied ? { ...array, data: data.slice() } : array, samples, asked, isCallers && !isCopied);
}

function* rows(array: HostNumbers, samples: number, asked: Asked, isWatched: boolean): Pieces<Column> {
  const { length } = array.data;
  const data = placeFor(array.data, asked);
  const size = length / samples;
  const sums = isWatched && data === array.data ? new Int32Array(samples) : undefined;
  const step = Math.max(1, Math.floor(piece / size));
  for (let row = 0; row < samples; row += step) {
    yield;
    if (array.data.length !== length) throw changed(asked, row);
    const end = Math.min(samples, row + step);
    readElements(array, data, row * size, end * size, asked);
    if (sums !== undefined) for (let i = row; i < end; i++) sums[i] = sumOf(data.subarray(i * size, (i + 1) * size));
  }
  if (sums === undefined) return { data };
  return {
    data,
    verify(row, index) {
      if (sumOf(row) !== sums[index]) throw changed(asked, index);
    },
  };
}

/** Of the bits, each change of which changes it; two changes at once go unseen one time in 2³² (Knuth, TAOCP 3, §6.4: multiplicative hashing). */
function sumOf({ buffer, byteOffset, byteLength }: TypedArray): number {
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i]!, 0x9e3779b1);
  return sum;
}

function changed({ who, name }: Asked, row: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `row ${row} of ${name} changed after it was checked`,
    fix: "Leave the array alone until the call has settled, or give a copy",
    facts: { name, row },
  });
}
