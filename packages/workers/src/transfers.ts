// Writes and reads while runs are queued: each waits for its turn in a stage of the shared memory, and where that has no room the caller does it between runs.
import { SluiceError, type TypedArray } from "@sluice/core";
import { type Buffer, type Heap, addressOf, contentsOf } from "@sluice/cpu/kit";
import { bytes } from "@sluice/core/kit";
import type { ThreadPool } from "./threadPool.ts";

export interface Transfers {
  /** `data` to the buffer from element `at`, after all that was posted so far. The caller may change it afterwards. */
  write(buffer: Buffer, data: TypedArray, at: number): void;
  /** `length` elements of the buffer from `at` to the start of `target`, after all that was posted so far. INVALID_ARGUMENT where it has no room by then. */
  read(buffer: Buffer, at: number, length: number, target: TypedArray): Promise<void>;
}

export function createTransfers(pool: ThreadPool, heap: Heap): Transfers {
  /** What the turn of a read gives: did the target take it? */
  const readBetweenRuns = async (buffer: Buffer, at: number, length: number, target: TypedArray): Promise<boolean> => {
    let fits = true;
    pool.postToCaller(() => (fits = tryToFill(target, contentsOf(buffer, at, length))));
    await pool.drained();
    return fits;
  };
  const readStaged = async (stage: Buffer, from: number, length: number, target: TypedArray): Promise<boolean> => {
    try {
      pool.copy(addressOf(stage), from, length * bytes[stage.dtype]);
      await pool.drained();
      return tryToFill(target, contentsOf(stage, 0, length));
    } finally {
      heap.release(stage);
    }
  };

  return {
    write(buffer, data, at) {
      if (pool.isIdle) return contentsOf(buffer, at, data.length).set(data);
      const stage = heap.tryAllocate(buffer.dtype, data.length);
      if (stage === undefined) {
        const copy = data.slice();
        return pool.postToCaller(() => contentsOf(buffer, at, copy.length).set(copy));
      }
      contentsOf(stage, 0, data.length).set(data);
      pool.copy(addressOf(buffer) + at * bytes[buffer.dtype], addressOf(stage), data.byteLength);
      heap.release(stage);
    },
    async read(buffer, at, length, target) {
      if (pool.isIdle) return void tryToFill(target, contentsOf(buffer, at, length));
      const stage = heap.tryAllocate(buffer.dtype, length);
      const fits =
        stage === undefined
          ? await readBetweenRuns(buffer, at, length, target)
          : await readStaged(stage, addressOf(buffer) + at * bytes[buffer.dtype], length, target);
      if (!fits) throw transferred(length);
    },
  };
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
