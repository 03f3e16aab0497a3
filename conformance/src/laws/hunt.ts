// How laws of cells and of attention hunt: through all structures of a pool, then through ever new data.
import type { Backend, Supports } from "@sluice/core";
import fc from "fast-check";
import { uniform } from "../arbitraries/numbers.ts";
import { drawn, once, type Example } from "../arbitraries/examples.ts";
import type { Law } from "../law.ts";

export interface Hunt<S> {
  readonly name: string;
  /** The structures of a run: plain data, from the plainest on. */
  readonly pool: (seed: number, supports: Supports) => readonly S[];
  /** At most so many of them in a run, other ones for each seed: where the pools of other laws meet each one already. Default all. */
  readonly sample?: number;
  /** What every run meets besides. Default nothing. */
  readonly met?: readonly Example<S>[];
  /** One line that names everything about an example. */
  readonly describe: (example: Example<S>) => string;
  /** Throws where the example breaks the law on `backend`. */
  readonly claim: (backend: Backend, example: Example<S>) => Promise<void>;
}

/**
 * A law that meets every structure of its pool once, or as many of them as it is told, and then ever new data until the time or the number
 * of examples is used up.
 */
export function hunt<S>({ name, pool, sample = Infinity, met = [], describe, claim }: Hunt<S>): Law {
  return {
    name,
    async run(open, { milliseconds, seed, examples = Infinity, structures: most = Infinity }) {
      const until = Date.now() + milliseconds;
      const backend = await open();
      const structures = spread(pool(seed, backend.supports), Math.min(sample, most), seed);
      const dtypes = (["f32", "f64"] as const).filter((dtype) => backend.supports.dtypes.includes(dtype));
      let held = 0;
      const hold = async (example: Example<S>) => {
        await claim(backend, example);
        held++;
      };
      const refuted = (example: Example<S>, cause: unknown): never => {
        const what = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Counterexample: ${describe(example)} (seed ${seed})\n${what}`, { cause });
      };
      try {
        const again = met.filter(({ dtype }) => dtypes.includes(dtype));
        for (const example of [...once(structures, dtypes, seed), ...again])
          await hold(example).catch((cause: unknown) => refuted(example, cause));
        // In slices, so that no example is still under way when the time is up.
        const property = fc.asyncProperty(drawn({ pool: structures, dtypes, describe }), hold);
        for (let slice = 0; Date.now() < until && held < examples; slice++)
          await fc.assert(property, { seed: seed + slice, numRuns: 10, includeErrorInReport: true });
      } finally {
        await backend.close();
      }
      return { examples: held };
    },
  };
}

/** At most `most` of a pool, evenly spread over it; which ones, the seed says. */
function spread<S>(pool: readonly S[], most: number, seed: number): readonly S[] {
  if (pool.length <= most) return pool;
  const shift = uniform(seed)();
  return Array.from({ length: most }, (_, i) => pool[Math.floor(((i + shift) * pool.length) / most)]!);
}
