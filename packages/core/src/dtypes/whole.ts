// What a store to i32 makes of a number, the same on every backend: WebAssembly's saturating truncation.

/** Towards zero; NaN is 0, and what lies beyond 32 bits the nearest that does not. */
export function toWhole(x: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x))) || 0;
}
