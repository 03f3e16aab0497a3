// What a law is: a named claim about every backend, hunted for counterexamples within a time budget. It knows no test runner.
import type { Backend, Supports } from "@sluice/core";
import fc from "fast-check";

/** One claim that every backend must meet. */
export interface Law {
  /** A sentence that is true: "map equals the reference within its error budget". */
  readonly name: string;
  /** Backends of which the law says nothing: they hold it with no examples. */
  unless?(supports: Supports): boolean;
  /**
   * Looks for counterexamples for about `milliseconds`, or among `examples`, from `seed`, on backends made by `open` (which the law closes).
   * Resolves with how many examples held; rejects with the smallest counterexample found.
   */
  run(open: () => Promise<Backend>, options: HuntOptions): Promise<{ examples: number }>;
}

export interface HuntOptions {
  readonly milliseconds: number;
  readonly seed: number;
  /** No further ones after so many: where they are cheap, a law ends before its time. Default as many as the time allows. */
  readonly examples?: number;
  /** At most so many structures of a pool, where compiling each is dear: other ones for each seed. Default all. */
  readonly structures?: number;
}

/** What a law's claim is checked on: one backend for all examples, so that kernels compile once. */
export type Claim<T> = (backend: Backend, example: T) => Promise<void>;

/**
 * A law from an arbitrary and a claim: draws examples until the time is used up, then stops without failing.
 * Throws what fast-check reports: the shrunk counterexample, its seed, its path, and what the claim threw.
 */
export function property<T>(name: string, arbitrary: fc.Arbitrary<T>, claim: Claim<T>): Law {
  return {
    name,
    async run(open, { milliseconds, seed, examples: most = 1_000_000 }) {
      const backend = await open();
      let examples = 0;
      try {
        const held = fc.asyncProperty(arbitrary, async (example) => {
          await claim(backend, example);
          examples++;
        });
        await fc.assert(held, { seed, numRuns: 1, includeErrorInReport: true }); // one example, however long it takes
        if (most > 1)
          await fc.assert(held, {
            seed,
            numRuns: most - 1,
            interruptAfterTimeLimit: milliseconds,
            markInterruptAsFailure: false,
            includeErrorInReport: true,
          });
      } finally {
        await backend.close();
      }
      return { examples };
    },
  };
}
