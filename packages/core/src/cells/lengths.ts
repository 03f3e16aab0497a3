// Lengths of sequences, checked where they still can be: on the host.
import type { HostArray } from "../host/hostArray.ts";
import { checkCount } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";
import { SluiceError } from "../errors.ts";
import { type NumericArray, readNumbers } from "../host/numbers.ts";

/**
 * How many steps of each row count, as an i32 array [batch] for `run(…, { lengths })`.
 * Throws INVALID_ARGUMENT for one that is no integer of 0 … `steps`, naming the row.
 */
export function lengths(values: NumericArray | readonly number[], steps: number): HostArray {
  checkCount("lengths", "steps", steps);
  const { data, shape } = readNumbers(values, { who: "lengths", name: "values" });
  if (shape.length !== 1) throw refused("lengths", "values", values, "one number for each row");
  const row = Array.prototype.findIndex.call(data, (n: number) => !Number.isInteger(n) || n < 0 || n > steps);
  if (row < 0) return { dtype: "i32", shape: [data.length], data: new Int32Array(data), axes: ["batch"] };
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "lengths",
    what: `row ${row} has length ${data[row]}, sequences have ${steps} steps`,
    fix: `Lengths go from 0 to ${steps}`,
    facts: { row, length: data[row], steps },
  });
}
