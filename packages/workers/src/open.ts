// The workers backend's verbs: buffers are ranges of one shared memory; what cannot happen at once, because runs are queued, is queued behind them.
import { type Backend, SluiceError, check as checkProgram } from "@sluice/core";
import { check, type Names, options, wholeIn } from "@sluice/core/arguments";
import { arrays, asyncDispose, guard, runPasses } from "@sluice/core/kit";
import {
  type Buffer,
  addressOf,
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
import { createTransfers } from "./transfers.ts";

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
  check("workers.open", "threads", threads, wholeIn(1, layout.maxThreads));
  check("workers.open", "memory", limit, wholeIn(2 ** 20, maxMemoryBytes));
  check("workers.open", "threshold", threshold, wholeIn(0, Number.MAX_SAFE_INTEGER));
  checkMachine();
  const memory = createSharedMemory(limit);
  const supports = { ...supportsOf(limit), dtypes: ["f32", "i32"] as const, repeats: "everywhere" as const };
  const guards = guard<Buffer>({ name: "workers", ...supports, held: (buffer) => (buffer?.memory === memory ? buffer : undefined) });
  const heap = createHeap({ name: "workers", memory, limitBytes: limit, retire: (free) => pool.retire(free) });
  const block = addressOf(heap.allocateBuffer("open", "i32", layout.words));
  let closing: Promise<void> | undefined;
  const pool = await startThreadPool(memory, block, threads, threads <= coresAvailable() ? barrierSpinLimit : 0);
  const transfers = createTransfers(pool, heap);
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
      transfers.write(buffer, data, at);
      heap.markWritten(buffer);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      pool.check();
      const target = into ?? new arrays[buffer.dtype](length);
      await transfers.read(buffer, at, length, target);
      return target;
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
      heap.release(buffer);
    },
    compile(program) {
      guards.open("compile");
      checkProgram(program, supports);
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
