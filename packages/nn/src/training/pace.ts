// Back-pressure: how many runs the host may queue before it waits for the backend. It aims at a wait every 100 ms, so
// that a queue never holds much more than that, progress is lively and signals are heard. No number depends on it.

const interval = 100;
/** The queue may grow only so fast: the first runs, cold, say little about the later ones. */
const growth = 4;

export class Pace {
  #limit = 1;
  #queued = 0;
  #since = performance.now();

  /** Counts one run that was enqueued; true when it is time to wait. */
  due(): boolean {
    this.#queued++;
    return this.#queued >= this.#limit || performance.now() - this.#since >= interval;
  }

  /** After the wait. */
  settled(): void {
    const now = performance.now();
    const perRun = (now - this.#since) / this.#queued;
    this.#limit = Math.max(1, Math.min(this.#limit * growth, Math.floor(interval / perRun)));
    this.#queued = 0;
    this.#since = now;
  }
}
