// Laws about generated Programs. Compiled structures meet ever new data, so that a backend whose compiles are slow still sees many examples.
import type { Backend, Program, Supports } from "@sluice/core";
import { print } from "@sluice/core/kit";
import fc from "fast-check";
import { uniform } from "../arbitraries/numbers.ts";
import type { Law } from "../law.ts";
import { type Trial, trialOf } from "./trial.ts";

export interface PoolOptions {
  readonly name: string;
  /** The Programs to draw from, given what the backend takes. */
  readonly programs: (supports: Supports) => fc.Arbitrary<Program>;
  /** Checks one Program on data made from `seed`; throws what is wrong. */
  readonly claim: (trial: Trial, seed: number, backend: Backend) => Promise<void>;
  /** Backends of which the law says nothing: they hold it with no examples. */
  readonly unless?: (supports: Supports) => boolean;
}

/** A law that holds if `claim` does for every Program and seed. A counterexample is shrunk to a small Program. */
export function pooled({ name, programs, claim, unless = () => false }: PoolOptions): Law {
  return {
    name,
    unless,
    async run(open, { milliseconds, seed, examples: most = Infinity }) {
      const backend = await open();
      if (unless(backend.supports)) {
        await backend.close();
        return { examples: 0 };
      }
      const until = Date.now() + milliseconds;
      const arbitrary = programs(backend.supports);
      const pool = poolOf(backend, (nth) => first(arbitrary, seed + nth));
      const next = uniform(seed);
      let examples = 0;
      try {
        do {
          const data = Math.floor(next() * 2 ** 31);
          const nth = pool.pick(next());
          try {
            await claim(await pool.trial(nth), data, backend);
          } catch (error) {
            await shrink(open, arbitrary, seed + nth, data, claim);
            throw error; // it broke only in this order of examples
          }
          examples++;
        } while (Date.now() < until && examples < most);
      } finally {
        await backend.close();
      }
      return { examples };
    },
  };
}

/** Structures compiled at once. */
const alive = 64;

interface Pool {
  /** Which structure is next: a new one as long as compiling took less than half of the time, otherwise one of those alive. */
  pick(chance: number): number;
  trial(nth: number): Promise<Trial>;
}

function poolOf(backend: Backend, structure: (nth: number) => Program): Pool {
  const trials = new Map<number, Trial>();
  const start = Date.now();
  let [made, spent] = [0, 0];
  return {
    pick(chance) {
      if (spent <= (Date.now() - start) / 2) return made;
      return [...trials.keys()][Math.floor(chance * trials.size)]!;
    },
    async trial(nth) {
      const known = trials.get(nth);
      if (known !== undefined) return known;
      const began = Date.now();
      made++;
      const trial = await trialOf(backend, structure(nth));
      trials.set(nth, trial);
      if (trials.size > alive) retire(trials);
      spent += Date.now() - began;
      return trial;
    },
  };
}

/** Destroys the oldest trial. */
function retire(trials: Map<number, Trial>): void {
  const [oldest] = trials;
  oldest![1].destroy();
  trials.delete(oldest![0]);
}

/** What the arbitrary draws first from a seed. */
function first<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const drawn: T[] = [];
  fc.check(
    fc.property(arbitrary, (value) => void drawn.push(value)),
    { seed, numRuns: 1, path: "" },
  );
  return drawn[0]!;
}

/** Checks the same structure again on a backend of its own; throws the smallest one that breaks the claim, if it still does. */
async function shrink(
  open: () => Promise<Backend>,
  arbitrary: fc.Arbitrary<Program>,
  seed: number,
  data: number,
  claim: PoolOptions["claim"],
): Promise<void> {
  const backend = await open();
  const shown = arbitrary.map((program) => ({ program, [fc.toStringMethod]: () => `\n${print(program)}\ndata from seed ${data}` }));
  try {
    await fc.assert(
      fc.asyncProperty(shown, async ({ program }) => {
        const trial = await trialOf(backend, program);
        try {
          await claim(trial, data, backend);
        } finally {
          trial.destroy();
        }
      }),
      { seed, numRuns: 1, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false, includeErrorInReport: true },
    );
  } finally {
    await backend.close();
  }
}
