// Whether the right operand of a product is worth packing ahead: for the products of a scan, for a batch, or for later runs.
import type { DType, MatmulStep, ScanStep, View } from "@sluice/core";
import { type Site, extentOf, sitesOf, usesOf } from "@sluice/core/kit";
import { productOf } from "../../loops/product.ts";
import { costOf, upright } from "./method.ts";
import { type Right, rightOf } from "./panels.ts";

export interface Ahead {
  /** The step, or its transpose, whose right operand is packed. */
  readonly step: MatmulStep;
  /** Inside as few scans as possible: its advance has an entry for each. */
  readonly right: Right;
  /** It is good for later runs. */
  readonly lasts: boolean;
}

/** As many runs may share what lasts: enough to count packing for little, not for nothing. */
const runs = 8;

/** The best way to pack ahead for a step inside `loops`, if it is better than not to. `lasts` tells the slots that only somebody else writes. */
export function aheadOf(
  step: MatmulStep,
  loops: readonly ScanStep[],
  dtypes: readonly DType[],
  lasts: (slot: number) => boolean,
): Ahead | undefined {
  const straight = wayOf(step, loops, dtypes, lasts);
  // What is a left operand is packed for a scan only. Between runs it is data, rather than weights.
  const turned = wayOf(transposed(step), loops, dtypes, () => false);
  const best = turned.cost < straight.cost ? turned : straight;
  return best.cost <= costOf(upright(productOf(step), dtypes), dtypes) ? best : undefined;
}

/** The cost is infinite where nothing would be shared. */
function wayOf(
  step: MatmulStep,
  loops: readonly ScanStep[],
  dtypes: readonly DType[],
  lasts: (slot: number) => boolean,
): Ahead & { readonly cost: number } {
  const product = productOf(step);
  const { b, m, n, k, batch } = product;
  let scans = loops.length;
  while (scans > 0 && isUniform(b.view, loops, scans - 1)) scans--;
  const shared = [...loops.slice(scans).map(({ length }) => length), ...batch.filter((_, axis) => b.batch[axis] === 0)];
  const stays = scans === 0 && lasts(b.view.slot);
  const uses = shared.reduce((uses, size) => uses * size, stays ? runs : 1);
  const isEmpty = [...loops.map(({ length }) => length), ...batch, m, n, k].includes(0);
  return { step, right: rightOf(product, scans), lasts: stays, cost: isEmpty || uses < 2 ? Infinity : costOf(product, dtypes, uses) };
}

/** Does the d-th scan leave a view that stands inside where and what it is? */
function isUniform(view: View, loops: readonly ScanStep[], d: number): boolean {
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
