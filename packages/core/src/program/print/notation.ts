// How views are written wherever people read them: in errors and in printed Programs.
import type { Program, View } from "../../backend.ts";
import { denseStrides } from "../../shape.ts";

/** The name of a slot, or `s3` for the fourth one if it has none. */
export function slotName({ slots }: Program, slot: number): string {
  return slots[slot]?.name ?? `s${slot}`;
}

/** The iteration of the scan at this depth, outermost first: t, u, v, w, then t4 and on. */
export function iteration(depth: number): string {
  return "tuvw"[depth] ?? `t${depth}`;
}

/** A shape as people say it: `32×128`; a scalar is empty. */
export function shapeText(shape: readonly number[]): string {
  return shape.join("×");
}

/**
 * A view of `name`: `z[32×128 @512 +t·16384]` is 32 rows of 128 from element 512, 16384 further in each iteration t.
 * Strides are told where the view is not contiguous: `b[32×128 by 0,1]` repeats one row.
 */
export function viewText(name: string, { shape, strides, offset, advance }: View): string {
  const dense = denseStrides(shape);
  const parts = [
    shapeText(shape),
    shape.some((size, axis) => size > 1 && strides[axis] !== dense[axis]) ? `by ${strides.map(signed).join(",")}` : "",
    offset === 0 ? "" : `@${signed(offset)}`,
    ...advance.map((step, d) =>
      step === 0 ? "" : `${step < 0 ? "−" : "+"}${iteration(d)}${Math.abs(step) === 1 ? "" : `·${Math.abs(step)}`}`,
    ),
  ];
  return `${name}[${parts.filter((part) => part !== "").join(" ")}]`;
}

/** A number with a true minus sign. */
export function signed(n: number): string {
  return n < 0 ? `−${-n}` : `${n}`;
}
