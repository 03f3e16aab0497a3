// Who waits for commands to be done, in the order in which they were posted.
export interface Waiters {
  /** The number that the first of them waits for; undefined while nobody waits. */
  readonly next: number | undefined;
  /** Resolves when `resolveNext` comes to it; rejects with what `fail` is given. */
  waitFor(number: number): Promise<void>;
  /** Lets the first of them go on. */
  resolveNext(): void;
  fail(error: Error): void;
}

interface Waiter {
  readonly number: number;
  resolve(): void;
  reject(error: Error): void;
}

export function createWaiters(): Waiters {
  const waiters: Waiter[] = [];
  return {
    get next() {
      return waiters[0]?.number;
    },
    waitFor: (number) => new Promise((resolve, reject) => waiters.push({ number, resolve, reject })),
    resolveNext: () => waiters.shift()?.resolve(),
    fail(error) {
      for (const { reject } of waiters.splice(0)) reject(error);
    },
  };
}
