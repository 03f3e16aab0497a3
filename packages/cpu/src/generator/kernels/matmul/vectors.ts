// Four numbers at a time, wherever they lie, in as few instructions as their offsets allow. Knows neither rows nor columns.
import type { DType } from "@sluice/core";
import { type Code, type Local, f32x4, get, i32x4, v128 } from "../../wasm/index.ts";

/** What lies in memory; kernels compute in f32. */
export type Element = Exclude<DType, "f64">;

/** A slot's; Programs with f64 do not come here. */
export function elementOf(dtype: DType): Element {
  return dtype === "i32" ? "i32" : "f32";
}

/** Lanes from up to four offsets, in bytes from `address`; lanes without an offset are 0. */
export function loadLanes(address: Local, offsets: readonly number[], element: Element): Code {
  if (offsets.length === 0) return f32x4.constant(0);
  const bits = gather(get(address), offsets);
  return element === "i32" ? f32x4.convert(bits) : bits;
}

/** The first lanes to one to four offsets. To an i32, whole numbers are written as they are. */
export function storeLanes(address: Local, offsets: readonly number[], element: Element, lanes: Local): Code {
  const bits = element === "i32" ? i32x4.truncate(get(lanes)) : get(lanes);
  if (adjacent(offsets, 4)) return v128.store(get(address), bits, offsets[0]);
  if (adjacent(offsets, 2)) return [v128.storeTwo(0, get(address), bits, offsets[0]), singly(offsets, 2, address, bits)];
  return singly(offsets, 0, address, bits);
}

/** `count` offsets `stride` bytes apart, in lane groups of up to four. */
export function laneOffsets(start: number, stride: number, count: number): number[][] {
  const offsets = Array.from({ length: count }, (_, at) => start + at * stride);
  return Array.from({ length: Math.ceil(count / 4) }, (_, v) => offsets.slice(4 * v, 4 * v + 4));
}

/** The lowest of these offsets and 0: added to the address, as instructions take no negative offsets. */
export function lowestOffset(offsets: readonly number[]): number {
  return Math.min(0, ...offsets);
}

function gather(address: Code, offsets: readonly number[]): Code {
  if (adjacent(offsets, 4)) return v128.load(address, offsets[0]);
  const pair = adjacent(offsets, 2);
  const start = pair ? v128.loadTwo(address, offsets[0]) : v128.loadOne(address, offsets[0]);
  return offsets.reduce((lanes, offset, lane) => (lane < (pair ? 2 : 1) ? lanes : v128.loadLane(lane, address, lanes, offset)), start);
}

function singly(offsets: readonly number[], from: number, address: Local, bits: Code): Code {
  return offsets.map((offset, lane) => (lane < from ? [] : v128.storeLane(lane, get(address), bits, offset)));
}

function adjacent(offsets: readonly number[], count: number): boolean {
  return offsets.length >= count && offsets.slice(0, count).every((offset, at) => offset === offsets[0]! + 4 * at);
}
