// Layers that make one value of several, element by element.
import { where, type Tensor } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { given, optional, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { zeroed } from "./counted.ts";
import type { LayerName, NoWeights } from "./known.ts";
import type { Layer } from "./layer.ts";
import { isStepByStep, nameOf, severalOf, unlike } from "./several.ts";
import type { Spec } from "./spec.ts";

export interface MergeConfig {
  readonly name?: string;
}

export const mergeTable = { name: optional(layerName) } satisfies Table<MergeConfig>;

/** A layer of a list of values. */
export type MergeLayer = Layer<readonly Spec[]>;

export interface Merging {
  readonly kind: string;
  readonly options: MergeConfig;
  /** How many there must be, where that is fixed. */
  readonly exactly?: number;
  /** Whether what stands at steps that do not count comes into the gradient of what counts: as a factor does. */
  readonly isProduct?: boolean;
  /** Of as many axes each. */
  fold(xs: readonly Tensor[]): Tensor;
}

/**
 * x a list of values [batch, …] → [batch, …], their shapes broadcast behind the batch as numpy's, from the last axis backwards. A step counts where it
 * counts in all of them; where theirs are not the steps of what comes, what does not count is 0.
 */
export function merge({ kind, options, exactly, isProduct = false, fold }: Merging): MergeLayer {
  const config = given(kind, mergeTable, options);
  return layer<readonly Spec[], NoWeights, string, LayerName>({
    kind,
    config,
    takes: "list",
    build(input, who) {
      const samples = severalOf(who, input);
      if (exactly !== undefined && samples.length !== exactly) throw refused(who, "x", samples.map(({ shape }) => shape), `a list of ${exactly} values`); // prettier-ignore
      const output = broadcast(who, samples);
      const haveItsSteps = samples.map(({ shape }) => output.axes[0] === "steps" && shape.length === output.shape.length);
      return {
        output,
        weights: {},
        ...(isStepByStep(samples) && { stepwise: "pointwise" as const }),
        apply(_, xs, { masks: given }) {
          const masks = (given ?? []) as readonly (Tensor | undefined)[]; // in the tree of x
          const counted = xs.map((x, i) => (isProduct || haveItsSteps[i] !== true ? zeroed(x, masks[i]) : x));
          return masked(fold(alike(counted)), inAll(masks.filter((_, i) => haveItsSteps[i]), output.shape[0])); // prettier-ignore
        },
      };
    },
  });
}

/** The steps that count in all of them, [batch, steps]; a mask of one step is for all. */
function inAll(masks: readonly (Tensor | undefined)[], steps = 1): Tensor | undefined {
  const found = [...new Set(masks)].filter((mask) => mask !== undefined);
  if (found.length === 0) return undefined;
  const all = found.reduce((both, mask) => where(both, mask, 0));
  return all.broadcastTo([all.shape[0] ?? 0, steps]);
}

function broadcast(who: string, samples: readonly Spec[]): Spec {
  const rank = Math.max(...samples.map(({ shape }) => shape.length));
  const along = Array.from({ length: rank }, (_, d) => {
    const there = samples.flatMap(({ shape, axes }, i) => {
      const at = d - rank + shape.length;
      return at < 0 ? [] : [{ i, size: shape[at] ?? 1, name: axes[at] ?? "" }];
    });
    const widest = there.find(({ size }) => size !== 1) ?? there[0];
    const size = widest?.size ?? 1;
    const other = there.find((one) => one.size !== 1 && one.size !== size);
    if (widest !== undefined && other !== undefined) throw unlike(who, "shapes that broadcast from the last axis backwards", samples, widest.i, other.i); // prettier-ignore
    return { size, name: nameOf(there.filter((one) => one.size === size).map(({ name }) => name)) };
  });
  return { shape: along.map(({ size }) => size), axes: along.map(({ name }) => name), dtype: "float" };
}

/** Axes of 1 behind the batch, where some have fewer than others. */
function alike(xs: readonly Tensor[]): readonly Tensor[] {
  const rank = Math.max(...xs.map((x) => x.rank));
  return xs.map((x) => {
    const [batch = 0, ...rest] = x.shape;
    return x.rank === rank ? x : x.reshape([batch, ...Array.from({ length: rank - x.rank }, () => 1), ...rest]);
  });
}
