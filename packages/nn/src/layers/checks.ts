// What layers refuse when they are built.
import { SluiceError } from "@sluice/core";
import { describe, type Spec } from "./spec.ts";

/** Throws DTYPE_MISMATCH where a layer that computes with numbers gets indices. */
export function checkNumbers(who: string, input: Spec): void {
  if (input.dtype === "float") return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `reads numbers, got indices (i32) x ${describe(input)}`,
    fix: "Put an embedding before it, or declare the input as float",
    facts: { dtype: input.dtype },
  });
}

/** Throws SHAPE_MISMATCH: `needs` says what the layer reads, as "x [batch, steps, features]". */
export function shapeMismatch(who: string, needs: string, input: Spec, fix?: string): SluiceError {
  const what = `needs ${needs}, got x ${describe(input)}`;
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what,
    ...(fix !== undefined && { fix }),
    facts: { shape: input.shape, axes: input.axes },
  });
}

/** The steps and features of a sequence. Throws DTYPE_MISMATCH for indices, SHAPE_MISMATCH for what is no [steps, features]. */
export function sequenceOf(who: string, input: Spec, fix?: string): readonly [steps: number, features: number] {
  checkNumbers(who, input);
  const [steps, features] = input.shape;
  if (input.shape.length === 2 && steps !== undefined && features !== undefined) return [steps, features];
  throw shapeMismatch(who, "x [batch, steps, features]", input, fix);
}
