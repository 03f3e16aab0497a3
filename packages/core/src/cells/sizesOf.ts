// The sizes that weights were made for. A cell is asked for no others where it is run, since it may refuse them, such as odd units.
import { record } from "../arguments/checks.ts";
import { isTensor } from "../trace/tensor.ts";
import type { Cell, Sizes, States, Weights } from "./cell.ts";

export interface FoundSizes {
  readonly sizes: Sizes;
  /** Would the cell declare weights of these shapes? If not, only names and ranks count. */
  readonly fits: boolean;
}

/**
 * The sizes with which the cell would declare weights of these shapes; where there are none, some with which it declares weights at all.
 * What it refuses is none of them. Throws what the cell throws where it refuses all that these weights could be of.
 */
export function sizesOf<P extends Weights, S extends States>(cell: Cell<P, S>, weights: object, input: number): FoundSizes {
  const given = Object.entries(weights as Readonly<Record<string, unknown>>);
  const candidates = within(
    input,
    given.flatMap(([, w]) => (isTensor(w) ? w.shape : [])),
  );
  let taken: Sizes | undefined;
  for (const sizes of candidates) {
    const declared = attempt(() => declaredWeights(cell, sizes));
    if (declared === undefined) continue;
    if (given.length > 0 && given.length === Object.keys(declared).length && given.every(([key, w]) => isOf(declared[key], w)))
      return { sizes, fits: true };
    taken ??= sizes;
  }
  if (taken === undefined) declaredWeights(cell, candidates[0]!);
  return { sizes: taken ?? candidates[0]!, fits: false };
}

/** Throws INVALID_ARGUMENT for what is no record. */
export function declaredWeights<P extends Weights, S extends States>(cell: Cell<P, S>, sizes: Sizes): Weights {
  return record(cell.name, cell.weights(sizes), "what weights(…) returns");
}

/** Each number of units up to the largest axis, 0 last, for x's features, and then for each axis in their place. */
function within(input: number, axes: readonly number[]): Sizes[] {
  const most = Math.max(1, ...axes),
    units = [...Array.from({ length: most }, (_, i) => i + 1), 0];
  return [...new Set([input, ...axes])].flatMap((features) => units.map((n) => ({ input: features, units: n })));
}

function isOf(declared: Weights[string] | undefined, w: unknown): boolean {
  return declared !== undefined && isTensor(w) && Object.values(declared.axes).join() === w.shape.join();
}

function attempt<T>(declare: () => T): T | undefined {
  try {
    return declare();
  } catch {
    return undefined;
  }
}
