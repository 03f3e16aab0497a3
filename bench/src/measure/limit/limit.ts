// What this machine can do at the most, as every share of the limit is meant.
import { flopsPerPass, peakLoop } from "./peakLoop.ts";

/** Passes between two looks at the clock: some 0.4 ms at 40 GFLOP/s. */
const passes = 2000;

let loop: ReturnType<typeof peakLoop> | undefined;

/** GFLOP/s of one thread over at least `ms`, float32, in WebAssembly SIMD without fused multiply-add. The first call is still being optimised. */
export function peakRate(ms: number): number {
  loop ??= peakLoop();
  const begin = performance.now();
  let [done, elapsed] = [0, 0];
  while (elapsed < ms) {
    loop(passes);
    done += passes;
    elapsed = performance.now() - begin;
  }
  return (done * flopsPerPass) / elapsed / 1e6;
}
