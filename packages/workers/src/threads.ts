// The threads: Node's worker threads or a browser's workers, behind one face. It knows no Programs.
import { SluiceError } from "@sluice/core";
import { watch } from "./presence.js";

export interface Threads {
  /** Sends a message to all of them. */
  tell(message: object): void;
  /** Sends it to one. */
  nudge(thread: number, message: object): void;
  /** While busy they keep the process alive. They do until they have ended, once `end` was called, whatever this says then. */
  busy(isBusy: boolean): void;
  /** Resolves when all have ended. Nothing is heard of them from now on. */
  end(): Promise<void>;
}

interface Events {
  /** What a thread says, other than that it is ready. */
  heard(message: { readonly done: number } | { readonly failed: string }): void;
  /** One is gone, or broke outside of a run, after all had started. */
  lost(reason: string): void;
}

/** One thread, as both kinds offer it. */
interface Thread {
  /** The name of the lock that it is to hold before it is ready, where only that tells when it is gone. */
  readonly lock?: string;
  postMessage(message: object): void;
  terminate(): unknown;
  ref?(): void;
  unref?(): void;
}

/** A browser tells nothing of a worker that ends before it first speaks, when it holds no lock yet. Milliseconds until it counts as gone. */
const longest = 30_000;

/** Starts so many threads, each with its message. Rejects with BACKEND_UNAVAILABLE where one does not come up; none is left then. A browser's has `patience` milliseconds to speak first. */
export async function startThreads(starts: readonly object[], { heard, lost }: Events, patience = longest): Promise<Threads> {
  let isUp = false;
  let isBusy = true; // as threads are that start
  let fallen: string | undefined; // before all of them were up
  const threads: Thread[] = [];
  const end = async (): Promise<void> => {
    isUp = false;
    await Promise.all(threads.map((thread) => thread.terminate()));
  };
  const start = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      if (fallen !== undefined) return; // none is to start beside one that did not
      const gone = (reason: string): void => {
        reject(unavailable(reason));
        if (isUp) lost(reason);
        fallen ??= reason;
      };
      try {
        const listen = (said: object): void => {
          if ("ready" in said) resolve();
          else if (isUp) heard(said as Parameters<Events["heard"]>[0]);
        };
        const thread = launch({ message: listen, gone }, patience);
        threads.push(thread);
        thread.postMessage({ start: message, lock: thread.lock });
      } catch (error) {
        gone(error instanceof Error ? error.message : String(error)); // a browser's policy may forbid workers
      }
    });
  try {
    await Promise.all(starts.map(start));
    if (fallen !== undefined) throw unavailable(fallen);
    isUp = true;
  } catch (error) {
    await end();
    throw error;
  }
  const busy = (now: boolean): void => {
    if (!isUp || now === isBusy) return; // what ends, Node keeps alive itself, and must
    isBusy = now;
    for (const thread of threads)
      if (now) thread.ref?.();
      else thread.unref?.();
  };
  busy(false);
  return {
    tell: (message) => threads.forEach((thread) => thread.postMessage(message)),
    nudge: (thread, message) => threads[thread]!.postMessage(message),
    busy,
    end,
  };
}

interface Listeners {
  message(said: object): void;
  gone(reason: string): void;
}

function launch(listeners: Listeners, patience: number): Thread {
  return globalThis.process?.getBuiltinModule === undefined ? inBrowser(listeners, patience) : inNode(listeners);
}

function inNode({ message, gone }: Listeners): Thread {
  const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
  // None of the process's own options: some are not for threads (--input-type), and the script needs none.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { name: "sluice", execArgv: [] });
  worker.on("message", message);
  worker.on("error", (error) => gone(error.message));
  worker.on("exit", (code) => gone(`it exited with ${code}`));
  return worker;
}

interface BrowserWorker extends Thread {
  addEventListener(type: string, listener: (event: { readonly data: object; readonly message?: string }) => void): void;
}
declare const Worker: new (url: URL, options: { readonly type: "module"; readonly name: string }) => BrowserWorker;

function inBrowser({ message, gone }: Listeners, patience: number): Thread {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "sluice" });
  const lock = `sluice ${crypto.randomUUID()}`;
  const ending = new AbortController();
  const late = setTimeout(() => gone(`it has not spoken within ${patience / 1000} seconds`), patience);
  worker.addEventListener("message", ({ data }) => {
    clearTimeout(late);
    if ("isHeld" in data && data.isHeld === true) watch(lock, ending.signal, () => gone("it ended without a word"));
    message(data);
  });
  worker.addEventListener("error", (event) => gone(event.message ?? "its script does not load"));
  return {
    lock,
    postMessage: (told) => worker.postMessage(told),
    terminate() {
      clearTimeout(late);
      ending.abort();
      worker.terminate();
    },
  };
}

function unavailable(reason: string): SluiceError {
  return new SluiceError({
    code: "BACKEND_UNAVAILABLE",
    who: "workers.open",
    what: `a thread does not start: ${reason}`,
    fix: "Serve the package's worker.js beside its index.js, and let the page's Content-Security-Policy allow worker-src 'self'; the README shows it for bundlers. Where the system gives no more threads, close other backends or open with fewer `threads`",
    facts: { reason },
  });
}
