// The same numbers under another shape.
import { maxElements, maxRank, type Rule } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { reshaped } from "./reshaped.ts";
import type { Spec } from "./spec.ts";

export interface ReshapeConfig {
  /** A sample's shape, without the batch; one size may be −1: as large as it must be. */
  readonly targetShape: readonly number[];
  readonly name?: string;
}

const anyTarget: Rule<readonly number[]> = {
  expected: `a list of at most ${maxRank} whole numbers, each at least 1 and at most ${maxElements}, of which one may be -1`,
  accepts: (value): value is readonly number[] =>
    Array.isArray(value) &&
    value.length <= maxRank &&
    Array.from(value as readonly unknown[]).every(
      (n) => Number.isInteger(n) && (n === -1 || (Number(n) >= 1 && Number(n) <= maxElements)),
    ) &&
    value.filter((n) => n === -1).length <= 1,
};

export const reshapeTable = {
  targetShape: required(anyTarget),
  name: optional(layerName),
} satisfies Table<ReshapeConfig>;

/**
 * x under another shape, element by element in row-major order.
 *
 * x [batch, …] → [batch, …targetShape]. Axes at the front and at the end that stay as they are keep their names. Where the first is that of the
 * steps, their mask stays; otherwise what stands at steps that do not count is 0, and the mask ends. No weights.
 * Throws INVALID_ARGUMENT for what is no shape; at build SHAPE_MISMATCH where it has not as many elements as a sample, DTYPE_MISMATCH for indices.
 */
export function reshape<const N extends LayerName = undefined>(options: ReshapeConfig & Naming<N>): KnownLayer<"reshape", N, NoWeights> {
  const config = namedOptions<ReshapeConfig, N>("reshape", reshapeTable, options);
  return layer({
    kind: "reshape",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return reshaped(input, { ...target(who, input, config.targetShape), dtype: "float" });
    },
  });
}

function target(who: string, input: Spec, wanted: readonly number[]): Pick<Spec, "shape" | "axes"> {
  const elements = product(input.shape),
    known = product(wanted.filter((size) => size !== -1));
  const shape = wanted.map((size) => (size === -1 ? elements / known : size));
  if (product(shape) !== elements || !shape.every(Number.isInteger)) throw shapeMismatch(who, `as many elements as [batch, ${wanted.join(", ")}]`, input); // prettier-ignore
  const front = alike(input.shape, shape),
    back = alike(input.shape.toReversed(), shape.toReversed());
  const axes = shape.map((_, d) => {
    const fromEnd = d - shape.length;
    const kept = d < front ? input.axes[d] : -fromEnd <= back ? input.axes.at(fromEnd) : undefined;
    return kept ?? (fromEnd === -1 ? "features" : d === 0 && shape.length === 2 ? "steps" : `axis${d + 1}`);
  });
  return { shape, axes };
}

/** How many sizes are alike from the beginning. */
function alike(a: readonly number[], b: readonly number[]): number {
  const first = a.findIndex((size, d) => size !== b[d]);
  return first === -1 ? a.length : first;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}
