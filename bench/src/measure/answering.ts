// How a contender's side answers, wherever it runs: it knows nothing of processes and pages, and lets the parent decide what is asked.
import { type Contender, NotInstalled, prepare, type Work } from "../contenders/contender.ts";
import { joined } from "../workloads/data.ts";
import { workloads } from "../workloads/index.ts";
import type { AnyWorkload } from "../workloads/workload.ts";
import { peakRate } from "./limit/limit.ts";
import type { Call, Heap, Prepared, Question, Questions, Reply } from "./protocol.ts";

/** Samples in a turn: shorter runs are timed together. Single steps of 6 µs would be thirty thousand, and a report of tens of megabytes. */
const most = 100;

/** What only the place itself can tell. */
export interface Place {
  readonly contenders: readonly Contender[];
  /** Runs are timed together until so many milliseconds have passed: a page's clock is coarse. Default: 0, each by itself. */
  readonly leastMs?: number;
  /** Bytes in use now, and at the most since the place began; absent where nobody can tell. */
  readonly memory?: { now(): number; peak(): number };
  /** Bytes on the JavaScript heap, after a full collection or as they are; absent where nobody can tell. */
  readonly heap?: { collected(): number; now(): number };
}

/** Answers one question after the other; a failure is an answer too. */
export function answering(place: Place): (call: Call) => Promise<Reply<unknown>> {
  const all = answers(place);
  return async ({ question, asked }) => {
    try {
      return { told: await all[question](asked as never) }; // the parent asks as `Questions` says
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error), notInstalled: error instanceof NotInstalled };
    }
  };
}

type Answers = { readonly [Q in Question]: (asked: Questions[Q]["asked"]) => Promise<Questions[Q]["told"]> };

function answers({ contenders, leastMs = 0, memory, heap }: Place): Answers {
  let work: Work;
  let workload: AnyWorkload;
  let before = 0;
  const runToItsEnd = async (): Promise<void> => {
    await work.run();
    await work.sync();
  };
  return {
    async prepare(asked) {
      workload = named(workloads, asked.workload);
      before = memory?.now() ?? 0;
      const opened = await named(contenders, asked.contender).open();
      work = await prepare(opened, workload);
      const firstMs = await timeOf(runToItsEnd);
      const { version, threads = 1 } = opened;
      return { version, threads, ...stated(work), firstMs };
    },
    async answer() {
      const results = [Float64Array.from(await work.result())];
      for (let run = 1; run < workload.compared; run++) {
        await runToItsEnd();
        results.push(Float64Array.from(await work.result()));
      }
      return joined(results);
    },
    judge: async (asked) => named(workloads, asked.workload).expected(),
    async warmUp({ ms }) {
      await timed(runToItsEnd, ms, leastMs);
      return null;
    },
    turn: ({ ms }) => timed(runToItsEnd, ms, Math.max(leastMs, ms / most)),
    memory: async () => (memory === undefined ? null : Math.max(0, memory.peak() - before)),
    async heap({ runs, ms }) {
      if (heap === undefined) throw new Error("has no heap to look at");
      const times = await timed(runToItsEnd, Math.min(ms, 2000), 0); // until V8 has optimised: code that it still interprets puts numbers on the heap
      const fitting = Math.floor(ms / times.at(-1)!); // a run may only queue: the clock would not tell when it is enough
      return perRun(work, heap, Math.max(1, Math.min(runs, fitting)));
    },
    peak: async ({ ms }) => peakRate(ms),
  };
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const one = all.find((candidate) => candidate.name === name);
  if (one === undefined) throw new Error(`there is no ${name} here`);
  return one;
}

/** What is known of it only now. */
function stated({ executor, threads, compileMs }: Work): Partial<Prepared> {
  return {
    ...(executor === undefined ? {} : { executor }),
    ...(threads === undefined ? {} : { threads }),
    ...(compileMs === undefined ? {} : { compileMs }),
  };
}

async function timeOf(run: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

/** The time of each run, or the mean of so many as take `leastMs`. */
async function timed(run: () => Promise<void>, ms: number, leastMs: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  do {
    const begin = performance.now();
    let [elapsed, runs] = [0, 0];
    do {
      await run();
      elapsed = performance.now() - begin;
      runs++;
    } while (elapsed < leastMs);
    times.push(elapsed / runs);
  } while (performance.now() < end);
  return times;
}

async function perRun(work: Work, { collected, now }: Required<Place>["heap"], runs: number): Promise<Heap> {
  const before = collected();
  for (let run = 0; run < runs; run++) {
    const going = work.run();
    if (going !== undefined) await going; // an await itself allocates
  }
  await work.sync();
  const after = now();
  return { runs, allocated: (after - before) / runs, kept: (collected() - before) / runs };
}
