// One update as one traced function: objective, gradient, clip, optimizer. All of it becomes one Program; an option that is off adds nothing to it.
import { abs, assign, cast, concat, gradient, less, maximum, square, where, type Tensor, type Tree } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { averageSlot } from "../optimizers/averageSlot.ts";
import { averaged } from "../optimizers/averaging.ts";
import { clipGradient } from "../optimizers/clip.ts";
import type { Now, Optimizer, Part, Update } from "../optimizers/optimizer.ts";
import { constrain } from "../weights/constraint.ts";
import { replaced, trainedPart, unpack, viewOf, withMoved, type Layout } from "../weights/layout.ts";
import { perturb } from "../weights/perturbed.ts";
import { priceOf } from "../weights/regularizer.ts";
import { skippedAt } from "./totals.ts";

/** What a batch comes to. */
export interface Objective {
  /** What is to fall, a scalar. */
  readonly loss: Tensor;
  /** How much the batch counts in the sums, a scalar of at least 0. */
  readonly weight: Tensor;
  /** weight · measure: of the loss, or of what in it has no weight of its own, then of the others; of those that are sums, all of them [count]. */
  readonly sums: readonly Tensor[];
  /** Weights that some of the measures have of their own, in the order of `Totals`. */
  readonly ownWeights?: readonly Tensor[];
  /** The state after the batch, by name. */
  readonly state?: Readonly<Record<string, Tensor>>;
  /** What layers set of their weights, by name. */
  readonly moved?: Readonly<Record<string, Tensor>>;
  /** Whether the weight may be anything: then a batch whose weight is no number of at least 0 is not sound. */
  readonly isWeightFree?: boolean;
}

/** What an objective reads beside the weights. */
export interface Given<B, T> {
  readonly batch: B;
  /** By name; there in training only. */
  readonly masks?: Readonly<Record<string, T>>;
  /** Before the batch, by name. */
  readonly state?: Readonly<Record<string, T>>;
}

/** Numbers that the objective of an update reads, by name, as functions of the updates done before it. */
export type Scalars = Readonly<Record<string, (updates: number) => number>>;

/** The same, traced; there in training only. */
export interface GivenScalars {
  readonly scalars?: Readonly<Record<string, Tensor>>;
}

export interface Task<B> {
  readonly layout: Layout;
  readonly objective: (weights: Tree<Tensor>, given: Given<B, Tensor> & GivenScalars) => Objective;
  /** Their values lie after the optimizer's numbers. Default none. */
  readonly scalars?: Scalars;
  readonly optimizer: Optimizer;
  /** Whether an update that is not sound is left out alone, or all after it too. */
  readonly skipsUnsound: boolean;
}

/** The weights as a Program gets them. */
export interface Flat<T> {
  /** [layout.trained] */
  readonly params: T;
  /** The rest, where there is any. */
  readonly frozen?: T;
}

export type UpdateInputs<B, T> = Given<B, T> &
  Flat<T> & {
    readonly slots: Readonly<Record<string, T>>;
    readonly hyper: T;
    readonly totals: T;
    readonly gathered?: Gathered<T>;
    /** What weights that are perturbed are perturbed by. */
    readonly perturbations?: Readonly<Record<string, T>>;
  };

/** Of the batches since the last update: Σ weight · gradient, and Σ weight. */
export interface Gathered<T> {
  readonly gradient: T;
  readonly weight: T;
}

/** An update by one batch; or, where several are one update, what each but the last comes to, and the last. */
export type Phase = "update" | "gather" | "finish";

