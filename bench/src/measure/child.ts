// The process of one contender: it does what it is asked, and ends with whoever started it.
import { contenders } from "../contenders/index.ts";
import { NotInstalled, prepare, type Work } from "../contenders/contender.ts";
import { workloads } from "../workloads/index.ts";
import type { Heap, Prepared, Question, Questions } from "./protocol.ts";

process.on("SIGINT", () => {}); // a terminal sends it to all; the parent decides
process.on("disconnect", () => process.exit());
process.on("message", async ({ question, asked }: { question: Question; asked: never }) => {
  try {
    process.send!({ told: await answers[question](asked) });
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    process.send!({ failed, notInstalled: error instanceof NotInstalled });
  }
});

let work: Work;

const answers: { readonly [Q in Question]: (asked: Questions[Q]["asked"]) => Promise<Questions[Q]["told"]> } = {
  prepare: makeReady,
  warmUp: async ({ ms }) => {
    await timed(ms);
    return null;
  },
  turn: ({ ms }) => timed(ms),
  heap: ({ runs, ms }) => heap(runs, ms),
};

async function makeReady(asked: { contender: string; workload: string }): Promise<Prepared> {
  const workload = workloads.find(({ name }) => name === asked.workload)!;
  const opened = await contenders.find(({ name }) => name === asked.contender)!.open();
  work = await prepare(opened, workload);
  const begin = performance.now();
  await runToItsEnd();
  const firstMs = performance.now() - begin;
  const results = [await work.result()];
  for (let run = 1; run < workload.compared; run++) {
    await runToItsEnd();
    results.push(await work.result());
  }
  const { executor, compileMs } = work;
  return {
    version: opened.version,
    ...(executor === undefined ? {} : { executor }),
    ...(compileMs === undefined ? {} : { compileMs }),
    firstMs,
    answer: Float64Array.from(results.flatMap((result) => [...result])),
  };
}

async function runToItsEnd(): Promise<void> {
  await work.run();
  await work.sync();
}

async function timed(ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  let begin: number;
  do {
    begin = performance.now();
    await runToItsEnd();
    times.push(performance.now() - begin);
  } while (performance.now() < end);
  return times;
}

async function heap(most: number, ms: number): Promise<Heap> {
  await timed(Math.min(ms, 2000)); // until V8 has optimised: code that it still interprets puts numbers on the heap
  const before = collected();
  const end = performance.now() + ms;
  let runs = 0;
  while (runs < most && (runs === 0 || performance.now() < end)) {
    const going = work.run();
    if (going !== undefined) await going; // an await itself allocates
    runs++;
  }
  await work.sync();
  const after = process.memoryUsage().heapUsed;
  return { runs, allocated: (after - before) / runs, kept: (collected() - before) / runs };
}

function collected(): number {
  globalThis.gc!(); // by `heapFlags`
  return process.memoryUsage().heapUsed;
}
