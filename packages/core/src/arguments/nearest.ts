// Which of several names was meant.

/** The known name that is most like `name`: the same but for case and underscores, by its initials, or within a third of its letters. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[_-]/g, "").toLowerCase();
  const wanted = plain(name.slice(0, 60));
  const exact = known.find((other) => plain(other) === wanted || initials(other) === wanted);
  if (exact !== undefined) return exact;
  const [best] = known.map((other) => ({ other, distance: edits(wanted, plain(other)) })).sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(1, wanted.length / 3) ? best.other : undefined;
}

/** "lr" of "learningRate" */
function initials(name: string): string {
  return name.replaceAll(/(?<=.)[a-z]/g, "").toLowerCase();
}

/** Levenshtein 1966. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row.at(-1)!;
}
