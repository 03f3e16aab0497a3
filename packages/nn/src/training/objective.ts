// What a model's losses and metrics come to for a batch: means over its samples, or their places, by how much each counts.
import { constant, SluiceError, where, type Shape, type Tensor, type Tree } from "@sluice/core";
import { dearer, positive, type Given, type GivenScalars, type Objective } from "../learner/update.ts";
import { broadcastLeading } from "../measures/broadcastLeading.ts";
import { labelCounts } from "../measures/ignoring.ts";
import type { Measure } from "../measures/measure.ts";
import { perSample } from "../measures/perSample.ts";
import type { Applied, BuiltModel, BuiltOutput } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { entryOf, maybeEntryOf } from "../host/entryOf.ts";
import { flat, masksOf, nested, type BatchInputs } from "./batchInputs.ts";
import { forcing, selfRead, type SamplingPlan } from "./scheduledSampling.ts";
import { readsLogits, type Head } from "./heads.ts";

/** Σ w·loss / Σ w, which is 0 for a batch in which nothing counts, with what layers add to it, and the sums of all measures. In training `moves` says which weights layers set. */
export function modelObjective(
  built: BuiltModel,
  heads: readonly Head[],
  moves: (weight: string) => boolean = () => false,
  sampling?: SamplingPlan,
): (weights: Tree<Tensor>, given: Given<BatchInputs<Tensor>, Tensor> & GivenScalars) => Objective {
  return (params, { batch: { x, y, weight, weights, lengths }, masks, state, scalars = {} }) => {
    const ownWeights = params as Named<Tree<Tensor>>; // as the model has them
    const context = {
      drawn: masks,
      masks: masksOf(lengths, x, weight.dtype),
      ...(state !== undefined && { carried: nested(built, state) }),
    };
    const truth = scalars[forcing];
    const read =
      sampling === undefined || truth === undefined
        ? x
        : selfRead(sampling, built, { weights: ownWeights, x, context, drawn: masks ?? {}, truth });
    const applied = built.apply(ownWeights, read, {
      ...context,
      learning: { rows: weight.greater(0), moves },
    });
    const measured = heads.map((head) => measuredBy(head, entryOf(built.outputs, head.output), { applied, y, weight, weights }));
    const carried = flat(built, applied.carried);
    const { moved, losses } = applied;
    return { ...dearer(joined(heads, measured, weight, scalars), losses), ...(state !== undefined && { state: carried }), moved };
  };
}

interface Measured {
  /** How much counts. */
  readonly weight: Tensor;
  /** weight · measure, or its sums: of the loss, then of the metrics. */
  readonly sums: readonly [loss: Tensor, ...metrics: Tensor[]];
}

interface Batch {
  readonly applied: Applied;
  readonly y: Named<Tensor>;
  readonly weight: Tensor;
  readonly weights: Named<Tensor>;
}

function measuredBy({ output, loss, metrics }: Head, built: BuiltOutput, { applied, y, weight, weights }: Batch): Measured {
  const target = entryOf(y, output);
  const mask = inBoth(applied.masks[output], labelCounts(target, loss.target(built.spec.shape).ignored, weight.dtype));
  const read = (measure: Measure): Tensor => entryOf(readsLogits(measure, built) ? applied.logits : applied.outputs, output);
  if (mask !== undefined) checkAlike(loss, metrics);
  const own = maybeEntryOf(weights, output);
  const isWhole = takesWhole(loss);
  if (isWhole && own !== undefined && own.rank > 1) throw whole(loss, target.shape);
  const counts = counting({ weight, own, mask: isWhole ? undefined : mask });
  const sumOf = (measure: Measure): Tensor => {
    const each = isWhole ? measuredWhole(counts, mask, measure, target, read(measure)) : measuredAt(counts, mask, measure, target, read(measure)); // prettier-ignore
    return each.mul(broadcastLeading(counts, each.shape)).sum(counts.shape.map((_, axis) => axis));
  };
  return { weight: counts.sum(), sums: [sumOf(loss), ...metrics.map(sumOf)] };
}

interface Counting {
  /** [batch] */
  readonly weight: Tensor;
  /** The output's own, [batch, …]. */
  readonly own: Tensor | undefined;
  /** What counts at all, [batch, …]. */
  readonly mask: Tensor | undefined;
}

/** How much each sample counts, or each of the places that own weights or a mask tell apart. */
function counting({ weight, own, mask }: Counting): Tensor {
  const shape = [weight, own, mask].reduce<Shape>((most, one) => (one !== undefined && one.rank > most.length ? one.shape : most), []);
  const product = own === undefined ? broadcastLeading(weight, shape) : broadcastLeading(weight, shape).mul(broadcastLeading(own, shape));
  return mask === undefined ? product : where(broadcastLeading(mask, shape), product, 0);
}

