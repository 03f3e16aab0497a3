// What was made for the shapes that were used last: compiled and bound Programs with their arrays, a few kept.
import { disposeEach, type Held } from "./bind.ts";

/** Enough for training, validation and a few buckets of lengths. */
const kept = 8;

export class Runners<K, R extends Held> {
  readonly #keyOf: (kind: K) => string;
  readonly #make: (kind: K) => Promise<R>;
  readonly #idle = new Map<string, R>();
  #disposed = false;

  /** `make` makes one for a kind, of which all with one key are the same. */
  constructor(keyOf: (kind: K) => string, make: (kind: K) => Promise<R>) {
    this.#keyOf = keyOf;
    this.#make = make;
  }

  /** Lends a runner to `work` alone: calls at the same time get one each. */
  async use<T>(kind: K, work: (runner: R) => T | Promise<T>): Promise<T> {
    const key = this.#keyOf(kind);
    const idle = this.#idle.get(key);
    this.#idle.delete(key);
    const runner = idle ?? (await this.#make(kind));
    try {
      return await work(runner);
    } finally {
      this.#giveBack(key, runner);
    }
  }

  #giveBack(key: string, runner: R): void {
    const surplus = this.#disposed ? runner : this.#idle.get(key);
    surplus?.dispose();
    if (this.#disposed) return;
    this.#idle.delete(key);
    this.#idle.set(key, runner);
    const [oldest] = this.#idle;
    if (this.#idle.size <= kept || oldest === undefined) return;
    this.#idle.delete(oldest[0]);
    oldest[1].dispose();
  }

  dispose(): void {
    this.#disposed = true;
    disposeEach(this.#idle.values());
    this.#idle.clear();
  }
}
