// What is freed once nothing posted uses it any more. Nobody waits for that: it happens when progress is looked at next.
import type { Ring } from "./ring.ts";

export interface Retired {
  /** Calls `free` once what was posted so far is done. */
  retire(free: () => void): void;
  /** To be called when there is progress. */
  reclaim(): void;
}

export function createRetired(ring: Pick<Ring, "posted" | "isDone">): Retired {
  const retired: { readonly number: number; free(): void }[] = []; // oldest first
  const reclaim = (): void => {
    while (retired.length > 0 && ring.isDone(retired[0]!.number)) retired.shift()!.free();
  };
  return {
    reclaim,
    retire(free) {
      retired.push({ number: ring.posted, free });
      reclaim();
    },
  };
}
