// As many points of a line as can be seen: of each stretch the first, the least, the largest and the last.
import type { Point } from "../values/series.ts";

/** Points in the order of their places; of a missing number its first in a stretch stays, so that lines break where they broke. */
export function thinned(points: readonly Point[], stretches: number): readonly Point[] {
  if (points.length <= 4 * stretches) return points;
  const kept: Point[] = [];
  for (let i = 0; i < stretches; i++) {
    const [from, to] = [Math.floor((i * points.length) / stretches), Math.floor(((i + 1) * points.length) / stretches)];
    kept.push(...extremes(points.slice(from, to)));
  }
  return kept;
}

function extremes(stretch: readonly Point[]): Point[] {
  const at = new Set([0, stretch.length - 1, stretch.findIndex(({ y }) => !Number.isFinite(y))]);
  let [least, most] = [-1, -1];
  for (const [i, { y }] of stretch.entries()) {
    if (!Number.isFinite(y)) continue;
    if (least < 0 || y < (stretch[least]?.y ?? y)) least = i;
    if (most < 0 || y > (stretch[most]?.y ?? y)) most = i;
  }
  for (const i of [least, most]) at.add(i);
  return [...at].toSorted((a, b) => a - b).flatMap((i) => stretch[i] ?? []);
}
