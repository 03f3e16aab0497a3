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

const watched = module.Worker;
afterEach(async () => {
  module.Worker = watched;
  await Promise.all(started.slice().map((worker) => worker.terminate()));
});
