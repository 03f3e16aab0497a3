// For tests: sees the threads that backends start, to end them at will.
import type { Worker } from "node:worker_threads";
import { afterEach } from "vitest";

const module = process.getBuiltinModule("node:worker_threads");
const original = module.Worker;
const started: Worker[] = [];

module.Worker = class extends original {
  constructor(...given: ConstructorParameters<typeof original>) {
    super(...given);
    started.push(this);
    this.once("exit", () => started.splice(started.indexOf(this), 1));
  }
};

/** Every thread that has been started and has not ended. */
export function running(): readonly Worker[] {
  return started;
}

/** From now on, to the end of the test, threads are of this class. */
export function startWith(other: typeof original): void {
  module.Worker = other;
}

/** Threads that `start` starts run this script first, and have little memory for JavaScript. */
export async function withScript<T>(script: string, start: () => Promise<T>): Promise<T> {
  startWith(
    class extends watched {
      constructor(url: string | URL, options: object) {
        const both = `${script}; await import(${JSON.stringify(String(url))});`;
        super(new URL(`data:text/javascript,${encodeURIComponent(both)}`), { ...options, resourceLimits: { maxOldGenerationSizeMb: 32 } });
      }
    },
  );
  return start();
}

const watched = module.Worker;
afterEach(async () => {
  module.Worker = watched;
  await Promise.all(started.slice().map((worker) => worker.terminate()));
});
