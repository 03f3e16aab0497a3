// The types that safetensors files have, as those that Sluice computes with: floating ones become f32 without loss, whole ones i32 where they fit.
import { SluiceError, type DType, type TypedArray } from "@sluice/core";
import type { StoredType } from "@sluice/nn/kit";
import { bf16, f16, f8E4M3, f8E5M2, widened, type Narrow } from "../floats/narrow.ts";

export interface Elements {
  readonly dtype: DType;
  /** Elements of `part`, from element `at` on, into an array of `dtype`. Throws what `fail` makes, of the element and its value. */
  decode(part: DataView, into: TypedArray, at: number, fail: (index: number, value: bigint | number) => SluiceError): void;
}

/** Undefined for a type that none of Sluice's holds: scales (F8_E8M0), packed elements (F4, F6), complex numbers, the variants without a −0. */
export const elements: { readonly [T in StoredType]: Elements | undefined } = {
  F32: { dtype: "f32", decode: copied },
  F64: { dtype: "f64", decode: copied },
  I32: { dtype: "i32", decode: copied },
  F16: byTable(f16, 2),
  BF16: byTable(bf16, 2),
  F8_E4M3: byTable(f8E4M3, 1),
  F8_E5M2: byTable(f8E5M2, 1),
  I8: whole(1, (part, i) => part.getInt8(i)),
  U8: whole(1, (part, i) => part.getUint8(i)),
  I16: whole(2, (part, i) => part.getInt16(i, true)),
  U16: whole(2, (part, i) => part.getUint16(i, true)),
  U32: whole(
    4,
    (part, i) => part.getUint32(i, true),
    (value) => value < 2 ** 31,
  ),
  I64: long(
    (part, i) => part.getBigInt64(i, true),
    (low, high) => high === low >> 31,
  ),
  U64: long(
    (part, i) => part.getBigUint64(i, true),
    (low, high) => high === 0 && low >= 0,
  ),
  BOOL: whole(
    1,
    (part, i) => part.getUint8(i),
    (value) => value <= 1,
  ),
  F8_E8M0: undefined,
  F8_E4M3FNUZ: undefined,
  F8_E5M2FNUZ: undefined,
  F6_E2M3: undefined,
  F6_E3M2: undefined,
  F4: undefined,
  C64: undefined,
};

function copied(part: DataView, into: TypedArray, at: number): void {
  const target = new Uint8Array(into.buffer, into.byteOffset + at * into.BYTES_PER_ELEMENT, part.byteLength);
  target.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
}

/** A number for each code, made when the first is read: 256 kB for 16 bits. */
function byTable(narrow: Narrow, bytes: 1 | 2): Elements {
  let table: Float32Array | undefined;
  return {
    dtype: "f32",
    decode(part, into, at) {
      table ??= Float32Array.from({ length: 256 ** bytes }, (_, code) => widened(code, narrow));
      const count = part.byteLength / bytes;
      for (let i = 0; i < count; i++) into[at + i] = table[bytes === 1 ? part.getUint8(i) : part.getUint16(2 * i, true)]!; // one for each code
    },
  };
}

function whole(bytes: number, get: (part: DataView, offset: number) => number, fits: (value: number) => boolean = () => true): Elements {
  return {
    dtype: "i32",
    decode(part, into, at, fail) {
      const count = part.byteLength / bytes;
      for (let i = 0; i < count; i++) {
        const value = get(part, bytes * i);
        if (!fits(value)) throw fail(at + i, value);
        into[at + i] = value;
      }
    },
  };
}

/** By halves: a bigint for each element would take fifty times as long. */
function long(get: (part: DataView, offset: number) => bigint, fits: (low: number, high: number) => boolean): Elements {
  return {
    dtype: "i32",
    decode(part, into, at, fail) {
      const count = part.byteLength / 8;
      for (let i = 0; i < count; i++) {
        const low = part.getInt32(8 * i, true);
        if (!fits(low, part.getInt32(8 * i + 4, true))) throw fail(at + i, get(part, 8 * i));
        into[at + i] = low;
      }
    },
  };
}
