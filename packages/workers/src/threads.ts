// The threads: Node's worker threads or a browser's workers, behind one face. It knows no Programs.
import { SluiceError } from "@sluice/core";
import { watch } from "./exitLock.js";

export interface Threads {
  /** Sends a message to all of them. */
  broadcast(message: object): void;
  /** Sends it to one. */
  send(thread: number, message: object): void;
  /** Whether they keep the process alive. Once `end` was called they do until they have ended, whatever this says then. */
  keepAlive(isNeeded: boolean): void;
  /** Resolves when all have ended. Nothing is heard of them from now on. */
  end(): Promise<void>;
}

interface Events {
  /** A thread said something other than that it is ready. */
  onMessage(message: { readonly done: number } | { readonly failed: string }): void;
  /** A thread is gone, or broke outside of a run, after all had started. */
  onLost(reason: string): void;
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

/** A browser tells nothing of a worker that ends before it first speaks, when it holds no lock yet. Until then it may take so long. */
const defaultStartTimeoutMs = 30_000;

/** Starts so many threads, each with its message. Rejects with BACKEND_UNAVAILABLE where one does not come up; none is left then. A browser's has `startTimeoutMs` to speak first. */
export async function startThreads(
  starts: readonly object[],
  { onMessage, onLost }: Events,
  startTimeoutMs = defaultStartTimeoutMs,
): Promise<Threads> {
  let isUp = false;
  let isKeptAlive = true; // as by any thread that starts
  let startFailure: string | undefined; // before all of them were up
  const threads: Thread[] = [];
  const end = async (): Promise<void> => {
    isUp = false;
    await Promise.all(threads.map((thread) => thread.terminate()));
  };
  const start = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      if (startFailure !== undefined) return; // none is to start beside one that did not
      const onExit = (reason: string): void => {
        reject(unavailable(reason));
        if (isUp) onLost(reason);
        startFailure ??= reason;
      };
      try {
        const listen = (said: object): void => {
          if ("ready" in said) resolve();
          else if (isUp) onMessage(said as Parameters<Events["onMessage"]>[0]);
        };
        const thread = launch({ onMessage: listen, onExit }, startTimeoutMs);
        threads.push(thread);
        thread.postMessage({ start: message, lock: thread.lock });
      } catch (error) {
        onExit(error instanceof Error ? error.message : String(error)); // a browser's policy may forbid workers
      }
    });
  try {
    await Promise.all(starts.map(start));
    if (startFailure !== undefined) throw unavailable(startFailure);
    isUp = true;
  } catch (error) {
    await end();
    throw error;
  }
  const keepAlive = (isNeeded: boolean): void => {
    if (!isUp || isNeeded === isKeptAlive) return; // while threads end, Node stays alive by itself, and must
    isKeptAlive = isNeeded;
    for (const thread of threads)
      if (isNeeded) thread.ref?.();
      else thread.unref?.();
  };
  keepAlive(false);
  return {
    broadcast: (message) => threads.forEach((thread) => thread.postMessage(message)),
    send: (thread, message) => threads[thread]!.postMessage(message),
    keepAlive,
    end,
  };
}

interface Listeners {
  onMessage(said: object): void;
  onExit(reason: string): void;
}

function launch(listeners: Listeners, startTimeoutMs: number): Thread {
  return globalThis.process?.getBuiltinModule === undefined ? inBrowser(listeners, startTimeoutMs) : inNode(listeners);
}

function inNode({ onMessage, onExit }: Listeners): Thread {
  const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
  // None of the process's own options: some are not for threads (--input-type), and the script needs none.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { name: "sluice", execArgv: [] });
  worker.on("message", onMessage);
  worker.on("error", (error) => onExit(error.message));
  worker.on("exit", (code) => onExit(`it exited with ${code}`));
  return worker;
}

interface BrowserWorker extends Thread {
  addEventListener(type: string, listener: (event: { readonly data: object; readonly message?: string }) => void): void;
}
declare const Worker: new (url: URL, options: { readonly type: "module"; readonly name: string }) => BrowserWorker;

function inBrowser({ onMessage, onExit }: Listeners, startTimeoutMs: number): Thread {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "sluice" });
  const lock = `sluice ${crypto.randomUUID()}`;
  const ending = new AbortController();
  const startTimeout = setTimeout(() => onExit(`it has not spoken within ${startTimeoutMs / 1000} seconds`), startTimeoutMs);
  worker.addEventListener("message", ({ data }) => {
    clearTimeout(startTimeout);
    if ("isHeld" in data && data.isHeld === true) watch(lock, ending.signal, () => onExit("it ended without a word"));
    onMessage(data);
  });
  worker.addEventListener("error", (event) => onExit(event.message ?? "its script does not load"));
  return {
    lock,
    postMessage: (told) => worker.postMessage(told),
    terminate() {
      clearTimeout(startTimeout);
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
