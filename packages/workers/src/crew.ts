// The threads and the caller as one: commands go to the ring, small runs are done here when nothing is queued, memory is given back once nothing uses it.
import { SluiceError } from "@sluice/core";
import { instantiate, type WasmMemory } from "@sluice/cpu/kit";
import * as layout from "./layout.js";
import { createRing } from "./ring.ts";
import { type Threads, startThreads } from "./threads.ts";

/** A module that all threads know, by number, and as the caller runs it. */
export interface Known {
  readonly number: number;
  /** See `assemble` of @sluice/cpu. */
  run(table: number, thread: number, threads: number, spin: number, meeting: number): void;
}

export interface Crew {
  readonly threads: number;
  readonly isIdle: boolean;
  learn(module: WebAssembly.Module): Known;
  forget(known: Known): void;
  /** Threads do a command: see layout.js. It is copied; `ended` sees it as they left it. */
  post(command: Int32Array, ended?: (command: Int32Array) => void): void;
  /** The caller runs a program alone, now. Only while idle. */
  runHere(known: Known, command: Int32Array): void;
  /** The caller does `act`, which does not throw, between what was posted and what is posted later, now or as soon as that is done. */
  pause(act: () => void): void;
  copy(to: number, from: number, bytes: number): void;
  /** Resolves when all that was posted so far is done; rejects with BACKEND_FAILED if it never will be. */
  settled(): Promise<void>;
  /** Calls `free` once what was posted so far is done. */
  retire(free: () => void): void;
  /** Throws BACKEND_FAILED once a thread is lost. */
  check(): void;
  end(): Promise<void>;
}

/** Starts so many threads on the block of control words at byte `block` of the memory. */
export async function startCrew(memory: WasmMemory, block: number, threads: number, spin: number): Promise<Crew> {
  const words = new Int32Array(memory.i32.buffer, block, layout.words);
  words.fill(0);
  const retired: { readonly number: number; free(): void }[] = [];
  let failure: SluiceError | undefined;
  let programs = 0;

  const fail = (reason: string): void => {
    failure ??= failed(reason);
    for (const place of [0, layout.fewer]) {
      Atomics.store(words, place + layout.stop, 1);
      Atomics.notify(words, place + layout.phase);
    }
    ring.fail(failure);
    rest();
  };
  const crew: Threads = await startThreads(
    Array.from({ length: threads }, (_, thread) => ({ memory: memory.wasm, block, thread, threads, spin })),
    {
      heard(message) {
        if ("failed" in message) return fail(message.failed);
        ring.advance();
        reclaim();
        rest();
      },
      lost: fail,
    },
  );
  const ring = createRing(words, () => {
    for (let thread = 0; thread < threads; thread++)
      if (Atomics.exchange(words, layout.asleep + thread, 0) === 1) crew.nudge(thread, { wake: true });
  });
  const reclaim = (): void => {
    while (retired.length > 0 && ring.isDone(retired[0]!.number)) retired.shift()!.free();
  };
  /**
   * The process lives while somebody waits, and ends by itself when nobody does. What is done tells nothing of that: who waits has still to hear of it.
   */
  const rest = (): void => crew.busy(ring.isAwaited);
  const settled = (): Promise<void> => {
    if (failure !== undefined) return Promise.reject(failure);
    const settling = ring.settled();
    rest();
    return settling;
  };
  const check = (): void => {
    if (failure !== undefined) throw failure;
  };

  return {
    threads,
    get isIdle() {
      return ring.isIdle;
    },
    learn(module) {
      const run = instantiate(module, memory);
      crew.tell({ program: ++programs, module });
      return { number: programs, run };
    },
    forget: ({ number }) => crew.tell({ forget: number }),
    post: ring.post,
    pause: (act) => ring.pause(act),
    runHere({ run }, command) {
      words.set(command, layout.ring);
      run(block + 4 * (layout.ring + layout.header), 0, 1, 0, block);
    },
    copy: (to, from, bytes) => ring.post(Int32Array.of(5, layout.copy, to, from, bytes)),
    settled,
    retire(free) {
      retired.push({ number: ring.posted, free });
      reclaim();
    },
    check,
    end: () => crew.end(),
  };
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
