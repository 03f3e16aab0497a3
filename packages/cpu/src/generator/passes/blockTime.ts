// Tiles time: a product for all steps of a scan is computed for a block of steps at a time, just before they run, so that the scan reads it from
// the cache it was written to (`compute_at` of Halide and TVM). A pure pass, Program to Program, same meaning.
import type { MatmulStep, Program, ScanStep, Step, View } from "@sluice/core";
import { extentOf, mapKernels, mapViews, usesOf } from "@sluice/core/kit";

/** What a block of the product's result may take: half of an inner cache, since weights and states want room too. */
const maxBlockBytes = 2 ** 20;

/** A product and the scan that reads its rows step by step, from the first on. */
interface ProducerConsumer {
  readonly product: MatmulStep;
  readonly scan: ScanStep;
  /** Elements that one step reads. */
  readonly stepElements: number;
  /** Steps per block. */
  readonly blockSteps: number;
  /** Does anything else read the result? */
  readonly isReadElsewhere: boolean;
}

/** The same Program with such products inside their scans, where their results take more than `bytes`. */
export function blockTime(program: Program, bytes = maxBlockBytes): Program {
  for (const scan of program.steps)
    for (const product of program.steps) {
      const pair = scan.kind === "scan" && product.kind === "matmul" ? producerConsumerOf(program, product, scan, bytes) : undefined;
      if (pair !== undefined) return blockTime(moveInside(program, pair), bytes);
    }
  return program;
}

function producerConsumerOf({ slots, steps }: Program, product: MatmulStep, scan: ScanStep, bytes: number): ProducerConsumer | undefined {
  const { a, b, out, accumulate } = product;
  const [from, to] = [steps.indexOf(product), steps.indexOf(scan)];
  const [rows, columns] = out.shape as [number, number];
  const { binding, data } = slots[out.slot]!;
  const isDense = out.shape.length === 2 && out.strides[1] === 1 && out.strides[0] === columns;
  if (from > to || accumulate || !isDense || binding !== undefined || data !== undefined || rows % scan.length !== 0) return undefined;
  if (4 * rows * columns <= bytes || scan.body.some(({ kind }) => kind === "scan")) return undefined;

  const stepElements = (rows / scan.length) * columns;
  const blockSteps = divisors(scan.length).findLast((count) => count > 1 && 4 * count * stepElements <= bytes);
  const inside = usesIn(scan.body);
  const isLocal = inside.every(({ view }) => view.slot !== out.slot || readsItsStep(view, out.offset, stepElements));
  const between = usesIn(steps.slice(from + 1, to));
  const isFree =
    between.every(({ view }) => view.slot !== out.slot) &&
    [...between, ...inside].every(({ view, access }) => access === "read" || (view.slot !== a.slot && view.slot !== b.slot));
  if (blockSteps === undefined || !isLocal || !isFree) return undefined;
  const others = usesIn(steps.filter((other) => other !== product && other !== scan));
  return { product, scan, stepElements, blockSteps, isReadElsewhere: others.some(({ view }) => view.slot === out.slot) };
}

/** Does the view name, in iteration t, elements of the t-th step only? */
function readsItsStep(view: View, offset: number, step: number): boolean {
  const extent = extentOf({ ...view, advance: [] }, []);
  return view.advance[0] === step && (extent === undefined || (extent[0] >= offset && extent[1] < offset + step));
}

function moveInside(
  { slots, steps, ...rest }: Program,
  { product, scan, stepElements, blockSteps, isReadElsewhere }: ProducerConsumer,
): Program {
  const { a, b, out } = product;
  const rows = stepElements / out.shape[1]!;
  // The product has the axes [rows, steps of the block, …], rows first, so that a row-independent scan stays row-independent with the product inside it.
  const byRow = (view: View, shape: readonly number[], strides: readonly number[], advance: number): View => ({
    ...view,
    ...{ shape: [rows, ...shape], strides, advance: [advance] },
  });
  const [k, n] = b.shape as [number, number];
  const [next, further] = [a.strides[0]!, out.strides[0]!];
  const part: MatmulStep = {
    ...product,
    a: byRow(a, [blockSteps, k], [next, rows * next, a.strides[1]!], rows * blockSteps * next),
    b: byRow(b, [k, n], [0, ...b.strides], 0),
    out: byRow(out, [blockSteps, n], [further, stepElements, 1], isReadElsewhere ? blockSteps * stepElements : 0),
  };
  const move = (view: View): View => {
    const [advance = 0] = view.advance;
    return { ...view, advance: [view.slot === out.slot && !isReadElsewhere ? 0 : blockSteps * advance, advance] };
  };
  const inner: ScanStep = { kind: "scan", length: blockSteps, body: mapKernels(scan.body, (kernel) => mapViews(kernel, move)) };
  const outer: ScanStep = { kind: "scan", length: scan.length / blockSteps, body: [part, inner] };
  const shorter = { ...slots[out.slot]!, length: out.offset + blockSteps * stepElements };
  return {
    ...rest,
    slots: isReadElsewhere ? slots : slots.map((slot, at) => (at === out.slot ? shorter : slot)),
    steps: steps.flatMap((other) => (other === product ? [] : [other === scan ? outer : other])),
  };
}

function usesIn(steps: readonly Step[]): ReturnType<typeof usesOf> {
  return steps.flatMap((step) => (step.kind === "scan" ? usesIn(step.body) : usesOf(step)));
}

function divisors(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
}
