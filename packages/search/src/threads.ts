// Threads that each run a trial at a time.
import { Worker } from "node:worker_threads";
import type { Result } from "./runTrial.ts";
import type { TrialContext } from "./trial.ts";

export interface Asked {
  readonly options: unknown;
  readonly context: Omit<TrialContext, "signal">;
}
export type Answer = Result;

/** As it was built, from sources too: Node runs no TypeScript before 22. */
const script = new URL(import.meta.url.endsWith(".ts") ? "../dist/worker.js" : "./worker.js", import.meta.url);

export class Thread {
  readonly #worker: Worker;

  constructor(module: string) {
    this.#worker = new Worker(script, { workerData: { module } });
    this.#worker.on("error", () => {}); // one that comes after the result is of no interest
  }

  /** Throws where the thread dies. */
  run(asked: Asked): Promise<Result> {
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        this.#worker.off("message", answered).off("error", failed).off("exit", exited);
      };
      const answered = (result: Answer): void => (ended(), resolve(result));
      const failed = (error: Error): void => (ended(), reject(error));
      const exited = (code: number): void => (ended(), reject(new Error(`the thread of the trial ended with code ${code}`)));
      this.#worker.on("message", answered).on("error", failed).on("exit", exited);
      this.#worker.postMessage(asked);
    });
  }

  abort(): void {
    this.#worker.postMessage("abort");
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
