// How many texts came out exactly right, and by whom.
import type { Sample } from "./samples.ts";

export interface Counted {
  readonly right: number;
  readonly of: number;
}

/** Every character of the date, and no other. */
export function exact(samples: readonly Sample[], dates: readonly string[]): Counted {
  return { right: samples.filter(({ iso }, i) => dates[i] === iso).length, of: samples.length };
}

export function share({ right, of }: Counted): number {
  return of === 0 ? Number.NaN : right / of;
}

export function percent(counted: Counted): string {
  return `${(100 * share(counted)).toFixed(1)} %`;
}

/** By what samples have in common, in the order in which it first comes. */
export function exactBy<K extends string>(
  samples: readonly Sample[],
  dates: readonly string[],
  key: (sample: Sample) => K,
): ReadonlyMap<K, Counted> {
  const counts = new Map<K, Counted>();
  samples.forEach((sample, i) => {
    const { right, of } = counts.get(key(sample)) ?? { right: 0, of: 0 };
    counts.set(key(sample), { right: right + (dates[i] === sample.iso ? 1 : 0), of: of + 1 });
  });
  return counts;
}
