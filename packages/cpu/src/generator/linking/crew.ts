// How kernels are launched: all parts by one thread, or each thread its share, with barriers between what depends on each other.
import {
  type Callable,
  type Code,
  type Global,
  type Local,
  type Module,
  atomic,
  block,
  br,
  brIf,
  call,
  countUp,
  drop,
  get,
  globalGet,
  i32,
  ifElse,
  loop,
  ret,
  set,
} from "../wasm/index.ts";
import type { KernelFunction } from "../codegen/kernelFunction.ts";

/** What launches kernels, in the order of the Program. */
export interface Crew {
  /** Launches a kernel that touches these places, once all before it that it depends on are done. */
  launch(kernel: KernelFunction, times: readonly Code[], touches: Touches): Code;
  /** Launches `group` for every number below `count`, once all before that it depends on is done. Groups have nothing to do with each other. */
  groups(number: Local, count: number, group: (crew: Crew) => Code, touches: Touches): Code;
  /** Waits until all that was launched is done. */
  join(): Code;
}

/** Slots and panels by number. */
export interface Touches {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** One thread. */
export const alone: Crew = {
  launch: ({ code, parts }, times) => call(code, times, i32.const(0), i32.const(parts)),
  groups: (number, count, group) => countUp(number, i32.const(0), i32.const(count), 1, group(alone)),
  join: () => [],
};

/** Where threads meet, if there are several: words of shared memory, in bytes from its address. `sleeps` counts how often one gave up looking. */
export const meeting = { count: 0, phase: 4, stop: 8, sleeps: 12, bytes: 64 } as const;

/** Sleepers look this often whether they should stop, in case nobody woke them. */
const patience = 100e6;

/** Several threads: each computes its share of every kernel, cut by its number. `stop` is the code that leaves the run. */
export function together(
  module: Module,
  { thread, threads, spin, at }: { readonly [K in "thread" | "threads" | "spin" | "at"]: Global },
  stop: Code,
): Crew {
  const barrier = module.once("barrier", () => barrierOf(module, { threads, spin, at }));
  let reads = new Set<number>();
  let writes = new Set<number>();
  const join = (): Code => {
    if (reads.size === 0 && writes.size === 0) return [];
    reads = new Set();
    writes = new Set();
    return ifElse(call(barrier), stop);
  };
  /** What comes next touches these places. */
  const enter = (touches: Touches): Code => {
    const depends =
      touches.reads.some((place) => writes.has(place)) || touches.writes.some((place) => writes.has(place) || reads.has(place));
    const before = depends ? join() : [];
    for (const place of touches.reads) reads.add(place);
    for (const place of touches.writes) writes.add(place);
    return before;
  };
  /** The first of so many that is this thread's, and the first that is not. */
  const share = (count: number): [Code, Code] => {
    const start = (thread: Code): Code => i32.div(i32.mul(i32.const(count), thread), globalGet(threads));
    return [start(globalGet(thread)), start(i32.add(globalGet(thread), i32.const(1)))];
  };
  return {
    join,
    launch: ({ code, parts }, times, touches) => [enter(touches), call(code, times, ...share(parts))],
    groups: (number, count, group, touches) => [enter(touches), countUp(number, ...share(count), 1, group(alone))],
  };
}

/** Returns once all threads are here, or not 0 as soon as they should stop. The last to come opens the next phase. */
function barrierOf(module: Module, { threads, spin, at }: { readonly [K in "threads" | "spin" | "at"]: Global }): Callable {
  const here = globalGet(at);
  return module.function({ params: [], result: "i32" }, ({ local }) => {
    const [phase, left] = [local("i32"), local("i32")];
    const waits = i32.eq(atomic.load(here, meeting.phase), get(phase));
    const stops = atomic.load(here, meeting.stop);
    const open: Code = [
      atomic.store(here, i32.const(0), meeting.count),
      atomic.store(here, i32.add(get(phase), i32.const(1)), meeting.phase),
      drop(atomic.notify(here, i32.const(-1), meeting.phase)),
    ];
    const spinning: Code = [
      set(left, globalGet(spin)),
      loop(ifElse(i32.and(i32.lt(i32.const(0), get(left)), waits), [set(left, i32.sub(get(left), i32.const(1))), br(1)])),
    ];
    const sleeping = block(
      loop([
        brIf(1, i32.eq(waits, i32.const(0))),
        brIf(1, stops),
        drop(atomic.add(here, i32.const(1), meeting.sleeps)),
        drop(atomic.wait(here, get(phase), patience, meeting.phase)),
        br(0),
      ]),
    );
    const isLast = i32.eq(i32.add(atomic.add(here, i32.const(1), meeting.count), i32.const(1)), globalGet(threads));
    const isAlone = i32.eq(globalGet(threads), i32.const(1));
    return [
      ifElse(isAlone, ret(i32.const(0))), // 50 ns each where there is nobody to meet: 15 of 540 µs for 100 steps of one row
      set(phase, atomic.load(here, meeting.phase)),
      ifElse(isLast, open, [spinning, sleeping]),
      stops,
    ];
  });
}
