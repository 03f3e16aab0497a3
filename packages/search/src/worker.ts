// A thread that runs trials, one after the other, as it is asked to.
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Asked } from "./threads.ts";
import { resultOf } from "./runTrial.ts";
import type { Trial } from "./trial.ts";

const halt = new AbortController();
const { module } = workerData as { readonly module: string };
const loaded = import(module) as Promise<{ readonly default?: Trial<unknown> }>;

parentPort?.on("message", (asked: Asked | "abort") => {
  if (asked === "abort") halt.abort();
  else void answer(asked);
});

async function answer({ options, context }: Asked): Promise<void> {
  const result = await resultOf(async () => {
    const { default: trial } = await loaded;
    if (typeof trial !== "function") throw new TypeError(`${module} has no default export that is a function`);
    return trial(options, { ...context, signal: halt.signal });
  });
  parentPort?.postMessage(result satisfies Answer);
}
