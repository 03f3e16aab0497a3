// The thread of a trial.
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Asked } from "./threads.ts";
import { resultOf } from "./runTrial.ts";
import type { Outcome, Trial } from "./trial.ts";

const halt = new AbortController();
const { module } = workerData as { readonly module: string };

/** What nobody awaits fails the trial while it runs, and is passed over once it has returned: which it is follows from the trial alone. */
const stray = new Promise<never>((_, reject) => {
  process.on("uncaughtException", reject);
  process.on("unhandledRejection", reject);
});
stray.catch(() => {}); // whoever runs a trial hears of it

parentPort?.on("message", (asked: Asked | "abort") => {
  if (asked === "abort") halt.abort();
  else void answer(asked);
});

async function answer({ options, context }: Asked): Promise<void> {
  const run = async (): Promise<Outcome> => {
    const { default: trial } = (await import(module)) as { readonly default?: Trial<unknown> };
    if (typeof trial !== "function") throw new TypeError(`${module} has no default export that is a function`);
    return trial(options, { ...context, signal: halt.signal });
  };
  parentPort?.postMessage((await resultOf(() => Promise.race([run(), stray]))) satisfies Answer);
}
