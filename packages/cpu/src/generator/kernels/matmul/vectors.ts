// Four numbers at a time, wherever they lie, in as few instructions as their places allow. Knows neither rows nor columns.
import type { DType } from "@sluice/core";
import { type Code, type Local, f32x4, get, i32x4, v128 } from "../../wasm/index.ts";

/** What lies in memory; kernels compute in f32. */
export type Element = Exclude<DType, "f64">;

/** A slot's; Programs with f64 do not come here. */
export function elementOf(dtype: DType): Element {
  return dtype === "i32" ? "i32" : "f32";
}

/** Lanes from up to four places, in bytes from `address`; lanes without a place are 0. */
export function loadLanes(address: Local, places: readonly number[], element: Element): Code {
  if (places.length === 0) return f32x4.constant(0);
  const bits = gather(get(address), places);
  return element === "i32" ? f32x4.convert(bits) : bits;
}

/** The first lanes to one to four places. To an i32, whole numbers are written as they are. */
export function storeLanes(address: Local, places: readonly number[], element: Element, lanes: Local): Code {
  const bits = element === "i32" ? i32x4.truncate(get(lanes)) : get(lanes);
  if (adjacent(places, 4)) return v128.store(get(address), bits, places[0]);
  if (adjacent(places, 2)) return [v128.storeTwo(0, get(address), bits, places[0]), singly(places, 2, address, bits)];
  return singly(places, 0, address, bits);
}

/** `count` places `stride` bytes apart, in fours. */
export function groups(start: number, stride: number, count: number): number[][] {
  const places = Array.from({ length: count }, (_, at) => start + at * stride);
  return Array.from({ length: Math.ceil(count / 4) }, (_, v) => places.slice(4 * v, 4 * v + 4));
}

/** The lowest of places on which 0 is one, to add to the address, as places in instructions are not negative. */
export function lowest(places: readonly number[]): number {
  return Math.min(0, ...places);
}

function gather(address: Code, places: readonly number[]): Code {
  if (adjacent(places, 4)) return v128.load(address, places[0]);
  const pair = adjacent(places, 2);
  const start = pair ? v128.loadTwo(address, places[0]) : v128.loadOne(address, places[0]);
  return places.reduce((lanes, place, lane) => (lane < (pair ? 2 : 1) ? lanes : v128.loadLane(lane, address, lanes, place)), start);
}

function singly(places: readonly number[], from: number, address: Local, bits: Code): Code {
  return places.map((place, lane) => (lane < from ? [] : v128.storeLane(lane, get(address), bits, place)));
}

function adjacent(places: readonly number[], count: number): boolean {
  return places.length >= count && places.slice(0, count).every((place, at) => place === places[0]! + 4 * at);
}
