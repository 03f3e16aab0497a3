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
  /** Elements of a row. */
  readonly size: number;
  /** Axes of a row, as it was given. */
  readonly axes: number;
  /** Where rows are sequences that do not count as a whole: how far each does. */
  readonly counted?: Counted;
  /** Throws INVALID_ARGUMENT where `row`, as it was just read, is not what was checked. */
  readonly verify?: (row: TypedArray, index: number) => void;
}

/** To be read, by name. */
export type Columns = readonly (readonly [name: string, pieces: Pieces<Column>])[];

/** Of rows of so many steps each, the first `lengths[row]` count; what stands past them is not looked at. */
export interface Counted {
  readonly steps: number;
  readonly lengths: TypedArray;
}

/** Elements of a row of `size` that count. */
export function countedIn({ steps, lengths }: Counted, row: number, size: number): number {
  return ((lengths[row] ?? steps) * size) / steps;
}

/** The same before the lengths were read. */
export interface Counting {
  readonly steps: number;
  readonly lengths: () => TypedArray;
}

/**
 * The rows of `array`, as it is in `given`, in the type the Program reads. What is the caller's is copied before this returns where it takes
 * at most `most` bytes, and otherwise read in place, at four bytes per sample. Throws as `readElements`, and INVALID_ARGUMENT for an array
 * that is transferred meanwhile.
 */
export function column(
  array: HostNumbers,
  given: Numbers,
  samples: number,
  asked: Asked,
  { counting, most = copied }: { readonly counting?: Counting | undefined; readonly most?: number } = {},
): Pieces<Column> {
  const data = array.data as TypedArray; // the others are like it
  const isCallers = data === given || (typeof given === "object" && "data" in given && data === given.data);
  const isCopied = isCallers && data.byteLength <= most;
  return rows({ array: isCopied ? { ...array, data: data.slice() } : array, samples, asked, counting, isWatched: isCallers && !isCopied });
}

interface Rows {
  readonly array: HostNumbers;
  readonly samples: number;
  readonly asked: Asked;
  readonly counting: Counting | undefined;
  readonly isWatched: boolean;
}

function* rows({ array, samples, asked, counting, isWatched }: Rows): Pieces<Column> {
  const { length } = array.data;
  const data = placeFor(array.data, asked);
  const size = length / samples;
  const sums = isWatched && data === array.data ? new Int32Array(samples) : undefined;
  const step = Math.max(1, Math.floor(piece / size));
  const counted = counting && { steps: counting.steps, lengths: counting.lengths() };
  for (let row = 0; row < samples; row += step) {
    yield;
    if (array.data.length !== length) throw changed(asked, row);
    const end = Math.min(samples, row + step);
    for (const [from, to] of partsOf(row, end, size, counted)) readElements(array, data, from, to, asked);
    if (sums !== undefined) for (let i = row; i < end; i++) sums[i] = sumOf(data.subarray(i * size, (i + 1) * size));
  }
  const read = { data, size, axes: array.shape.length - 1, ...(counted !== undefined && { counted }) };
  if (sums === undefined) return read;
  return {
    ...read,
    verify(row, index) {
      if (sumOf(row) !== sums[index]) throw changed(asked, index);
    },
  };
}

/** The elements of these rows that count. */
function* partsOf(row: number, end: number, size: number, counted: Counted | undefined): Generator<readonly [from: number, to: number]> {
  if (counted === undefined) yield [row * size, end * size];
  else for (let i = row; i < end; i++) yield [i * size, i * size + countedIn(counted, i, size)];
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
