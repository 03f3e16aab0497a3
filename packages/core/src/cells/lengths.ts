// Lengths of sequences, checked where they still can be: on the host.
import type { HostArray } from "../compile/ndarray.ts";
import { SluiceError } from "../errors.ts";

/**
 * How many steps of each row count, as an i32 array [batch] for `run(…, { lengths })`.
 * Throws INVALID_ARGUMENT for one that is no integer of 0 … `steps`, naming the row.
 */
export function lengths(values: ArrayLike<number>, steps: number): HostArray {
  const data = Array.from(values),
    row = data.findIndex((n) => !Number.isInteger(n) || n < 0 || n > steps);
  if (row < 0) return { dtype: "i32", shape: [data.length], data: Int32Array.from(data), axes: ["batch"] };
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "lengths",
    what: `row ${row} has length ${data[row]}, sequences have ${steps} steps`,
    fix: `Lengths go from 0 to ${steps}`,
    facts: { row, length: data[row], steps },
  });
}
