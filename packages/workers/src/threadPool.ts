// A thread pool, with the caller as one more thread: commands go to the ring, small runs are done here when nothing is queued, memory is given back once nothing uses it.
import { SluiceError } from "@sluice/core";
import type { WasmMemory } from "@sluice/cpu/kit";
import * as layout from "./layout.js";
import { type LoadedModule, type Modules, createModules } from "./modules.ts";
import { createRetired } from "./retired.ts";
import { createRing } from "./ring.ts";
import { type Threads, startThreads } from "./threads.ts";

export interface ThreadPool {
  readonly threads: number;
  readonly isIdle: boolean;
  readonly modules: Modules;
  /** Threads do a command: see layout.js. It is copied; `ended` sees it as they left it. */
  post(command: Int32Array, ended?: (command: Int32Array) => void): void;
  /** The caller runs a program alone, now. Only while idle. */
  runOnCaller(loaded: LoadedModule, command: Int32Array): void;
  /** The caller does `act`, which does not throw, between what was posted and what is posted later, now or as soon as that is done. */
  postToCaller(act: () => void): void;
  copy(to: number, from: number, bytes: number): void;
  /** Resolves when all that was posted so far is done; rejects with BACKEND_FAILED if it never will be. */
  drained(): Promise<void>;
  /** Calls `free` once what was posted so far is done. */
  retire(free: () => void): void;
  /** Throws BACKEND_FAILED once a thread is lost. */
  check(): void;
  end(): Promise<void>;
}

/** Starts so many threads on the block of control words at byte `block` of the memory. */
export async function startThreadPool(memory: WasmMemory, block: number, threads: number, spinLimit: number): Promise<ThreadPool> {
  const words = new Int32Array(memory.i32.buffer, block, layout.words);
  words.fill(0);
  let failure: SluiceError | undefined;

  const fail = (reason: string): void => {
    failure ??= failed(reason);
    layout.stopBarriers(words);
    ring.fail(failure);
    updateKeepAlive();
  };
  const workers: Threads = await startThreads(
    Array.from({ length: threads }, (_, thread) => ({ memory: memory.wasm, block, thread, threads, spinLimit })),
    {
      onMessage(message) {
        if ("failed" in message) return fail(message.failed);
        ring.advance();
        reclaim();
        updateKeepAlive();
      },
      onLost: fail,
    },
  );
  const ring = createRing(words, () => wakeSleepers(words, workers, threads));
  const { retire, reclaim } = createRetired(ring);
  const modules = createModules(memory, workers, retire);
  /**
   * Keeps the Node process alive exactly while a promise of `drained` is pending. Finished commands are no reason to let it end: the message that
   * resolves the promise may still be on its way.
   */
  const updateKeepAlive = (): void => workers.keepAlive(ring.isAwaited);
  const drained = (): Promise<void> => {
    if (failure !== undefined) return Promise.reject(failure);
    const draining = ring.drained();
    updateKeepAlive();
    return draining;
  };

  return {
    threads,
    get isIdle() {
      return ring.isIdle;
    },
    modules,
    post: ring.post,
    postToCaller: (act) => ring.postToCaller(act),
    runOnCaller({ run }, command) {
      ring.advance(); // whoever posted a command that is done has seen it, before another lies there
      words.set(command, layout.ring);
      run(block + 4 * (layout.ring + layout.header), 0, 1, 0, block);
    },
    copy: (to, from, bytes) => ring.post(Int32Array.of(5, layout.copy, to, from, bytes)),
    drained,
    retire,
    check() {
      if (failure !== undefined) throw failure;
    },
    end: () => workers.end(),
  };
}

function wakeSleepers(words: Int32Array, workers: Threads, threads: number): void {
  for (let thread = 0; thread < threads; thread++)
    if (Atomics.exchange(words, layout.asleep + thread, 0) === 1) workers.send(thread, { wake: true });
}

function failed(reason: string): SluiceError {
  return new SluiceError({
    code: "BACKEND_FAILED",
    who: "workers",
    what: `a thread is lost: ${reason}`,
    fix: "What was running is lost; open a new backend",
    facts: { reason },
  });
}
