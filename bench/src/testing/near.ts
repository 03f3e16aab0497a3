// Records of numbers that should be the same, but for rounding.

type Named = Readonly<Record<string, Float64Array>>;

/** How far numbers of the same name are apart, each as a share of what is wanted, or of 1 where that is less. Infinity where names or lengths differ. */
export function apart(got: Named, wanted: Named): number {
  const names = Object.keys(wanted);
  if (names.toSorted().join() !== Object.keys(got).toSorted().join()) return Infinity;
  return Math.max(...names.map((name) => (got[name]!.length === wanted[name]!.length ? farthest(got[name]!, wanted[name]!) : Infinity)));
}

function farthest(got: Float64Array, wanted: Float64Array): number {
  return wanted.reduce((most, value, at) => Math.max(most, Math.abs(got[at]! - value) / Math.max(1, Math.abs(value))), 0);
}

/** The slopes of f at the numbers of `at`, by central differences. */
export function slopes(at: Named, f: () => number): Named {
  const slope = (numbers: Float64Array, i: number): number => {
    const value = numbers[i]!;
    numbers[i] = value + 1e-5;
    const above = f();
    numbers[i] = value - 1e-5;
    const below = f();
    numbers[i] = value;
    return (above - below) / 2e-5;
  };
  return Object.fromEntries(Object.entries(at).map(([name, numbers]) => [name, Float64Array.from(numbers, (_, i) => slope(numbers, i))]));
}
