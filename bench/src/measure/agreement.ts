// Did it compute what it should? Speed of a wrong answer is no speed.

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

export interface Agreement {
  /** Absent where the answer is not finite or not of the oracle's length. */
  readonly distance?: number;
  /** Why it is wrong; absent where it is right. */
  readonly reason?: string;
}

/** Against what the oracle says: right within `tolerance`. Nobody is right by being ours. */
export function judge(answer: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): Agreement {
  const apart = distance(answer, expected);
  if (answer.length !== expected.length) return { reason: `disagrees: ${answer.length} numbers, the oracle has ${expected.length}` };
  if (!Number.isFinite(apart)) return { reason: "disagrees: not finite" };
  if (apart <= tolerance) return { distance: apart };
  return { distance: apart, reason: `disagrees: ${apart.toExponential(1)} from the oracle, ${tolerance} is allowed` };
}