export function updateStep<B>(
  { layout, objective, scalars = {}, optimizer, skipsUnsound }: Task<B>,
  phase: Phase,
): (inputs: UpdateInputs<B, Tensor>) => void {
  return ({ params, frozen, slots, hyper, totals, gathered, perturbations = {}, ...given }) => {
    const { hyperLength } = optimizer;
    const named = Object.fromEntries(Object.keys(scalars).map((name, i) => [name, hyper.at(0, hyperLength + i)]));
    const seen = unpack(layout, perturb(layout, params, perturbations), frozen);
    const measured = penalised(layout, params, objective(seen, { ...given, scalars: named }));
    const raw = gradient(measured.loss, params);
    const own = soundness(measured, raw, gathered !== undefined);
    const sound = skipsUnsound ? own : own.mul(unbroken(totals));
    const all = gathered === undefined ? { gradient: raw, weight: measured.weight } : joined(gathered, raw, measured.weight, sound);
    if (phase === "gather" && gathered !== undefined) assignGathered(gathered, all);
    else {
      const applies = gathered !== undefined && skipsUnsound ? maximum(sound, all.weight.greater(0)) : sound;
      if (gathered !== undefined) assignGathered(gathered, emptied(gathered, applies));
      const mean = gathered === undefined ? raw : all.gradient.div(positive(all.weight));
      const next = updated(optimizer, layout, {
        params,
        slots,
        gradient: clipGradient(mean, optimizer.clip, trainedPart(layout)),
        hyper: Array.from({ length: hyperLength }, (_, i) => hyper.at(0, i)),
      });
      assign(params, where(applies, next.params, params));
      for (const [name, slot] of Object.entries(slots)) assign(slot, where(applies, entryOf(next.slots, name), slot));
    }
    for (const [name, old] of Object.entries(given.state ?? {}))
      assign(old, where(cast(sound, old.dtype), entryOf(measured.state ?? {}, name), old));
    if (frozen !== undefined && measured.moved !== undefined && Object.keys(measured.moved).length > 0)
      assign(frozen, where(sound, withMoved(layout, frozen, measured.moved), frozen));
    accumulate(totals, measured, sound);
  };
}

/** What the optimizer's rule comes to, within constraints, and what is averaged of it. */
function updated(optimizer: Optimizer, layout: Layout, now: Omit<Now, "decays" | "parts">): Update {
  const { averaging, hyperLength } = optimizer;
  if (averaging === undefined) return constrained(layout, byRule(optimizer, layout, now));
  const { [averageSlot]: average, ...slots } = now.slots as Readonly<Record<typeof averageSlot, Tensor>>; // it has one
  const { params, slots: next } = constrained(layout, byRule(optimizer, layout, { ...now, slots }));
  const both = averaged(averaging, { params, average }, now.hyper.slice(hyperLength - averaging.hyperLength));
  return { params: both.params, slots: { ...next, [averageSlot]: both.average } };
}

/** Each weight within its constraint. */
function constrained({ constraints }: Layout, { params, slots }: Update): Update {
  if (constraints.length === 0) return { params, slots };
  const within = constraints.map(({ entry, constraint }) => [entry, constrain(viewOf(entry, params), constraint)] as const);
  return { params: replaced(params, 0, within), slots };
}

/** 1 where the loss, its gradient, what is gathered of it, and the next state are numbers short of overflow, otherwise 0. */
function soundness({ loss, weight, state = {}, moved = {}, isWeightFree = false }: Objective, raw: Tensor, isGathered: boolean): Tensor {
  const floats = Object.values(state).filter(({ dtype }) => dtype !== "i32");
  const squares = [square(raw).sum(), square(loss), ...floats.map((one) => square(one).sum())];
  const largest = Object.values(moved).map((one) => bounded(abs(one).max())); // statistics may be large: the variance of what is
  const own = largest.reduce((all, one) => all.mul(one), bounded(squares.reduce((sum, one) => sum.add(one))));
  if (!isWeightFree) return own;
  const weighed = isGathered ? square(raw.mul(weight)).sum().add(square(weight)) : square(weight);
  return own.mul(bounded(weighed)).mul(less(weight, 0).neg().add(1));
}

/** The measures alone, for evaluation; the state stays as it is, unless it goes on from batch to batch. */
export function evaluationStep<B>({
  layout,
  objective,
  goesOn = false,
}: Pick<Task<B>, "layout" | "objective"> & { readonly goesOn?: boolean }) {
  return ({ params, frozen, totals, ...given }: Given<B, Tensor> & Flat<Tensor> & { readonly totals: Tensor }): void => {
    const measured = penalised(layout, params, objective(unpack(layout, params, frozen), given));
    accumulate(totals, measured, bounded(square(measured.loss)));
    if (goesOn) for (const [name, old] of Object.entries(given.state ?? {})) assign(old, entryOf(measured.state ?? {}, name));
  };
}

