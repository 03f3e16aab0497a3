// How a law of cells hunts: through all structures of a pool, then through ever new data.
import type { Backend } from "@sluice/core";
import fc from "fast-check";
import { dataOf, describe, examples, once, type Data, type Example, type Structure } from "../arbitraries/cells.ts";
import type { Law } from "../law.ts";

/** Throws where `example`, whose data is `data`, breaks the law on `backend`. */
export type Claim = (backend: Backend, example: Pick<Example, "structure" | "dtype">, data: Data) => Promise<void>;

/** A law that meets every structure of its pool once, from the plainest on, and then ever new data until the time is used up. */
export function hunt(name: string, pool: readonly Structure[], claim: Claim): Law {
  return {
    name,
    async run(open, { milliseconds, seed }) {
      const until = Date.now() + milliseconds;
      const backend = await open();
      const dtypes = (["f32", "f64"] as const).filter((dtype) => backend.supports.dtypes.includes(dtype));
      let held = 0;
      const hold = async (example: Example) => {
        await claim(backend, example, dataOf(example));
        held++;
      };
      try {
        for (const example of once(pool, dtypes, seed)) await hold(example).catch((cause: unknown) => refuted(example, seed, cause));
        // In slices, so that no example is still under way when the time is up.
        const property = fc.asyncProperty(examples(pool, dtypes), hold);
        for (let slice = 0; Date.now() < until; slice++)
          await fc.assert(property, { seed: seed + slice, numRuns: 10, includeErrorInReport: true });
      } finally {
        await backend.close();
      }
      return { examples: held };
    },
  };
}

function refuted(example: Example, seed: number, cause: unknown): never {
  throw new Error(`Counterexample: ${describe(example)} (seed ${seed})\n${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
