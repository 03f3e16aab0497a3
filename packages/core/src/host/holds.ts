// Whether a dtype holds numbers of the caller, so that none becomes another without a word.
import type { DType } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import type { Asked } from "./numbers.ts";

/**
 * Throws DTYPE_MISMATCH, with position and value, for the first number that became another in `made`: i32 takes whole numbers of 32 bits alone;
 * f32 rounds, but takes no finite number that would become infinite. NaN and the infinities are floats like others.
 */
export function checkHolds(given: ArrayLike<number>, made: ArrayLike<number>, dtype: DType, asked: Asked): void {
  for (let i = 0; i < made.length; i++) {
    const value = given[i]!;
    if (dtype === "i32" ? made[i] !== value : !Number.isFinite(made[i]) && Number.isFinite(value)) throw refused(value, i, dtype, asked);
  }
}

function refused(value: number, at: number, dtype: DType, { who, name }: Asked): SluiceError {
  const [what, fix] =
    dtype === "i32"
      ? ["i32 holds whole numbers from -2147483648 to 2147483647", 'Round the numbers first, or pass { dtype: "f32" } or "f64"']
      : ["f32 ends at 3.4e38", 'Scale the numbers, or pass { dtype: "f64" }'];
  return new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `${name} holds ${value} at element ${at}, ${what}`,
    fix,
    facts: { argument: name, element: at, value },
  });
}
