// Runs trials: a module's on threads, several at once; a function here, one after the other.
import { mkdir } from "node:fs/promises";
import type { Result } from "./runTrial.ts";
import { resultOf } from "./runTrial.ts";
import { Thread } from "./threads.ts";
import type { Trial, TrialContext } from "./trial.ts";

type Told = Omit<TrialContext, "signal">;
type Run = (options: unknown, context: Told) => Promise<Result>;

/** What a trial that is told to end may take to do so. */
const graceMs = 2000;

export class Pool {
  readonly #trial: URL | Trial<never>;
  readonly #atOnce: number;

  constructor(trial: URL | Trial<never>, threads: number) {
    this.#trial = trial;
    this.#atOnce = trial instanceof URL ? threads : 1;
  }

  /** `work` for each item, as many at once as there are threads; what it gives, in the order of the items. The first error ends it. */
  async each<T, R>(items: readonly T[], signal: AbortSignal | undefined, work: (item: T, run: Run) => Promise<R>): Promise<readonly R[]> {
    const results: R[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, (options, context) => this.#run(options, context, signal)); // prettier-ignore
    };
    const stop = (): void => void (next = items.length);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      await Promise.all(Array.from({ length: this.#atOnce }, worker));
    } finally {
      stop();
      signal?.removeEventListener("abort", stop);
    }
    return results;
  }

  /** Each trial has a thread of its own: what one leaves behind, an error that comes late or the end of its thread, is no other's. */
  async #run(options: unknown, context: Told, signal = new AbortController().signal): Promise<Result> {
    await mkdir(context.folder, { recursive: true });
    const trial = this.#trial;
    if (!(trial instanceof URL)) return resultOf(() => trial(structuredClone(options) as never, { ...context, signal })); // as it was drawn, and the trial's own
    const thread = new Thread(trial.href);
    const abort = (): void => {
      thread.abort();
      setTimeout(() => void thread.close(), graceMs).unref();
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      return await thread.run({ options, context });
    } catch (error) {
      return await resultOf(() => Promise.reject(error instanceof Error ? error : new Error(String(error))));
    } finally {
      signal.removeEventListener("abort", abort);
      await thread.close();
    }
  }
}
