// Host arrays as the floats that textures hold.
import { SluiceError, type TypedArray } from "@sluice/core";
import { dtypeOf } from "@sluice/core/kit";

/** A copy in float32. Throws UNSUPPORTED for a whole number that float32 cannot hold: all are exact up to 2²⁴, some beyond. */
export function floatsOf(data: TypedArray, who: string): Float32Array {
  const at = dtypeOf(data) === "i32" ? data.findIndex((value) => Math.fround(value) !== value) : -1;
  if (at < 0) return Float32Array.from(data);
  throw new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `element ${at} is ${data[at]}, which float32 cannot hold`,
    fix: `Whole numbers are exact up to ${2 ** 24}`,
    facts: { at, value: data[at] },
  });
}
