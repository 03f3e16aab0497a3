// The WebAssembly instructions that kernels are made of, each as a function from its operands' code to code.
// Opcodes: WebAssembly Core Specification 2.0, §5.4. Only what is used stands here.
import { type Code, float32, signed, unsigned } from "./code.ts";

export type ValueType = "i32" | "f32" | "v128";
export const valueTypes: { readonly [T in ValueType]: number } = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** A local variable of a function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}
export interface Global {
  readonly index: number;
}
export interface Callable {
  readonly index: number;
}

export const get = (local: Local): Code => [0x20, unsigned(local.index)];
export const set = (local: Local, value: Code): Code => [value, 0x21, unsigned(local.index)];
export const tee = (local: Local, value: Code): Code => [value, 0x22, unsigned(local.index)];
export const globalGet = (global: Global): Code => [0x23, unsigned(global.index)];
export const globalSet = (global: Global, value: Code): Code => [value, 0x24, unsigned(global.index)];
export const call = (callee: Callable, ...operands: readonly Code[]): Code => [operands, 0x10, unsigned(callee.index)];

export const drop = (value: Code): Code => [value, 0x1a];

const nothing = 0x40;
/** Runs `body`; `br(depth)` inside goes past its end. */
export const block = (body: Code): Code => [0x02, nothing, body, 0x0b];
/** Runs `body`; `br(depth)` inside goes back to its start. */
export const loop = (body: Code): Code => [0x03, nothing, body, 0x0b];
export const ifElse = (test: Code, yes: Code, no?: Code): Code => [test, 0x04, nothing, yes, no === undefined ? [] : [0x05, no], 0x0b];
/** Ends the function; its result, if any, is on the stack. */
export const ret = (result: Code = []): Code => [result, 0x0f];
export const br = (depth: number): Code => [0x0c, unsigned(depth)];
export const brIf = (depth: number, test: Code): Code => [test, 0x0d, unsigned(depth)];

const unary =
  (...opcode: readonly number[]) =>
  (x: Code): Code => [x, opcode];
const binary =
  (...opcode: readonly number[]) =>
  (x: Code, y: Code): Code => [x, y, opcode];

/** `align` is the exponent of 2 that addresses are promised to be multiples of: a hint. The element is at `address + offset`. */
const load =
  (align: number, ...opcode: readonly number[]) =>
  (address: Code, offset = 0): Code => [address, opcode, align, unsigned(offset)];
const store =
  (align: number, ...opcode: readonly number[]) =>
  (address: Code, value: Code, offset = 0): Code => [address, value, opcode, align, unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  load: load(2, 0x28),
  store: store(2, 0x36),
  eq: binary(0x46),
  lt: binary(0x48),
  ltU: binary(0x49),
  ge: binary(0x4e),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  div: binary(0x6d),
  rem: binary(0x6f),
  and: binary(0x71),
  shl: binary(0x74),
  shr: binary(0x75),
  /** x where test is not 0, otherwise y. */
  select: (test: Code, x: Code, y: Code): Code => [x, y, test, 0x1b],
  /** The smaller of two signed integers, which WebAssembly has no instruction for; their code stands there twice. */
  min: (x: Code, y: Code): Code => i32.select(i32.lt(x, y), x, y),
};

export const f32 = {
  const: (value: number): Code => [0x43, float32(value)],
  load: load(2, 0x2a),
  store: store(2, 0x38),
  add: binary(0x92),
  mul: binary(0x94),
};

const simd = 0xfd;
const wide = (opcode: number): readonly number[] => [simd, unsigned(opcode)].flat(2) as number[];

