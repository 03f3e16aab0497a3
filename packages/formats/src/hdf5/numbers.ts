// The numbers of an array of a file.
import type { HostArray } from "@sluice/core";
import { f16, widened } from "../floats/narrow.ts";
import type { Hdf5Array, Hdf5Type } from "./tree.ts";

const read: Readonly<Record<Exclude<Hdf5Type, "i64" | "u64">, (view: DataView, at: number, little: boolean) => number>> = {
  f16: (view, at, little) => widened(view.getUint16(at, little), f16),
  f32: (view, at, little) => view.getFloat32(at, little),
  f64: (view, at, little) => view.getFloat64(at, little),
  i8: (view, at) => view.getInt8(at),
  u8: (view, at) => view.getUint8(at),
  i16: (view, at, little) => view.getInt16(at, little),
  u16: (view, at, little) => view.getUint16(at, little),
  i32: (view, at, little) => view.getInt32(at, little),
  u32: (view, at, little) => view.getUint32(at, little),
};

/** f64 as such; all others as f32. Copies where the file does not hold them so, or not at an address that a typed array may begin at. */
export function hostArray({ dtype, shape, bytes, bigEndian }: Hdf5Array): HostArray | undefined {
  if (dtype === "i64" || dtype === "u64") return undefined;
  const wide = dtype === "f64",
    axes = shape.map((_, d) => `axis${d}`);
  if ((dtype === "f32" || wide) && !bigEndian && isLittle) {
    const fresh = bytes.byteOffset % (wide ? 8 : 4) === 0 ? bytes : bytes.slice();
    const data = wide
      ? new Float64Array(fresh.buffer, fresh.byteOffset, fresh.length / 8)
      : new Float32Array(fresh.buffer, fresh.byteOffset, fresh.length / 4);
    return { dtype: wide ? "f64" : "f32", shape, axes, data };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    length = shape.reduce((product, n) => product * n, 1),
    data = wide ? new Float64Array(length) : new Float32Array(length),
    step = length === 0 ? 1 : bytes.length / length;
  for (let i = 0; i < length; i++) data[i] = read[dtype](view, i * step, !bigEndian);
  return { dtype: wide ? "f64" : "f32", shape, axes, data };
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
