// Checked data stays as it was checked, whatever the caller does with theirs while it is used: it is copied where it is small, and
// otherwise read in place, with a sum of each row to tell a change by. So data of any size needs little memory besides its own.
import { SluiceError, type TypedArray } from "@sluice/core";
import type { Numbers } from "./options.ts";

/** Larger arrays are not copied: 64 MiB. */
const copied = 2 ** 26;

/** One array of a dataset: rows one after the other, one per sample. */
export interface Column {
  readonly data: TypedArray;
  /** Throws INVALID_ARGUMENT where `row`, as it was just read, is not what was checked. */
  readonly verify?: (row: TypedArray, index: number) => void;
}

/** `data`, which was checked, where it may be the very array in `given`. It costs at most `most` bytes, or four per sample. */
export function column(data: TypedArray, given: Numbers, samples: number, who: string, name: string, most = copied): Column {
  const isCallers = data === given || (typeof given === "object" && "data" in given && data === given.data);
  if (!isCallers) return { data };
  if (data.byteLength <= most) return { data: data.slice() };
  const size = data.length / samples;
  const sums = Int32Array.from({ length: samples }, (_, i) => sumOf(data.subarray(i * size, (i + 1) * size)));
  const verify = (row: TypedArray, index: number): void => {
    if (sumOf(row) !== sums[index]) throw changed(who, name, index);
  };
  return { data, verify };
}

/** Of the bits, each change of which changes it; two changes at once go unseen one time in 2³² (Knuth, TAOCP 3, §6.4: multiplicative hashing). */
function sumOf({ buffer, byteOffset, byteLength }: TypedArray): number {
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i]!, 0x9e3779b1);
  return sum;
}

function changed(who: string, name: string, row: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `row ${row} of ${name} changed after it was checked`,
    fix: "Leave the array alone until the call has settled, or give a copy",
    facts: { name, row },
  });
}
