// One update as one traced function: forward, loss, gradient, clip, optimizer. All of it becomes one Program.
import { assign, gradient, less, square, stack, where, type Tensor } from "@sluice/core";
import type { Loss } from "../losses/loss.ts";
import type { Measure } from "../measures/measure.ts";
import type { Layout } from "../weights/layout.ts";
import { unpack } from "../weights/layout.ts";
import type { BuiltModel } from "../model/model.ts";
import { clipGradient } from "../optimizers/clip.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { skippedAt } from "./totals.ts";

export interface Recipe {
  readonly built: BuiltModel;
  readonly layout: Layout;
  readonly loss: Loss;
  readonly metrics: readonly Measure[];
}

/** What a batch brings. */
export type BatchInputs<T> = { readonly x: T; readonly y: T; readonly weight: T };

export type TrainingInputs<T> = BatchInputs<T> & {
  readonly params: T;
  readonly slots: Readonly<Record<string, T>>;
  readonly hyper: T;
  readonly totals: T;
  readonly masks: Readonly<Record<string, T>>;
};

export function trainingStep(recipe: Recipe, optimizer: Optimizer): (inputs: TrainingInputs<Tensor>) => void {
  return ({ params, slots, hyper, totals, masks, ...batch }) => {
    const sums = weightedSums(recipe, params, batch, masks);
    const loss = meanLoss(sums);
    const raw = gradient(loss, params);
    const sound = bounded(square(raw).sum().add(square(loss))).mul(unbroken(totals));
    const next = optimizer.update({
      params,
      slots,
      gradient: clipGradient(raw, optimizer.clip, recipe.layout),
      hyper: Array.from({ length: optimizer.hyperLength }, (_, i) => hyper.at(0, i)),
    });
    assign(params, where(sound, next.params, params));
    for (const [name, slot] of Object.entries(slots)) assign(slot, where(sound, next.slots[name]!, slot)); // an optimizer returns its slots
    accumulate(totals, sums, sound);
  };
}

/** The same without an update, for evaluation. */
export function evaluationStep(
  recipe: Recipe,
): (inputs: BatchInputs<Tensor> & { readonly params: Tensor; readonly totals: Tensor }) => void {
  return ({ params, totals, ...batch }) => {
    const sums = weightedSums(recipe, params, batch);
    accumulate(totals, sums, bounded(square(meanLoss(sums))));
  };
}

interface Sums {
  readonly weight: Tensor;
  /** Σ weight · measure over the batch: the loss, then each metric. */
  readonly measures: readonly Tensor[];
}

function weightedSums(
  { built, layout, loss, metrics }: Recipe,
  params: Tensor,
  { x, y, weight }: BatchInputs<Tensor>,
  masks?: Readonly<Record<string, Tensor>>,
): Sums {
  const output = built.apply(unpack(layout, params), x, masks);
  const measures = [loss, ...metrics].map((measure) => measure.perSample(y, output).mul(weight).sum());
  return { weight: weight.sum(), measures };
}

/** Σ w·loss / Σ w; 0 for a batch in which nothing counts. */
function meanLoss({ weight, measures: [loss] }: Sums): Tensor {
  return loss!.div(where(weight.greater(0), weight, 1)); // the loss is the first measure
}

/** 1 until an update was left out: all after it are too, however late the host notices. */
function unbroken(totals: Tensor): Tensor {
  return less(totals.at(0, skippedAt), 0.5);
}

/** 1 where a sum of squares is a number short of overflow, otherwise 0, also for NaN. */
function bounded(squares: Tensor): Tensor {
  return less(squares, squares.dtype === "f32" ? 3e38 : 1e308);
}

/** Adds to totals [skipped, weight, …measures]; a batch that is not sound counts as skipped and nothing else. */
function accumulate(totals: Tensor, { weight, measures }: Sums, sound: Tensor): void {
  const skipped = sound.neg().add(1);
  const [counted, ...summed] = [weight, ...measures].map((sum) => where(sound, sum, 0));
  assign(totals, totals.add(stack([skipped, counted!, ...summed], 0))); // the order of totals.ts
}
