// As many points of a line as can be seen: of each stretch the first, the least, the largest and the last.
import { extent } from "../values/read.ts";
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

/** Between two heights at one place. */
export interface Span {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** Bands likewise: of each stretch its first and its last place, from the lowest to the highest. */
export function thinnedBand(spans: readonly Span[], stretches: number): readonly Span[] {
  if (spans.length <= 2 * stretches) return spans;
  return Array.from({ length: stretches }, (_, i): readonly Span[] => {
    const stretch = spans.slice(Math.floor((i * spans.length) / stretches), Math.floor(((i + 1) * spans.length) / stretches));
    const [low, high] = [
      extent(stretch.map((span) => span.low))?.[0] ?? Number.NaN,
      extent(stretch.map((span) => span.high))?.[1] ?? Number.NaN,
    ];
    return [stretch.at(0), stretch.at(-1)].flatMap((span) => (span === undefined ? [] : [{ x: span.x, low, high }]));
  }).flat();
}
