// Where the elements of a buffer are: a list of ranges without gap or overlap, each on some sheet. It knows no GPU.
import { type Sheet, hold } from "../gpu/sheet.ts";

/** Elements `start` to `start + length` of a buffer are elements `at` to `at + length` of a sheet. */
export interface Segment {
  readonly start: number;
  readonly length: number;
  readonly sheet: Sheet;
  readonly at: number;
}

/** What covers elements `start` to `start + length`; neighbours that go on in one sheet are one. */
export function covering(segments: readonly Segment[], start: number, length: number): Segment[] {
  const found: Segment[] = [];
  for (let at = indexOf(segments, start); at < segments.length && segments[at]!.start < start + length; at++) {
    const next = segments[at]!;
    const last = found.at(-1);
    if (last !== undefined && last.sheet === next.sheet && last.at + last.length === next.at)
      found[found.length - 1] = { ...last, length: last.length + next.length };
    else found.push(next);
  }
  return found;
}

/** Puts `segment` in the place of whatever was there; holds its sheet, and lets go of those that are covered. */
export function put(segments: Segment[], segment: Segment, release: (sheet: Sheet) => void): void {
  if (segment.length === 0) return;
  const end = segment.start + segment.length;
  const from = indexOf(segments, segment.start);
  let to = from;
  while (to < segments.length && segments[to]!.start < end) to++;
  const [first, last] = [segments[from], segments[to - 1]];
  const fresh: Segment[] = [segment];
  if (first !== undefined && first.start < segment.start) fresh.unshift({ ...first, length: segment.start - first.start });
  if (last !== undefined && last.start + last.length > end) {
    const cut = end - last.start;
    fresh.push({ start: end, length: last.length - cut, sheet: last.sheet, at: last.at + cut });
  }
  for (const { sheet } of fresh) hold(sheet);
  for (const { sheet } of segments.splice(from, to - from, ...fresh)) release(sheet);
}

/** The segment that holds element `start`. */
function indexOf(segments: readonly Segment[], start: number): number {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { start: from, length } = segments[middle]!;
    if (from + length <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}
