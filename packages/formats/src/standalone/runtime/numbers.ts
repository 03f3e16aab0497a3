import { SluiceError } from "./failure.ts";
import type { Port } from "./plan.ts";

/** Numbers as the caller has them, and what shape they are said to have. */
export interface Given {
  readonly who: string;
  readonly name: string;
  readonly data: unknown;
  readonly shape: readonly number[];
}

/** Looks at what was given for rows of such a shape: lists, typed arrays (all rows one after the other), or { shape, data }. */
export function given(who: string, name: string, value: unknown, row: readonly number[]): Given {
  if (isTyped(value)) {
    const { length } = value,
      rows = length / sizeOf(row);
    return { who, name, data: value, shape: row.length === 0 || !Number.isInteger(rows) ? [length] : [rows, ...row] };
  }
  if (typeof value === "object" && value !== null && "data" in value && "shape" in value) {
    const { data, shape } = value;
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
      throw new SluiceError("INVALID_ARGUMENT", who, `the shape of ${name} must be a list of sizes`);
    const count = isTyped(data) || Array.isArray(data) ? data.length : undefined;
    if (count !== sizeOf(shape))
      throw new SluiceError(
        "SHAPE_MISMATCH",
        who,
        `${name} ${textOf(shape)} needs ${sizeOf(shape)} elements, its data has ${count ?? "none"}`,
      );
    return { who, name, data, shape: shape as number[] }; // as was just seen
  }
  const shape: number[] = [];
  let each = value;
  for (; Array.isArray(each) && shape.length < 32; each = (each as unknown[])[0]) shape.push(each.length);
  if (isTyped(each)) shape.push(each.length);
  else if (shape.at(-1) !== 0 && typeof each !== "number") throw noNumber(who, name, each);
  return { who, name, data: value, shape };
}

/** Throws SHAPE_MISMATCH unless they are `wanted`, of the first axis at most so many. */
export function checkShape(
  { who, name, shape }: Given,
  wanted: readonly number[],
  axes: readonly (string | undefined)[] = [],
  atMost = false,
): void {
  if (shape.includes(0) && !wanted.includes(0))
    throw new SluiceError("EMPTY_DATA", who, `${name} ${textOf(shape)} has no elements`, { shape });
  const fits =
    shape.length === wanted.length && shape.every((size, d) => (d === 0 && atMost ? size <= (wanted[d] ?? 0) : size === wanted[d]));
  if (fits) return;
  const sizes = wanted.map((size, d) => `${axes[d] ?? (d === 0 ? "batch" : "")} ${d === 0 && atMost ? "≤ " : ""}${size}`.trim());
  throw new SluiceError(
    "SHAPE_MISMATCH",
    who,
    `${name} must be [${sizes.join(", ")}], got ${textOf(shape)}: this file was made for these sizes`,
    {
      expected: wanted,
      got: shape,
    },
  );
}

/**
 * Writes the numbers to `into`. With `lengths` of each row, what stands past them is not looked at.
 *
 * Throws NOT_FINITE, INDEX_OUT_OF_RANGE or DTYPE_MISMATCH by place, SHAPE_MISMATCH for lists of unequal lengths.
 */
export function readNumbers(
  numbers: Given,
  into: Float32Array | Int32Array,
  port: Pick<Port, "dtype" | "indices">,
  lengths?: Int32Array,
): void {
  const { who, name, data, shape } = numbers;
  const { dtype, indices = Infinity } = port;
  const [rows = 1, steps = 1] = shape,
    size = into.length / rows;
  const low = indices === Infinity ? -Infinity : 0;
  const fail = (code: string, at: number, value: unknown, claim: string): SluiceError => {
    const index = indexOf(at, shape);
    return new SluiceError(code, who, `${name} ${claim}: ${String(value)} at ${name}${placeOf(index)}`, { index, value });
  };
  const put = (value: unknown, at: number): void => {
    if (typeof value !== "number") throw noNumber(who, name + placeOf(indexOf(at, shape)), value);
    if (lengths !== undefined && at % size >= ((lengths[Math.floor(at / size)] ?? 0) * size) / steps) into[at] = 0;
    else {
      into[at] = value;
      if (!Number.isFinite(value) || !Number.isFinite(into[at])) throw fail("NOT_FINITE", at, value, `is not a finite ${dtype}`);
      if (value < low || value >= indices) throw fail("INDEX_OUT_OF_RANGE", at, value, `is outside 0 … ${indices - 1}`);
      if (dtype === "i32" && into[at] !== value) throw fail("DTYPE_MISMATCH", at, value, "is no 32-bit whole number, an index is wanted");
    }
  };
  const visit = (list: unknown, depth: number, at: number): void => {
    if (depth === shape.length) return put(list, at);
    const [length = 0, ...inner] = shape.slice(depth),
      step = sizeOf(inner),
      isInnermost = inner.length === 0;
    if (!(Array.isArray(list) || (isTyped(list) && isInnermost)) || list.length !== length) {
      const place = name + placeOf(indexOf(at, shape).slice(0, depth));
      throw new SluiceError("SHAPE_MISMATCH", who, `nested lists must have equal lengths: expected a list of ${length} at ${place}`);
    }
    for (let i = 0; i < length; i++)
      if (isInnermost) put(list[i], at + i);
      else visit(list[i], depth + 1, at + i * step);
  };
  const isFlat = isTyped(data) || (Array.isArray(data) && data.length === into.length && typeof data[0] === "number");
  if (isFlat) for (let i = 0; i < into.length; i++) put(data[i], i);
  else visit(data, 0, 0);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}

function isTyped(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && "length" in value; // any but a DataView
}

function noNumber(who: string, place: string, value: unknown): SluiceError {
  if (typeof value === "bigint")
    return new SluiceError("DTYPE_MISMATCH", who, `${place} must be a number, got ${value}n. Convert it with Number(…)`);
  return new SluiceError("INVALID_ARGUMENT", who, `${place} must be numbers, got ${value === null ? "null" : typeof value}`);
}

function indexOf(at: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  shape.reduceRight((rest, size) => (index.unshift(rest % size), Math.floor(rest / size)), at);
  return index;
}

function placeOf(index: readonly number[]): string {
  return index.map((i) => `[${i}]`).join("");
}

function textOf(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
