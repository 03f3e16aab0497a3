// The state that is carried from step to step: what steps gave is decoding's to dispose of, what the caller gave is not.
import { leavesOf, NDArray } from "@sluice/core";

export class Carried {
  readonly #callers: ReadonlySet<NDArray>;
  #now: object;

  constructor(first: object) {
    this.#callers = arraysOf(first);
    this.#now = first;
  }

  get now(): object {
    return this.#now;
  }

  /** What was before and is not carried on is gone. */
  become(next: object): void {
    const before = this.#now;
    this.#now = next;
    this.drop(before);
  }

  /** Disposes of the arrays in it, but for the caller's and what is carried. */
  drop(tree: unknown): void {
    const kept = arraysOf(this.#now);
    for (const array of arraysOf(tree)) if (!kept.has(array) && !this.#callers.has(array)) array.dispose();
  }

  dispose(): void {
    this.become({});
  }
}

/** Whatever else a step has put there. */
function arraysOf(tree: unknown): Set<NDArray> {
  const leaves = leavesOf(tree, (value) => value instanceof NDArray).map(([, leaf]) => leaf);
  return new Set(leaves.filter((leaf): leaf is NDArray => leaf instanceof NDArray));
}
