// Four elements of memory to and from lanes, for any distance between them; and fewer than four, without touching any other element.
import type { DType } from "@sluice/core";
import { type Code, type Local, f32x4, get, i32, i32x4, set, v128 } from "../wasm/index.ts";

/** Elements that lie `step` apart, of which the first is `offset` elements from where `pointer` points. */
export interface StridedAccess {
  readonly pointer: Local;
  readonly offset: number;
  readonly step: number;
  readonly dtype: DType;
}

/** The elements at lanes 0 to `count` − 1 as float32; the lanes beyond hold anything. `temporary` is a local of four lanes to use. */
export function load(access: StridedAccess, count: number, temporary: Local): Code {
  const lanes = access.step === 0 ? v128.loadSplat(...laneAddress(access, 0)) : gatherLanes(access, count, temporary);
  return access.dtype === "i32" ? f32x4.convert(lanes) : lanes;
}

/** Writes lanes 0 to `count` − 1 of a local, which holds float32. */
export function store(access: StridedAccess, value: Local, count: number, temporary: Local): Code {
  if (access.dtype === "f32") return scatterLanes(access, value, count);
  return [set(temporary, i32x4.truncate(get(value))), scatterLanes(access, temporary, count)];
}

function gatherLanes(access: StridedAccess, count: number, temporary: Local): Code {
  if (count === 4 && access.step === 1) return v128.load(...laneAddress(access, 0));
  if (count === 4 && access.step === -1) return [set(temporary, v128.load(...laneAddress(access, 3))), reversed(temporary)];
  const start = access.step === 1 && count > 1 ? v128.loadTwo(...laneAddress(access, 0)) : v128.loadOne(...laneAddress(access, 0));
  return remainingLanes(access, count).reduce<Code>((lanes, lane) => {
    const [address, offset] = laneAddress(access, lane);
    return v128.loadLane(lane, address, lanes, offset);
  }, start);
}

function scatterLanes(access: StridedAccess, value: Local, count: number): Code {
  const write = (op: (address: Code, value: Code, offset: number) => Code, at: number, what = get(value)): Code => {
    const [address, offset] = laneAddress(access, at);
    return op(address, what, offset);
  };
  if (count === 4 && access.step === 1) return write(v128.store, 0);
  if (count === 4 && access.step === -1) return write(v128.store, 3, reversed(value));
  const start = access.step === 1 && count > 1 ? v128.storeTwo : v128.storeLane;
  return [
    write((...to) => start(0, ...to), 0),
    remainingLanes(access, count).map((lane) => write((...to) => v128.storeLane(lane, ...to), lane)),
  ];
}

/** The lanes that the first instruction leaves: two neighbours go at once. */
function remainingLanes({ step }: StridedAccess, count: number): number[] {
  return [1, 2, 3].filter((lane) => lane < count && !(lane === 1 && step === 1));
}

function reversed(x: Local): Code {
  return v128.shuffle(get(x), get(x), [12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
}

/** The address of a lane, and the bytes to add to it; an instruction adds only what is positive. */
function laneAddress({ pointer, offset, step }: StridedAccess, lane: number): [address: Code, offset: number] {
  const bytes = (offset + lane * step) * 4;
  return bytes >= 0 ? [get(pointer), bytes] : [i32.sub(get(pointer), i32.const(-bytes)), 0];
}
