// What all optimizers share around a rule of their own: the rate, clipping, and weight decay, in which they differ from no other.
import type { Tensor } from "@sluice/core";
import { fraction } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import { preset, type Filled, type Table } from "../options/table.ts";
import { averageSlot } from "./averageSlot.ts";
import { averagingOf, averagingTable, type AveragingConfig } from "./averaging.ts";
import { anyRate, rateAt, type LearningRate } from "../schedules/schedule.ts";
import { chosen, clipTable, type Clip } from "./clip.ts";
import type { Now, Optimizer } from "./optimizer.ts";

export interface DescentConfig extends Clip, AveragingConfig {
  /** Default 0.001. */
  readonly learningRate?: LearningRate;
  /**
   * Share of each weight taken away before each update, times the learning rate (decoupled: Loshchilov & Hutter 2019), as Keras has it in every optimizer;
   * in [0, 1), default 0. The λ that PyTorch adds to the gradient as λθ is in `groups`: l2 of λ/2.
   */
  readonly weightDecay?: number;
}

export const descentTable = {
  learningRate: preset(anyRate, 0.001),
  weightDecay: preset(fraction, 0),
  ...clipTable,
  ...averagingTable,
} satisfies Table<DescentConfig>;

/** S are its arrays and N the numbers that it needs anew for each update, by name. */
export interface DescentRule<S extends string, N extends string> {
  readonly slots: readonly S[];
  readonly starts?: Readonly<Record<string, number>>;
  readonly scalars: readonly N[];
  /** Those for the update after `step` others, by its rate, in float64. */
  numbers(rate: number, step: number): Readonly<Record<N, number>>;
  /** From weights that have decayed. `slots` holds those that it keeps. */
  update(
    now: Pick<Now, "params" | "gradient" | "parts">,
    slots: Readonly<Record<S, Tensor>>,
    scalars: Readonly<Record<N, Tensor>>,
  ): { readonly params: Tensor; readonly slots: Partial<Readonly<Record<S, Tensor>>> };
}

/** Throws INVALID_ARGUMENT for more than one way to clip, or to average. */
export function descent<S extends string, N extends string>(
  name: string,
  { learningRate, weightDecay, clipNorm, globalClipNorm, clipValue, ...rest }: Filled<typeof descentTable>,
  { slots, starts, scalars, numbers, update }: DescentRule<S, N>,
): Optimizer {
  const decayAt = scalars.length,
    own = weightDecay === 0 ? decayAt : decayAt + 1,
    averaging = averagingOf(name, rest);
  return {
    name,
    clip: chosen(name, { clipNorm, globalClipNorm, clipValue }),
    slots: averaging === undefined ? slots : [...slots, averageSlot],
    ...(starts !== undefined && { starts }),
    ...(averaging !== undefined && { averaging }),
    hyperLength: own + (averaging?.hyperLength ?? 0),
    learningRate: (step) => rateAt(name, "learningRate", learningRate, step),
    hyper(step, into, scale = 1) {
      const rate = rateAt(name, "learningRate", learningRate, step) * scale,
        given = numbers(rate, step);
      scalars.forEach((scalar, i) => (into[i] = given[scalar]));
      if (weightDecay > 0) into[decayAt] = rate * weightDecay;
      averaging?.hyper(step, into, own);
    },
    update({ params, gradient, slots: kept, hyper, decays = true, parts }) {
      const decay = decays && weightDecay > 0 ? hyper[decayAt] : undefined;
      const next = update(
        { params: decay === undefined ? params : params.sub(params.mul(decay)), gradient, parts },
        byName(slots, (slot) => entryOf(kept, slot)),
        byName(scalars, (_, i) => hyper[i] as Tensor), // `hyperLength` of them
      );
      return { params: next.params, slots: next.slots as Readonly<Record<string, Tensor>> }; // those it keeps
    },
  };
}

function byName<K extends string>(names: readonly K[], each: (name: K, i: number) => Tensor): Readonly<Record<K, Tensor>> {
  return Object.fromEntries(names.map((name, i) => [name, each(name, i)])) as Record<K, Tensor>; // one for each
}