/** With what the size of weights costs: l1 · Σ|w| + l2 · Σw². */
function penalised({ penalties }: Layout, params: Tensor, objective: Objective): Objective {
  if (penalties.length === 0) return objective;
  const prices = penalties.flatMap(({ from, to, ...price }) => priceOf(params.slice(0, from, to), price) ?? []);
  return dearer(objective, prices);
}

/** With more in its loss. */
export function dearer(objective: Objective, prices: readonly Tensor[]): Objective {
  if (prices.length === 0) return objective;
  const price = prices.reduce((sum, one) => sum.add(one));
  const { loss, weight, sums } = objective;
  const [first, ...others] = sums as readonly [Tensor, ...Tensor[]]; // the loss is the first measure
  return { ...objective, loss: loss.add(price), sums: [first.add(price.mul(weight)), ...others] };
}

/** With this batch, where it is sound. */
function joined({ gradient, weight }: Gathered<Tensor>, raw: Tensor, own: Tensor, sound: Tensor): Gathered<Tensor> {
  return { gradient: gradient.add(where(sound, raw.mul(own), 0)), weight: weight.add(where(sound, own, 0)) };
}

/** Nothing, after an update; where it was left out, what there was, which is the host's to begin anew. */
function emptied({ gradient, weight }: Gathered<Tensor>, applied: Tensor): Gathered<Tensor> {
  return { gradient: where(applied, 0, gradient), weight: where(applied, 0, weight) };
}

function assignGathered(into: Gathered<Tensor>, next: Gathered<Tensor>): void {
  assign(into.gradient, next.gradient);
  assign(into.weight, next.weight);
}

/** By what decays and what does not, where that differs. */
function byRule(optimizer: Optimizer, layout: Layout, now: Omit<Now, "decays" | "parts">): Update {
  const { trained, decayed } = layout;
  if (decayed === trained || decayed === 0) return optimizer.update({ ...now, decays: decayed > 0, parts: partsOf(layout, 0, trained) });
  const part = (from: number, to: number, decays: boolean): Update => {
    const of = (flat: Tensor): Tensor => flat.slice(0, from, to);
    const slots = Object.fromEntries(Object.entries(now.slots).map(([name, slot]) => [name, of(slot)]));
    return optimizer.update({
      ...now,
      params: of(now.params),
      gradient: of(now.gradient),
      slots,
      decays,
      parts: partsOf(layout, from, to),
    });
  };
  const [first, second] = [part(0, decayed, true), part(decayed, trained, false)];
  const slots = Object.keys(now.slots).map((name) => [name, concat([entryOf(first.slots, name), entryOf(second.slots, name)], 0)] as const);
  return { params: concat([first.params, second.params], 0), slots: Object.fromEntries(slots) };
}

/** The weights in this stretch, as they lie in it. */
function partsOf({ entries }: Layout, from: number, to: number): readonly Part[] {
  const within = Object.values(entries).filter(({ offset, end }) => offset >= from && end <= to);
  return within.map(({ offset, end }) => ({ from: offset - from, to: end - from })).toSorted((a, b) => a.from - b.from);
}

/** 1 until an update was left out: all after it are too, however late the host notices. */
function unbroken(totals: Tensor): Tensor {
  return less(totals.at(0, skippedAt), 0.5);
}

/** 1 where a number of at least 0, such as a sum of squares, is a number short of overflow, otherwise 0, also for NaN. */
function bounded(squares: Tensor): Tensor {
  return less(squares, squares.dtype === "f32" ? 3e38 : 1e308);
}

/** A weight to divide by: 1 where nothing counts. */
export function positive(weight: Tensor): Tensor {
  return where(weight.greater(0), weight, 1);
}

/** Adds to totals [skipped, weight, …measures]; a batch that is not sound counts as skipped and nothing else. */
function accumulate(totals: Tensor, { weight, sums, ownWeights = [] }: Objective, sound: Tensor): void {
  const skipped = sound.neg().add(1);
  const counted = [weight, ...sums, ...ownWeights].map((sum) => where(sound, sum, 0));
  const each = [skipped, ...counted].map((sum) => (sum.rank === 0 ? sum.expand(0) : sum));
  assign(totals, totals.add(concat(each, 0))); // the order of totals.ts
}
