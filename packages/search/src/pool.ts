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
  readonly #threads: (Thread | undefined)[];

  constructor(trial: URL | Trial<never>, threads: number) {
    this.#trial = trial;
    this.#threads = new Array<Thread | undefined>(trial instanceof URL ? threads : 1).fill(undefined);
  }

  /** `work` for each item, as many at once as there are threads; what it gives, in the order of the items. The first error ends it. */
  async each<T, R>(items: readonly T[], signal: AbortSignal | undefined, work: (item: T, run: Run) => Promise<R>): Promise<readonly R[]> {
    const results: R[] = [];
    let next = 0;
    const worker = async (at: number): Promise<void> => {
      for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, (options, context) => this.#run(at, options, context, signal)); // prettier-ignore
    };
    const stop = (): void => void (next = items.length);
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      await Promise.all(this.#threads.map((_, at) => worker(at)));
    } finally {
      stop();
      signal?.removeEventListener("abort", stop);
    }
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread?.close()));
  }

  async #run(at: number, options: unknown, context: Told, signal = new AbortController().signal): Promise<Result> {
    await mkdir(context.folder, { recursive: true });
    const trial = this.#trial;
    if (!(trial instanceof URL)) return resultOf(() => trial(options as never, { ...context, signal })); // as it was drawn
    const thread = (this.#threads[at] ??= new Thread(trial.href));
    const abort = (): void => {
      thread.abort();
      setTimeout(() => void thread.close(), graceMs).unref();
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      return await thread.run({ options, context });
    } catch (error) {
      this.#threads[at] = undefined; // it died; the next trial has another
      await thread.close();
      return resultOf(() => Promise.reject(error instanceof Error ? error : new Error(String(error))));
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
