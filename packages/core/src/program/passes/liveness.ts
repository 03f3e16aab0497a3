// From when to when each scratch slot of a Program holds something that is still needed. Conservative: a life may be told too long, never too short.
import type { Program, View } from "../../backend.ts";
import { type Site, type Use, sitesOf, usesOf } from "../uses.ts";
import { extentOf, identical } from "../views.ts";
import { sizeOf } from "../../shape.ts";

/** `first` and `last` count kernels in the order of the Program's text; both ends are included. */
export interface LiveInterval {
  readonly slot: number;
  readonly first: number;
  readonly last: number;
}

/** The life of every scratch slot that some step touches. */
export function liveIntervalsOf({ slots, steps }: Program): LiveInterval[] {
  const touches = new Map<number, Touch[]>();
  const sites = sitesOf(steps);
  sites.forEach((site, at) => {
    for (const use of usesOf(site.kernel)) {
      const { binding, data } = slots[use.view.slot]!;
      if (binding !== undefined || data !== undefined) continue;
      const earlier = touches.get(use.view.slot) ?? [];
      touches.set(use.view.slot, earlier);
      earlier.push({ ...use, site, at });
    }
  });
  const spans = spansOf(sites);
  return [...touches].map(([slot, uses]) => ({ slot, ...liveIntervalOf(uses, spans, 0) }));
}

interface Touch extends Use {
  readonly site: Site;
  /** The position of its kernel in the order of the text. */
  readonly at: number;
}

/** The life of one slot within one iteration of the `depth` outermost scans, which all its touches share. */
function liveIntervalOf(touches: readonly Touch[], spans: ReadonlyMap<string, Span>, depth: number): Span {
  const inner = touches.map(({ site }) => (site.lengths.length > depth ? site.path[depth]! : undefined));
  const scan = inner[0];
  // All in one scan and nothing carried between its iterations: the slot lives inside one iteration only.
  if (scan !== undefined && inner.every((other) => other === scan) && isIterationLocal(touches, depth + 1))
    return liveIntervalOf(touches, spans, depth + 1);
  const around = touches.map(({ site, at }) =>
    site.lengths.length > depth ? spans.get(keyOf(site.path, depth + 1))! : { first: at, last: at },
  );
  return { first: Math.min(...around.map(({ first }) => first)), last: Math.max(...around.map(({ last }) => last)) };
}

interface Span {
  readonly first: number;
  readonly last: number;
}

/** The kernels inside each scan, by its path: they follow each other. */
function spansOf(sites: readonly Site[]): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  sites.forEach(({ path, lengths }, at) => {
    for (let depth = 1; depth <= lengths.length; depth++) {
      const key = keyOf(path, depth);
      spans.set(key, { first: spans.get(key)?.first ?? at, last: at });
    }
  });
  return spans;
}

function keyOf(path: readonly number[], depth: number): string {
  return path.slice(0, depth).join();
}

/** Is everything that is read in an iteration of the `depth` outermost scans written earlier in that same iteration? */
function isIterationLocal(touches: readonly Touch[], depth: number): boolean {
  return touches.every(
    (touch) =>
      touch.access === "write" || touches.some((write) => write.access === "write" && write.at < touch.at && covers(write, touch, depth)),
  );
}

/** Does `write` write all that `read` reads, in each iteration of the `depth` scans that both are in? */
function covers(write: Touch, read: Touch, depth: number): boolean {
  const moves = (view: View): number[] => view.advance.slice(0, depth);
  if (moves(write.view).some((step, d) => step !== read.view.advance[d])) return false;
  const [from, to] = [write, read].map(({ view, site }) => ({
    view: { ...view, advance: view.advance.slice(depth) },
    lengths: site.lengths.slice(depth),
  }));
  if (from!.lengths.length === 0 && to!.lengths.length === 0 && identical(from!.view, to!.view, [])) return true;
  const [written, wanted] = [extentOf(from!.view, from!.lengths), extentOf(to!.view, to!.lengths)];
  if (wanted === undefined) return true;
  // A write without gaps in one go covers whatever lies between its ends.
  const solid = written !== undefined && from!.lengths.length === 0 && sizeOf(write.view.shape) === written[1] - written[0] + 1;
  return solid && written[0] <= wanted[0] && wanted[1] <= written[1];
}
