// A bounded memory of what was compiled: least recently used goes first.

export class Cache<V> {
  readonly #entries = new Map<string, V>();
  readonly #size: number;
  readonly #drop: (value: V) => void;

  constructor(size: number, drop: (value: V) => void) {
    this.#size = size;
    this.#drop = drop;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.set(key, value);
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= this.#size) break;
      this.#entries.delete(oldest);
      this.#drop(old);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    for (const value of this.#entries.values()) this.#drop(value);
    this.#entries.clear();
  }
}
