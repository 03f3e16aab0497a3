// What an HDF5 file holds, as far as files of weights use it: groups with texts as attributes, and arrays of numbers.

export type Hdf5Type = "f16" | "f32" | "f64" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64";

export interface Hdf5Group {
  readonly kind: "group";
  /** Those that are texts. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: ReadonlyMap<string, Hdf5Group | Hdf5Array>;
}

export interface Hdf5Array {
  readonly kind: "array";
  readonly shape: readonly number[];
  readonly dtype: Hdf5Type;
  readonly bigEndian: boolean;
  /** As they lie in the file, row-major: a view of it. */
  readonly bytes: Uint8Array;
}

export const bytesPer: Readonly<Record<Hdf5Type, number>> = {
  ...{ f16: 2, f32: 4, f64: 8 },
  ...{ i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8 },
};
