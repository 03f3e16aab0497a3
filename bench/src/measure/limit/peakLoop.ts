// The most that one thread can do in WebAssembly SIMD: a loop of products and sums that never touches memory.
import { type Code, module, op, type } from "./wasm.ts";

/** Independent sums, so that none waits for another: 8 reach the limit of two units that take 4 cycles; 12 fit the 16 registers. */
const accumulators = 12;
const unrolled = 8;

/** Floating-point operations of one pass: a product and a sum in each of four lanes. */
export const flopsPerPass = accumulators * unrolled * 4 * 2;

/** Runs some passes; the result depends on all of them. It nears 2, since a ← ½a + 1: nothing overflows, and nothing gets so small as to be slow. */
export function peakLoop(): (passes: number) => number {
  return new WebAssembly.Instance(new WebAssembly.Module(peakModule())).exports["run"]!;
}

export function peakModule(): Uint8Array<ArrayBuffer> {
  const [passes, factor, addend, first] = [0, 1, 2, 3];
  const sums = Array.from({ length: accumulators }, (_, i) => first + i);
  const step = (sum: number): Code => [op.local(sum), op.local(factor), op.mul, op.local(addend), op.add, op.setLocal(sum)]; // a ← a·f + c
  const start = (local: number, value: number): Code => [op.f32(value), op.splat, op.setLocal(local)];
  return module({
    params: [type.i32],
    result: type.f32,
    locals: Array.from({ length: 2 + accumulators }, () => type.v128),
    body: [
      start(factor, 0.5),
      start(addend, 1),
      sums.map((sum) => start(sum, sum)),
      [op.loop, Array.from({ length: unrolled }, () => sums.map(step))],
      [op.local(passes), op.i32(1), op.subI32, op.teeLocal(passes), op.brIf, 0, op.end],
      op.local(first),
      sums.slice(1).map((sum) => [op.local(sum), op.add]),
      op.lane(0),
    ],
  });
}