/** Four lanes of 32 bits. */
export const v128 = {
  const: (lanes: readonly [number, number, number, number]): Code => [wide(12), lanes.map((lane) => float32(lane))],
  load: load(2, ...wide(0)),
  /** One 32-bit element in all four lanes. */
  loadSplat: load(2, ...wide(9)),
  /** One, or two, 32-bit elements in the first lanes, zeros in the others. */
  loadOne: load(2, ...wide(92)),
  loadTwo: load(2, ...wide(93)),
  store: store(2, ...wide(11)),
  /** `value` with one lane from memory. */
  loadLane: (lane: number, address: Code, value: Code, offset = 0): Code => [address, value, wide(86), 2, unsigned(offset), lane],
  storeLane: (lane: number, address: Code, value: Code, offset = 0): Code => [address, value, wide(90), 2, unsigned(offset), lane],
  storeTwo: (half: number, address: Code, value: Code, offset = 0): Code => [address, value, wide(91), 2, unsigned(offset), half],
  not: unary(...wide(77)),
  and: binary(...wide(78)),
  andNot: binary(...wide(79)),
  or: binary(...wide(80)),
  xor: binary(...wide(81)),
  /** Bits of x where those of the mask are 1, otherwise of y. */
  select: (x: Code, y: Code, mask: Code): Code => [x, y, mask, wide(82)],
  /** Bytes of x (0–15) and y (16–31), by number. */
  shuffle: (x: Code, y: Code, bytes: readonly number[]): Code => [x, y, wide(13), bytes],
};

export const f32x4 = {
  splat: unary(...wide(19)),
  lane: (lane: number, x: Code): Code => [x, wide(31), lane],
  eq: binary(...wide(65)),
  ne: binary(...wide(66)),
  lt: binary(...wide(67)),
  gt: binary(...wide(68)),
  le: binary(...wide(69)),
  ge: binary(...wide(70)),
  nearest: unary(...wide(106)),
  floor: unary(...wide(104)),
  abs: unary(...wide(224)),
  neg: unary(...wide(225)),
  sqrt: unary(...wide(227)),
  add: binary(...wide(228)),
  sub: binary(...wide(229)),
  mul: binary(...wide(230)),
  div: binary(...wide(231)),
  /** NaN where an operand is; −0 is below 0. */
  min: binary(...wide(232)),
  max: binary(...wide(233)),
  /** y < x ? y : x, and x < y ? y : x: one machine instruction each. */
  pmin: binary(...wide(234)),
  pmax: binary(...wide(235)),
  /** Of signed integers. */
  convert: unary(...wide(250)),
  constant: (value: number): Code => v128.const([value, value, value, value]),
};

export const i32x4 = {
  splat: unary(...wide(17)),
  add: binary(...wide(174)),
  sub: binary(...wide(177)),
  shl: (x: Code, bits: number): Code => [x, i32.const(bits), wide(171)],
  shr: (x: Code, bits: number): Code => [x, i32.const(bits), wide(172)],
  /** Towards zero; NaN is 0, what is out of range the nearest that is not. */
  truncate: unary(...wide(248)),
  constant: (value: number): Code => [wide(12), Array.from({ length: 4 }, () => [...new Uint8Array(Int32Array.of(value).buffer)])],
};

export const i64 = { const: (value: number): Code => [0x42, signed(value)] };

/** An i32 in shared memory, at `address + offset`, a multiple of 4 (Threads proposal, phase 4). All sequentially consistent. */
export const atomic = {
  /** Wakes so many of those who wait there; how many it were. */
  notify: (address: Code, most: Code, offset = 0): Code => [address, most, 0xfe, 0x00, 2, unsigned(offset)],
  /** Sleeps while `expected` stands there, for at most so many nanoseconds: 0 woken, 1 not equal, 2 timed out. */
  wait: (address: Code, expected: Code, nanoseconds: number, offset = 0): Code => [
    address,
    expected,
    i64.const(nanoseconds),
    0xfe,
    0x01,
    2,
    unsigned(offset),
  ],
  load: (address: Code, offset = 0): Code => [address, 0xfe, 0x10, 2, unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0xfe, 0x17, 2, unsigned(offset)],
  /** Adds; what stood there before. */
  add: (address: Code, value: Code, offset = 0): Code => [address, value, 0xfe, 0x1e, 2, unsigned(offset)],
};
