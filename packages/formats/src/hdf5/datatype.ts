// Datatype messages (HDF5 File Format Specification 3.0, IV.A.2.d): numbers, and texts as attributes have them.
import type { Cursor } from "./cursor.ts";
import type { Hdf5Type } from "./tree.ts";

export type Datatype =
  | { readonly kind: "number"; readonly dtype: Hdf5Type; readonly bigEndian: boolean }
  | { readonly kind: "text"; readonly size: number }
  | { readonly kind: "variableText" }
  | { readonly kind: "other"; readonly what: string };

const fixedPoint = 0,
  floatingPoint = 1,
  text = 3,
  variableLength = 9;

const floats: Readonly<Record<number, Hdf5Type>> = { 2: "f16", 4: "f32", 8: "f64" };
const signed: Readonly<Record<number, Hdf5Type>> = { 1: "i8", 2: "i16", 4: "i32", 8: "i64" };
const unsigned: Readonly<Record<number, Hdf5Type>> = { 1: "u8", 2: "u16", 4: "u32", 8: "u64" };

/** What each number is, at a byte of the file. */
export function datatypeAt(cursor: Cursor, at: number): Datatype {
  const kind = cursor.u8(at) & 15,
    bits = cursor.u8(at + 1),
    size = cursor.u32(at + 4);
  const bigEndian = (bits & 1) === 1;
  const number = (dtype: Hdf5Type | undefined): Datatype =>
    dtype === undefined ? { kind: "other", what: `numbers of ${size} bytes` } : { kind: "number", dtype, bigEndian };
  if (kind === floatingPoint)
    return isIeee(cursor, at, size) ? number(floats[size]) : { kind: "other", what: "numbers that are not IEEE 754's" };
  if (kind === fixedPoint) return number(((bits & 8) === 0 ? unsigned : signed)[size]);
  if (kind === text) return { kind: "text", size };
  if (kind === variableLength && (bits & 15) === 1) return { kind: "variableText" };
  return { kind: "other", what: `elements of HDF5's class ${kind}` };
}

/** Where the exponent begins, and how long it and the mantissa are. */
const layouts: Readonly<Record<number, string>> = { 2: "10,5,0,10", 4: "23,8,0,23", 8: "52,11,0,52" };

function isIeee(cursor: Cursor, at: number, size: number): boolean {
  return [12, 13, 14, 15].map((part) => cursor.u8(at + part)).join() === layouts[size];
}
