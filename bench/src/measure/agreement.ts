// Did they all compute the same thing? Speed of a wrong answer is no speed.

/** The largest difference, as a share of the largest number of either. Infinity where one is not finite or they differ in length. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (!Number.isFinite(a[i]) || !Number.isFinite(b[i])) return Infinity;
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(a[i]!), Math.abs(b[i]!));
  }
  return largest === 0 ? 0 : difference / largest;
}

export interface Verdict {
  readonly agrees: boolean;
  /** To the nearest and the farthest of the others; absent where there is none. */
  readonly nearest?: number;
  readonly farthest?: number;
}

/**
 * A contender agrees whose answer lies within `tolerance` of the answers of more than half of all, its own among them: nobody is
 * right by being ours. Of two that differ neither agrees. One alone agrees with itself unless it is not finite.
 */
export function agreement(answers: readonly ArrayLike<number>[], tolerance: number): readonly Verdict[] {
  return answers.map((answer, i) => {
    const others = answers.flatMap((other, j) => (i === j ? [] : [distance(answer, other)]));
    const close = others.filter((d) => d <= tolerance).length + (distance(answer, answer) === 0 ? 1 : 0);
    const agrees = close * 2 > answers.length;
    return others.length === 0 ? { agrees } : { agrees, nearest: Math.min(...others), farthest: Math.max(...others) };
  });
}
