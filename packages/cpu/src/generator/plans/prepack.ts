// Whether the right operand of a product is worth packing ahead: for the products of a scan, for a batch, or for later runs.
import type { DType, MatmulStep, ScanStep, View } from "@sluice/core";
import { type Site, extentOf, sitesOf, usesOf } from "@sluice/core/kit";
import { productOf } from "../../loops/product.ts";
import { cheaperOrientation, productCycles } from "./method.ts";
import { type RightOperand, rightOperandOf } from "./panels.ts";

export interface Prepack {
  /** The step, or its transpose, whose right operand is packed. */
  readonly step: MatmulStep;
  /** Inside as few scans as possible: its advance has an entry for each. */
  readonly right: RightOperand;
  /** The packing stays valid for later runs. */
  readonly isPersistent: boolean;
}

/** Runs over which the cost model spreads the packing of weights that stay between runs. */
const amortisedRuns = 8;

/** The best way to pack ahead for a step inside `loops`, if it is better than not to. `isPersistent` tells the slots that the Program only reads and that are bound. */
export function prepackOf(
  step: MatmulStep,
  loops: readonly ScanStep[],
  dtypes: readonly DType[],
  isPersistent: (slot: number) => boolean,
): Prepack | undefined {
  const asGiven = prepackCandidate(step, loops, dtypes, isPersistent);
  // A left operand that becomes the right one by transposing is packed for a scan, but never kept between runs: it is usually data that changes with every run.
  const transposedCandidate = prepackCandidate(transposed(step), loops, dtypes, () => false);
  const best = transposedCandidate.cost < asGiven.cost ? transposedCandidate : asGiven;
  return best.cost <= productCycles(cheaperOrientation(productOf(step), dtypes), dtypes) ? best : undefined;
}

/** The cost is infinite where nothing would be shared. */
function prepackCandidate(
  step: MatmulStep,
  loops: readonly ScanStep[],
  dtypes: readonly DType[],
  isPersistent: (slot: number) => boolean,
): Prepack & { readonly cost: number } {
  const product = productOf(step);
  const { b, m, n, k, batch } = product;
  let scans = loops.length;
  while (scans > 0 && isInvariantIn(b.view, loops, scans - 1)) scans--;
  const shared = [...loops.slice(scans).map(({ length }) => length), ...batch.filter((_, axis) => b.batch[axis] === 0)];
  const stays = scans === 0 && isPersistent(b.view.slot);
  const uses = shared.reduce((uses, size) => uses * size, stays ? amortisedRuns : 1);
  const isEmpty = [...loops.map(({ length }) => length), ...batch, m, n, k].includes(0);
  return {
    step,
    right: rightOperandOf(product, scans),
    isPersistent: stays,
    cost: isEmpty || uses < 2 ? Infinity : productCycles(product, dtypes, uses),
  };
}

/** Is a view loop-invariant in the d-th scan: neither moved nor written there? */
function isInvariantIn(view: View, loops: readonly ScanStep[], d: number): boolean {
  const lengths = loops.map(({ length }) => length);
  const [first, last] = extentOf(view, lengths) ?? [0, 0];
  const isWritten = writesOf(sitesOf(loops[d]!.body, [], lengths.slice(0, d + 1))).some((write) => {
    const [from, to] = extentOf(write.view, write.lengths) ?? [Infinity, Infinity];
    return write.view.slot === view.slot && from <= last && first <= to;
  });
  return (view.advance[d] === 0 || lengths[d] === 1) && !isWritten;
}

/** What steps write, and the lengths of the scans around each. */
export function writesOf(sites: readonly Site[]): { readonly view: View; readonly lengths: readonly number[] }[] {
  return sites.flatMap(({ kernel, lengths }) =>
    usesOf(kernel).flatMap(({ access, view }) => (access === "read" ? [] : [{ view, lengths }])),
  );
}

/** outᵀ = bᵀ·aᵀ */
function transposed({ kind, a, b, out, accumulate }: MatmulStep): MatmulStep {
  const flip = (view: View): View => ({ ...view, shape: swapped(view.shape), strides: swapped(view.strides) });
  return { kind, a: flip(b), b: flip(a), out: flip(out), accumulate };
}

function swapped(axes: readonly number[]): number[] {
  return [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
}
