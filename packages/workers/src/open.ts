// The workers backend's verbs: buffers are ranges of one shared memory; what cannot happen at once, because runs are queued, is queued behind them.
import { type Backend, SluiceError, type TypedArray, check } from "@sluice/core";
import { type Names, options, show } from "@sluice/core/arguments";
import { arrays, asyncDispose, bytes, guard, runPasses } from "@sluice/core/kit";
import {
  type Buffer,
  addressOf,
  contentsOf,
  createHeap,
  createSharedMemory,
  maxMemoryBytes,
  obstacle,
  rowTiling,
  supportsOf,
  timeTiling,
} from "@sluice/cpu/kit";
import { compile } from "./compile.ts";
import { coresAvailable } from "./cores.ts";
import { startThreadPool } from "./threadPool.ts";
import * as layout from "./layout.js";
import { estimate } from "./estimate.ts";

export type { Buffer };

export interface Options {
  /** How many threads compute, beside the caller's: 1 to 128. Default: the cores this process may use. Results do not depend on it. */
  readonly threads?: number;
  /** Most bytes that buffers, constants and scratch take together: whole pages of 64 KiB, up to 4 GiB. Default 2 GiB. */
  readonly memory?: number;
  /** Runs that threads would shorten by less than so many microseconds are done by the caller, where nothing is queued. Default 100: waking threads takes as long. */
  readonly threshold?: number;
}

/**
 * Spin iterations at a barrier before a thread sleeps: about 0.3 ms. Waking takes 80 µs, so with a lower limit the threads that wait for a sleeper
 * fall asleep too, at every barrier (limit 20,000: 12 to 17 ms for a run that takes 9).
 */
const barrierSpinLimit = 200_000;

const names: Names<Options> = { threads: true, memory: true, threshold: true };

/**
 * Opens a backend on several threads, which share one memory.
 *
 * Rejects with BACKEND_UNAVAILABLE where there is no shared memory, no WebAssembly SIMD or a page's policy forbids it, or threads do not start, and tells the remedy; with
 * INVALID_ARGUMENT for an option that there is not, or out of range; with OUT_OF_MEMORY where the system has no addresses left for `memory`. Its verbs throw by the codes of `Backend`; BACKEND_FAILED once a thread is lost.
 */
export async function open(given: Options = {}): Promise<Backend<Buffer>> {
  const { threads = coresAvailable(), memory: limit = 2 ** 31, threshold = 100 } = options("workers.open", given, names);
  checkRange("threads", threads, 1, layout.maxThreads);
  checkRange("memory", limit, 2 ** 20, maxMemoryBytes);
  checkRange("threshold", threshold, 0, Number.MAX_SAFE_INTEGER);
  checkMachine();
  const memory = createSharedMemory(limit);
  const supports = { ...supportsOf(limit), dtypes: ["f32", "i32"] as const, repeats: "everywhere" as const };
  const guards = guard<Buffer>({ name: "workers", ...supports, held: (buffer) => (buffer?.memory === memory ? buffer : undefined) });
  const heap = createHeap({ name: "workers", memory, limitBytes: limit, retire: (free) => pool.retire(free) });
  const block = addressOf(heap.allocateBuffer("open", "i32", layout.words));
  let closing: Promise<void> | undefined;
  const pool = await startThreadPool(memory, block, threads, threads <= coresAvailable() ? barrierSpinLimit : 0);

  // Decided for two threads, whatever the size of the pool: grouping rows changes the order of additions, and results must not depend on the number of threads.
  const passes = [timeTiling, rowTiling((program) => estimate(program, 2).gainUs >= threshold)];

  return {
    name: "workers",
    supports,
    passes,
    create(dtype, length) {
      guards.create(dtype, length);
      return heap.create(dtype, length);
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      pool.check();
      if (pool.isIdle) contentsOf(buffer, at, data.length).set(data);
      else {
        const stage = heap.tryAllocate(buffer.dtype, data.length);
        if (stage === undefined) {
          const copy = data.slice(); // the caller's may change before its turn
          pool.postToCaller(() => contentsOf(buffer, at, copy.length).set(copy));
        } else {
          contentsOf(stage, 0, data.length).set(data);
          pool.copy(addressOf(buffer) + at * bytes[buffer.dtype], addressOf(stage), data.byteLength);
          heap.release(stage);
        }
      }
      heap.markWritten(buffer);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      pool.check();
      const target = into ?? new arrays[buffer.dtype](length);
      if (pool.isIdle) tryToFill(target, contentsOf(buffer, at, length));
      else {
        const stage = heap.tryAllocate(buffer.dtype, length);
        if (stage === undefined) {
          let fits = true;
          pool.postToCaller(() => (fits = tryToFill(target, contentsOf(buffer, at, length))));
          await pool.drained();
          if (!fits) throw transferred(length);
          return target;
        }
        try {
          pool.copy(addressOf(stage), addressOf(buffer) + at * bytes[buffer.dtype], length * bytes[buffer.dtype]);
          await pool.drained();
          if (!tryToFill(target, contentsOf(stage, 0, length))) throw transferred(length);
        } finally {
          heap.release(stage);
        }
      }
      return target;
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
      heap.release(buffer);
    },
    compile(program) {
      guards.open("compile");
      check(program, supports);
      pool.check();
      return compile(runPasses(program, passes, supports), { limitBytes: limit, pool, heap, minGainUs: threshold }).then((executable) =>
        guards.executable(program, executable),
      );
    },
    close: () => (closing ??= close()),
    [asyncDispose]: () => (closing ??= close()),
  };

  async function close(): Promise<void> {
    guards.closed = true;
    await pool.drained().catch(() => undefined); // what failed has told those who read
    await pool.end();
  }
}

/** False where the target has no room any more, as one that was transferred while its read waited. */
function tryToFill(target: TypedArray, contents: TypedArray): boolean {
  if (target.length < contents.length) return false;
  if (contents.length > 0) target.set(contents);
  return true;
}

function transferred(length: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "workers.read",
    what: `the target has no room for ${length} elements any more`,
    fix: "Do not transfer or shrink its memory before the read has resolved",
    facts: { length },
  });
}

function checkRange(option: string, value: number, minimum: number, maximum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum && value <= maximum) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "workers.open",
    what: `${option} is a whole number from ${minimum} to ${maximum}, got ${show(value)}`,
    facts: { [option]: value },
  });
}

function checkMachine(): void {
  const fail = (what: string, fix: string): never => {
    throw new SluiceError({ code: "BACKEND_UNAVAILABLE", who: "workers.open", what, fix });
  };
  const missing = obstacle();
  if (missing !== undefined)
    fail(missing.what, `${missing.fix === undefined ? "Use" : `${missing.fix}, or use`} @sluice/cpu, which runs everywhere`);
  if (typeof SharedArrayBuffer === "undefined" || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false)
    fail(
      "this page has no shared memory, since it is not cross-origin isolated",
      "Serve it with the headers `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`, or use @sluice/cpu",
    );
}
