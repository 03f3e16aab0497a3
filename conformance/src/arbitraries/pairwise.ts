// Few combinations of many choices, in which yet every two choices meet (Cohen et al. 1997, the AETG system).
import { uniform } from "./numbers.ts";

export type Choices<T> = { readonly [K in keyof T]: readonly T[K][] };

/**
 * Combinations such that every pair of values of two factors is in one of them; apart from that they are drawn, so that over many seeds
 * every combination comes up. About as many as the two longest factors have pairs. The same seed gives the same ones.
 */
export function pairwise<T extends object>(factors: Choices<T>, seed: number): readonly T[] {
  const next = uniform(seed);
  const names = Object.keys(factors) as (keyof T & string)[];
  const sizes = names.map((name) => factors[name].length);
  const open = new Set(pairsOf(sizes));
  const rows: (readonly number[])[] = [];
  while (open.size > 0) {
    const tries = Array.from({ length: 8 }, () => grown(sizes, open, next));
    const best = tries.reduce((a, b) => (met(a, open).length >= met(b, open).length ? a : b));
    for (const pair of met(best, open)) open.delete(pair);
    rows.push(best);
  }
  return rows.map((row) => Object.fromEntries(names.map((name, f) => [name, factors[name][row[f]!]])) as T);
}

/** A combination that holds one open pair, every further factor set to what closes most. */
function grown(sizes: readonly number[], open: ReadonlySet<string>, next: () => number): readonly number[] {
  const [a, i, b, j] = pick([...open], next)
    .split(" ")
    .map(Number) as [number, number, number, number];
  const row = sizes.map((_, f) => (f === a ? i : f === b ? j : -1));
  const rest = shuffled(
    sizes.map((_, f) => f).filter((f) => f !== a && f !== b),
    next,
  );
  for (const f of rest) {
    const gains = Array.from({ length: sizes[f]! }, (_, value) => {
      const others = row.map((other, g) =>
        other < 0 || g === f ? 0 : Number(open.has(f < g ? key(f, value, g, other) : key(g, other, f, value))),
      );
      return others.reduce((sum, gain) => sum + gain, 0);
    });
    const most = Math.max(...gains);
    row[f] = pick(
      gains.flatMap((gain, value) => (gain === most ? [value] : [])),
      next,
    );
  }
  return row;
}

function pairsOf(sizes: readonly number[]): readonly string[] {
  return sizes.flatMap((m, a) =>
    sizes.flatMap((n, b) => (b <= a ? [] : Array.from({ length: m * n }, (_, at) => key(a, Math.floor(at / n), b, at % n)))),
  );
}

function met(row: readonly number[], open: ReadonlySet<string>): readonly string[] {
  return row.flatMap((i, a) => row.flatMap((j, b) => (b > a && open.has(key(a, i, b, j)) ? [key(a, i, b, j)] : [])));
}

function key(a: number, i: number, b: number, j: number): string {
  return `${a} ${i} ${b} ${j}`;
}

function pick<T>(from: readonly T[], next: () => number): T {
  return from[Math.floor(next() * from.length)]!;
}

function shuffled<T>(items: readonly T[], next: () => number): readonly T[] {
  return items
    .map((item) => [next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}
