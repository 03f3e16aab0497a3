// The barrier of threads that run one module over a shared memory (centralised, with phases: Mellor-Crummey & Scott 1991).
import {
  type Callable,
  type Code,
  type Global,
  type Module,
  atomic,
  block,
  br,
  brIf,
  drop,
  get,
  globalGet,
  i32,
  ifElse,
  loop,
  ret,
  set,
} from "../wasm/index.ts";

/** Layout of the barrier in shared memory, as byte offsets from its address: threads arrived, phase, stop flag, and how often a thread slept after its spin limit. */
export const barrierLayout = { arrived: 0, phase: 4, stop: 8, sleeps: 12, bytes: 64 } as const;

/** Timeout of `atomic.wait` in nanoseconds (0.1 s): a sleeping thread then reads the stop flag again, in case no notify came. */
const wakeTimeoutNs = 100e6;

/** What a barrier needs to know of a run: how many threads there are, how often to look before sleeping, and the barrier's address. */
export interface BarrierGlobals {
  readonly threads: Global;
  readonly spinLimit: Global;
  readonly barrier: Global;
}

/** A function that returns once all threads have called it, or not 0 as soon as they should stop. The last to arrive opens the next phase. */
export function emitBarrier(module: Module, { threads, spinLimit, barrier }: BarrierGlobals): Callable {
  const here = globalGet(barrier);
  return module.function({ params: [], result: "i32" }, ({ local }) => {
    const [phase, left] = [local("i32"), local("i32")];
    const waits = i32.eq(atomic.load(here, barrierLayout.phase), get(phase));
    const stops = atomic.load(here, barrierLayout.stop);
    const open: Code = [
      atomic.store(here, i32.const(0), barrierLayout.arrived),
      atomic.store(here, i32.add(get(phase), i32.const(1)), barrierLayout.phase),
      drop(atomic.notify(here, i32.const(-1), barrierLayout.phase)),
    ];
    const spinning: Code = [
      set(left, globalGet(spinLimit)),
      loop(ifElse(i32.and(i32.lt(i32.const(0), get(left)), waits), [set(left, i32.sub(get(left), i32.const(1))), br(1)])),
    ];
    const sleeping = block(
      loop([
        brIf(1, i32.eq(waits, i32.const(0))),
        brIf(1, stops),
        drop(atomic.add(here, i32.const(1), barrierLayout.sleeps)),
        drop(atomic.wait(here, get(phase), wakeTimeoutNs, barrierLayout.phase)),
        br(0),
      ]),
    );
    const isLast = i32.eq(i32.add(atomic.add(here, i32.const(1), barrierLayout.arrived), i32.const(1)), globalGet(threads));
    const isOnlyThread = i32.eq(globalGet(threads), i32.const(1));
    return [
      ifElse(isOnlyThread, ret(i32.const(0))), // 50 ns each where there is nobody to wait for: 15 of 540 µs for 100 steps of one row
      set(phase, atomic.load(here, barrierLayout.phase)),
      ifElse(isLast, open, [spinning, sleeping]),
      stops,
    ];
  });
}
