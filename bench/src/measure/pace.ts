// How long is left: what is still expected, corrected by how long what was done took against what it was expected to take.

export interface Pace {
  /** The step under way has ended, and one of so many milliseconds begins. */
  begin(ms: number): void;
  /** So much of the whole is done, whatever steps were begun: some steps turn out not to be needed. */
  reach(ms: number): void;
  /** Milliseconds; undefined before anything can be told. */
  left(): number | undefined;
  /** From 0 to 1. */
  share(): number;
}

/** `total` is what all steps are expected to take. */
export function pace(total: number, now: () => number = () => performance.now()): Pace {
  const start = now();
  let [done, underWay] = [0, 0];
  const known = (): number => Math.min(total, done);
  return {
    begin(ms) {
      done += underWay;
      underWay = ms;
    },
    reach(ms) {
      done = ms;
      underWay = 0;
    },
    left: () => (known() < total / 50 ? undefined : ((total - known()) * (now() - start)) / known()),
    share: () => (total === 0 ? 1 : known() / total),
  };
}
