// What `create` returns, and what scratch and constants are: a row of elements in segments, and the way to see a part of it as one sheet.
import type { DType, SluiceError, TypedArray } from "@sluice/core";
import { type Held, arrays, toWhole } from "@sluice/core/kit";
import type { Device } from "../gpu/device.ts";
import { type Sheet, hostSheet } from "../gpu/sheet.ts";
import { gatherInto } from "./pack.ts";
import { type Segment, covering, put } from "./segments.ts";

/** Opaque to users: made by `create`, valid until `destroy`. Elements of every dtype are floats on the GPU. */
export interface Buffer extends Held {
  readonly device: Device;
  readonly segments: Segment[];
  /** Why the last run that should have written it did not. It is unusable until written whole. */
  failure: SluiceError | undefined;
}

/** A buffer of zeros. */
export function bufferOf(device: Device, dtype: DType, length: number): Buffer {
  const buffer: Buffer = { device, dtype, length, alive: true, bound: 0, segments: [], failure: undefined };
  return buffer;
}

/** Lays a whole sheet over the elements from `start` on. */
export function lay(buffer: Buffer, start: number, sheet: Sheet): void {
  if (sheet.length < buffer.length) fill(buffer);
  put(buffer.segments, { start, length: sheet.length, sheet, at: 0 }, buffer.device.release);
}

/** What has no segments is zeros: makes them. */
function fill(buffer: Buffer): void {
  if (buffer.segments.length === 0) lay(buffer, 0, hostSheet(buffer.length));
}

/** Lets go of all its sheets, as if it were new. */
export function empty({ segments, device }: Buffer): void {
  for (const { sheet } of segments.splice(0)) device.release(sheet);
}

/** One sheet that holds elements `start` to `start + length`, the first of them at `at`. What lies on several is packed first, for good. */
export function show(buffer: Buffer, start: number, length: number): { readonly sheet: Sheet; readonly at: number } {
  fill(buffer);
  const found = covering(buffer.segments, start, length);
  const from = found[0]!;
  if (found.length === 1) return { sheet: from.sheet, at: from.at + start - from.start };
  const sheet = gatherInto(buffer.device, found);
  lay(buffer, from.start, sheet);
  return { sheet, at: start - from.start };
}

/** Elements `start` to `start + length` where they lie, each part with its place from `start` on. Nothing is copied: sheets do not change. */
export function partsOf(buffer: Buffer, start: number, length: number): Segment[] {
  fill(buffer);
  return covering(buffer.segments, start, length).map((segment) => {
    const from = Math.max(segment.start, start);
    const end = Math.min(segment.start + segment.length, start + length);
    return { start: from - start, length: end - from, sheet: segment.sheet, at: segment.at + from - segment.start };
  });
}

/** Lays what `partsOf` gave over the elements from `start` on. */
export function layParts(buffer: Buffer, start: number, parts: readonly Segment[]): void {
  if (parts.length > 0) fill(buffer);
  for (const part of parts) put(buffer.segments, { ...part, start: start + part.start }, buffer.device.release);
}

/** Overwrites elements from `start` on with `data`, which now belongs to the buffer. Contents that are still on the host are changed in place. */
export function write(buffer: Buffer, data: Float32Array, start: number): void {
  fill(buffer);
  const [only, ...others] = covering(buffer.segments, start, data.length);
  if (only === undefined) return;
  const { sheet } = only;
  if (others.length === 0 && sheet.texture === undefined && sheet.holders === 1 && data.length < sheet.length)
    (sheet.data ??= new Float32Array(sheet.length)).set(data, only.at + start - only.start);
  else lay(buffer, start, hostSheet(data.length, data));
}

/** Elements from `start` on, copied. */
export function read(buffer: Buffer, start: number, length: number): TypedArray {
  if (length === 0) return new arrays[buffer.dtype](0);
  const { sheet, at } = show(buffer, start, length);
  const contents = buffer.device.read(sheet, at, length);
  return buffer.dtype === "i32" ? Int32Array.from(contents, toWhole) : contents;
}
