// Values side by side.
import { concat, constant, type Tensor } from "@sluice/core";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { anyAxis } from "./axes.ts";
import { layer, masked } from "./callable.ts";
import type { LayerName, NoWeights } from "./known.ts";
import { flags } from "./counted.ts";
import { shapeMismatch } from "./checks.ts";
import type { MergeLayer } from "./merge.ts";
import { isStepByStep, nameOf, severalOf, unlike } from "./several.ts";
import type { Spec } from "./spec.ts";

export interface ConcatenateConfig {
  /** Which axis grows, the batch counted as axis 0, which may not; negative ones count from the end. Default −1. */
  readonly axis?: number;
  readonly name?: string;
}

export const concatenateTable = {
  axis: preset(anyAxis, -1),
  name: optional(layerName),
} satisfies Table<ConcatenateConfig>;

/**
 * Values one after another along an axis.
 *
 * x a list of values [batch, …], alike but for the size of `axis` → [batch, …], there as large as they are together. Along the steps their masks are
 * put together too, and it does not go step by step; along another axis a step counts where it counts in all. No weights.
 * Throws INVALID_ARGUMENT for axis 0; at build INVALID_ARGUMENT for what is no list, SHAPE_MISMATCH for an axis that they lack or shapes that differ
 * elsewhere, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const both = concatenate()([forward, backward]);
 * ```
 */
export function concatenate(options: ConcatenateConfig = {}): MergeLayer {
  const config = given("concatenate", concatenateTable, options),
    { axis } = filled(concatenateTable, config);
  return layer<readonly Spec[], NoWeights, string, LayerName>({
    kind: "concatenate",
    config,
    takes: "list",
    build(input, who) {
      const samples = severalOf(who, input),
        output = joined(who, axis, samples);
      const fromEnd = axis < 0 ? axis : axis - output.shape.length - 1; // the same with steps and without
      const isAlongFirst = fromEnd === -output.shape.length;
      const isAlongSteps = isAlongFirst && output.axes[0] === "steps";
      return {
        output,
        weights: {},
        ...(!isAlongSteps && isStepByStep(samples) && { stepwise: "pointwise" as const }),
        apply(_, xs, { masks }) {
          const whole = concat(xs, fromEnd);
          return isAlongFirst ? masked(whole, masksOf(xs, masks as Masks)) : whole; // in the tree of x
        },
      };
    },
  });
}

type Masks = readonly (Tensor | undefined)[] | undefined;

function joined(who: string, axis: number, samples: readonly Spec[]): Spec {
  const [first = { shape: [], axes: [], dtype: "float" }] = samples; // there is one
  const at = axis < 0 ? axis + first.shape.length : axis - 1;
  if (first.axes[at] === undefined) throw shapeMismatch(who, `an axis ${axis} beside the batch`, first);
  const isLike = ({ shape }: Spec): boolean =>
    shape.length === first.shape.length && shape.every((size, d) => d === at || size === first.shape[d]);
  const other = samples.findIndex((sample) => !isLike(sample));
  if (other !== -1) throw unlike(who, `samples that are alike but for axis ${axis}`, samples, 0, other);
  const size = samples.reduce((sum, { shape }) => sum + (shape[at] ?? 0), 0);
  return { shape: first.shape.with(at, size), axes: first.axes.map((_, d) => nameOf(samples.map(({ axes }) => axes[d] ?? ""))), dtype: "float" }; // prettier-ignore
}

/** Which steps count, one after another; undefined where all do. */
function masksOf(xs: readonly Tensor[], masks: Masks = []): Tensor | undefined {
  if (masks.every((mask) => mask === undefined)) return undefined;
  const each = xs.map((x, i) => {
    const [mask, [batch = 0, steps = 0]] = [masks[i], x.shape];
    return mask === undefined ? constant(1, [batch, steps], x.dtype) : flags(mask, x);
  });
  return concat(each, 1);
}
