// Units that do nothing: those that are 0 whatever comes in, and those that are the same whatever comes in.
import { cast, leavesOf, Tensor, where, type HostArray } from "@sluice/core";
import { nonNegative, size } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import {
  lookAtOutputs,
  optionsOf,
  preset,
  watchLayers,
  type TrainerLike,
  type ByName,
  type Names,
  type Table,
  type Watched,
} from "@sluice/nn/kit";
import { givenInputs, inputsTable, type InputsOptions } from "../runs/inputsOptions.ts";
import { there } from "../runs/there.ts";

export interface DeadUnitsOptions extends InputsOptions {
  /** Rows of x, the first ones. Default 128. */
  readonly samples?: number;
  /** What counts as nothing, as a share of the largest value that the layer gives. Default 1e-6. */
  readonly tolerance?: number;
}

export const deadUnitsTable = {
  ...inputsTable,
  samples: preset(size, 128),
  tolerance: preset(nonNegative, 1e-6),
} satisfies Table<DeadUnitsOptions>;

export interface LayerUnits {
  readonly layer: string;
  readonly kind: string;
  readonly units: number;
  /** Those that are never active: 0 for every row and step that counts. */
  readonly silent: readonly number[];
  /** Those that are the same, and not 0, for every row and step that counts. */
  readonly constant: readonly number[];
}

/** Their own activation, in a layer without weights. */
const activations = new Set(["activation", "relu", "leakyRelu", "elu"]);

/**
 * Of every layer that has weights or is an activation: which of its units, along the last axis of what it gives, are 0 or all the same over the rows that are looked at.
 *
 * A unit of relu that is silent for all data learns nothing more (Lu et al. 2020); one that is constant is a bias. Steps that do not count are left out. What 128 rows do not wake
 * others may: look at many. Throws what `predict` throws of x, INVALID_ARGUMENT for options that make no sense.
 */
export async function deadUnits(
  trainer: TrainerLike,
  x: ByName<Names, Numbers>,
  options: DeadUnitsOptions = {},
): Promise<readonly LayerUnits[]> {
  const who = "deadUnits";
  const { samples, lengths, tolerance } = optionsOf(who, deadUnitsTable, options);
  const parts: { readonly layer: string; readonly kind: string }[] = [];
  const look = await lookAtOutputs(trainer, givenInputs(x, lengths), { who, samples }, ({ apply }) => {
    const given: Record<string, Tensor> = {};
    const watch = (watched: Watched) => {
      const { name, layer, weights, context } = watched,
        value = watched.given[""];
      const hasOwn = leavesOf(weights, isTensor).length > 0 && layer.kind !== "model";
      if (value === undefined || value.dtype === "i32" || value.rank < 2 || !(hasOwn || activations.has(layer.kind))) return {};
      const i = parts.push({ layer: name, kind: layer.kind }) - 1;
      const [low, high] = extremes(value, context.mask);
      Object.assign(given, { [`low ${i}`]: low, [`high ${i}`]: high });
      return {};
    };
    watchLayers(watch, () => apply());
    return given;
  });
  try {
    const arrays = await look.run();
    return parts.map((part, i) => unitsOf(part, there(arrays[`low ${i}`]), there(arrays[`high ${i}`]), tolerance));
  } finally {
    look.dispose();
  }
}

/** Least and largest along all but the last axis, of the steps that count. */
function extremes(value: Tensor, mask: Tensor | undefined): readonly [Tensor, Tensor] {
  const axes = value.shape.slice(1).map((_, axis) => axis);
  const isOfSteps = mask !== undefined && value.rank > 2 && mask.shape.join() === value.shape.slice(0, 2).join();
  if (!isOfSteps) return [value.min(axes), value.max(axes)];
  const counted = cast(mask, value.dtype).reshape([...mask.shape, ...value.shape.slice(2).map(() => 1)]);
  return [where(counted, value, Infinity).min(axes), where(counted, value, -Infinity).max(axes)];
}

function unitsOf(
  part: { readonly layer: string; readonly kind: string },
  { data: low }: HostArray,
  { data: high }: HostArray,
  tolerance: number,
): LayerUnits {
  const pairs = Array.from(low, (least, i) => [Number(least), Number(high[i])] as const);
  const most = pairs.reduce((all, [least, largest]) => Math.max(all, Math.abs(least), Math.abs(largest)), 0);
  const is = (test: (least: number, largest: number) => boolean): readonly number[] =>
    pairs.flatMap(([least, largest], i) => (test(least, largest) ? [i] : []));
  const isSilent = (least: number, largest: number): boolean => Math.max(Math.abs(least), Math.abs(largest)) <= tolerance * most;
  return {
    ...part,
    units: pairs.length,
    silent: is(isSilent),
    constant: is((least, largest) => !isSilent(least, largest) && largest - least <= tolerance * most),
  };
}

function isTensor(value: unknown): boolean {
  return value instanceof Tensor;
}