/** The measure of each sequence, told which steps count; the ∞ of one that counts nothing is none. */
function measuredWhole(counts: Tensor, mask: Tensor | undefined, measure: Measure, target: Tensor, output: Tensor): Tensor {
  const values = perSample(measure, target, mask === undefined ? output : zeroed(output, mask), mask);
  return takesWhole(measure) ? where(broadcastLeading(counts, values.shape), values, 0) : values;
}

/** The measure of each sample, or each of its places, in the shape of `counts`; or its sums, with their axis at the end. */
function measuredAt({ shape }: Tensor, mask: Tensor | undefined, measure: Measure, target: Tensor, output: Tensor): Tensor {
  if (mask === undefined) return shape.length === 1 ? perSample(measure, target, output) : perPlace(measure, target, output, shape);
  const each = perPlace(measure, zeroed(target, mask), zeroed(output, mask), shape);
  return where(broadcastLeading(mask, each.shape), each, 0);
}

/** Steps [batch, steps] and labels [batch, steps, …]: what counts in both. */
function inBoth(steps: Tensor | undefined, labels: Tensor | undefined): Tensor | undefined {
  return steps === undefined || labels === undefined ? (steps ?? labels) : where(broadcastLeading(steps, labels.shape), labels, 0);
}

/** With zeros where a step does not count, before it is measured: on the way back 0·NaN is NaN (decision 19). */
function zeroed(x: Tensor, mask: Tensor): Tensor {
  if (x.dtype === "i32" || !begins(x, mask.shape)) return x; // labels are no part of a product
  return where(broadcastLeading(mask, x.shape), x, 0);
}

function begins(x: Tensor, shape: Shape): boolean {
  return x.shape.slice(0, shape.length).join() === shape.join();
}

/** In a shape that target and output begin with, each of its places as a sample. */
function perPlace(measure: Measure, target: Tensor, output: Tensor, shape: Shape): Tensor {
  if (!begins(target, shape)) throw whole(measure, target.shape);
  const places = shape.reduce((product, n) => product * n, 1);
  const each = (x: Tensor): Tensor => x.reshape([places, ...x.shape.slice(shape.length)]);
  const given = perSample(measure, each(target), each(output));
  return given.reshape([...shape, ...given.shape.slice(1)]);
}

/** Throws INVALID_ARGUMENT for a metric that counts steps where the loss counts sequences, or the other way: their weights are one. */
function checkAlike(loss: Measure, metrics: readonly Measure[]): void {
  const how = (measure: Measure): string => `${measure.name} measures ${takesWhole(measure) ? "whole sequences" : "single steps"}`;
  const other = metrics.find((metric) => takesWhole(metric) !== takesWhole(loss));
  if (other === undefined) return;
  const what = `only some steps count, where ${how(loss)} and ${how(other)}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: other.name, what, fix: "Leave the metric, or lengths and masks, out" });
}

function takesWhole({ takesMask = false }: Measure): boolean {
  return takesMask !== false;
}

function whole({ name }: Measure, shape: Shape): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: name,
    what: `measures sequences as a whole, with targets [${shape.join(", ")}], and only some of their steps count, or each as it weighs`,
    fix: "Take a measure of single steps or one that takes the mask, or leave lengths, masks and weights of steps out",
  });
}

/** One output without a name has the batch's weight; of several each has its own, and of the whole loss the sums hold what is in none of theirs. */
function joined(
  heads: readonly Head[],
  measured: readonly Measured[],
  samples: Tensor,
  scalars: Named<Tensor>,
): Pick<Objective, "loss" | "weight" | "sums" | "ownWeights"> {
  const [first] = measured as readonly [Measured, ...Measured[]]; // there is a loss
  const meanOf = ({ sums: [sum], weight }: Measured): Tensor => sum.div(positive(weight)); // the loss is the first measure
  if (heads[0]?.isNamed === false) return { loss: meanOf(first), ...first };
  const parts = heads.map(({ output, lossWeight }, i) => {
    const mean = meanOf(measured[i] ?? first); // there is one for each
    return {
      isMoving: Object.hasOwn(scalars, output),
      loss: mean.mul(typeof lossWeight === "number" ? lossWeight : (scalars[output] ?? 1)),
    };
  });
  const loss = parts.map((part) => part.loss).reduce((sum, each) => sum.add(each));
  const weight = samples.sum();
  const moving = parts.filter(({ isMoving }) => isMoving).map((part) => part.loss.mul(weight)); // whose share is this batch's own
  return {
    loss,
    weight,
    sums: [moving.reduce((sum, each) => sum.add(each), constant(0, [], loss.dtype)), ...measured.flatMap(({ sums }) => sums)],
    ownWeights: measured.map((one) => one.weight),
  };
}
