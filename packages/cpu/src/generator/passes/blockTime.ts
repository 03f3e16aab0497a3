// Cuts time into blocks: what a product computes for all steps of a scan at once is computed for some of them at a time, just before they run,
// so that it is read from the cache it was written to. A pure pass, Program to Program, same meaning.
import type { MatmulStep, Program, ScanStep, Step, View } from "@sluice/core";
import { extentOf, mapKernels, mapViews, usesOf } from "@sluice/core/kit";

/** What a block of the product's result may take: half of an inner cache, since weights and states want room too. */
const most = 2 ** 20;

/** A product and the scan that reads its rows step by step, from the first on. */
interface Pair {
  readonly product: MatmulStep;
  readonly scan: ScanStep;
  /** Elements that one step reads. */
  readonly step: number;
  /** Steps per block. */
  readonly block: number;
  /** Does anything else read the result? */
  readonly isKept: boolean;
}

/** The same Program with such products inside their scans, where their results take more than `bytes`. */
export function blockTime(program: Program, bytes = most): Program {
  for (const scan of program.steps)
    for (const product of program.steps) {
      const pair = scan.kind === "scan" && product.kind === "matmul" ? pairOf(program, product, scan, bytes) : undefined;
      if (pair !== undefined) return blockTime(blocked(program, pair), bytes);
    }
  return program;
}

function pairOf({ slots, steps }: Program, product: MatmulStep, scan: ScanStep, bytes: number): Pair | undefined {
  const { a, b, out, accumulate } = product;
  const [from, to] = [steps.indexOf(product), steps.indexOf(scan)];
  const [rows, columns] = out.shape as [number, number];
  const { binding, data } = slots[out.slot]!;
  const isDense = out.shape.length === 2 && out.strides[1] === 1 && out.strides[0] === columns;
  if (from > to || accumulate || !isDense || binding !== undefined || data !== undefined || rows % scan.length !== 0) return undefined;
  if (4 * rows * columns <= bytes || scan.body.some(({ kind }) => kind === "scan")) return undefined;

  const step = (rows / scan.length) * columns;
  const block = divisors(scan.length).findLast((count) => count > 1 && 4 * count * step <= bytes);
  const inside = touches(scan.body);
  const isLocal = inside.every(({ view }) => view.slot !== out.slot || readsItsStep(view, out.offset, step));
  const between = touches(steps.slice(from + 1, to));
  const isFree =
    between.every(({ view }) => view.slot !== out.slot) &&
    [...between, ...inside].every(({ view, access }) => access === "read" || (view.slot !== a.slot && view.slot !== b.slot));
  if (block === undefined || !isLocal || !isFree) return undefined;
  const others = touches(steps.filter((other) => other !== product && other !== scan));
  return { product, scan, step, block, isKept: others.some(({ view }) => view.slot === out.slot) };
}

/** Does the view name, in iteration t, elements of the t-th step only? */
function readsItsStep(view: View, offset: number, step: number): boolean {
  const extent = extentOf({ ...view, advance: [] }, []);
  return view.advance[0] === step && (extent === undefined || (extent[0] >= offset && extent[1] < offset + step));
}

function blocked({ slots, steps, ...rest }: Program, { product, scan, step, block, isKept }: Pair): Program {
  const { a, b, out } = product;
  const rows = step / out.shape[1]!;
  // Row by row, all steps of a block, so that rows which are independent in the scan are so here.
  const byRow = (view: View, shape: readonly number[], strides: readonly number[], advance: number): View => ({
    ...view,
    ...{ shape: [rows, ...shape], strides, advance: [advance] },
  });
  const [k, n] = b.shape as [number, number];
  const [next, further] = [a.strides[0]!, out.strides[0]!];
  const part: MatmulStep = {
    ...product,
    a: byRow(a, [block, k], [next, rows * next, a.strides[1]!], rows * block * next),
    b: byRow(b, [k, n], [0, ...b.strides], 0),
    out: byRow(out, [block, n], [further, step, 1], isKept ? block * step : 0),
  };
  const move = (view: View): View => {
    const [advance = 0] = view.advance;
    return { ...view, advance: [view.slot === out.slot && !isKept ? 0 : block * advance, advance] };
  };
  const inner: ScanStep = { kind: "scan", length: block, body: mapKernels(scan.body, (kernel) => mapViews(kernel, move)) };
  const outer: ScanStep = { kind: "scan", length: scan.length / block, body: [part, inner] };
  const shorter = { ...slots[out.slot]!, length: out.offset + block * step };
  return {
    ...rest,
    slots: isKept ? slots : slots.map((slot, at) => (at === out.slot ? shorter : slot)),
    steps: steps.flatMap((other) => (other === product ? [] : [other === scan ? outer : other])),
  };
}

function touches(steps: readonly Step[]): ReturnType<typeof usesOf> {
  return steps.flatMap((step) => (step.kind === "scan" ? touches(step.body) : usesOf(step)));
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}
