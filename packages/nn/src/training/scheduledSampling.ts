// Scheduled sampling (Bengio et al. 2015): in training a model reads, step by step, the true token or its own. It takes turns over whole sequences, not steps: a pass reads what the
// pass before said, so that k passes have the first k tokens as one step after the other would have them (Mihaylova & Martins 2019; Duckworth et al. 2019).
import { argmax, cast, concat, constant, cumulativeSum, lessEqual, minimum, notEqual, softmax, stopGradient, where } from "@sluice/core";
import type { Tensor, Tree } from "@sluice/core";
import { check, rate } from "@sluice/core/arguments";
import { entryOf } from "../host/entryOf.ts";
import type { Numbers } from "../learner/drawnArray.ts";
import type { BuiltModel, ModelContext } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { Scheduled } from "../schedules/schedule.ts";

/** What is read, and of what, in which Program. */
export interface SamplingPlan {
  readonly input: string;
  readonly output: string;
  readonly passes: number;
  readonly sampling: "sample" | "argmax";
  /** Tokens that an embedding takes for padding. */
  readonly hidden: readonly number[];
}

/** The scalar that says how often the truth is told; no output is named like that. */
export const forcing = "teacher forcing";
const forced = "scheduledSampling forced",
  sampled = "scheduledSampling sampled";

/** A number in [0, 1) for each step that says who is to be believed, and one by which the model's token is drawn. */
export function drawnFor({ input, sampling }: SamplingPlan, { inputs }: BuiltModel): Readonly<Record<string, Numbers>> {
  const { shape } = entryOf(inputs, input);
  return { [forced]: { shape, uniform: true }, ...(sampling === "sample" && { [sampled]: { shape, uniform: true } }) };
}

/** Throws INVALID_ARGUMENT where a schedule gives no share in 0 … 1. */
export function forcingAt(given: Scheduled, updates: number): number {
  const share = typeof given === "number" ? given : given(updates);
  check("trainer.fit", `scheduledSampling.teacherForcing at step ${updates}`, share, rate);
  return share;
}

interface Reading {
  readonly weights: Named<Tree<Tensor>>;
  readonly x: Named<Tensor>;
  readonly context: ModelContext;
  readonly drawn: Named<Tensor>;
  /** Probability that a step reads the truth, a scalar. */
  readonly truth: Tensor;
}

/** Traced: the inputs with the model's own tokens where it is not told the truth. The first step, and steps that do not count, read the truth. No gradient comes through. */
export function selfRead(plan: SamplingPlan, built: BuiltModel, { weights, x, context, drawn, truth }: Reading): Named<Tensor> {
  const gold = entryOf(x, plan.input); // [batch, steps]
  const steps = gold.shape[1] ?? 0;
  const isTold = cast(entryOf(drawn, forced).less(truth), "i32");
  let read = gold;
  for (let pass = 0; pass < plan.passes; pass++) {
    const { logits, masks } = built.apply(weights, { ...x, [plan.input]: read }, context);
    const said = tokenOf(stopGradient(entryOf(logits, plan.output)), drawn[sampled]);
    const before = concat([gold.slice(1, 0, 1), said.slice(1, 0, steps - 1)], 1); // what it said of each step
    const own = plan.hidden.reduce(
      (tokens, token) => where(notEqual(tokens, token), where(notEqual(gold, token), tokens, gold), gold),
      before,
    );
    const mask = masks[plan.output];
    read = where(isTold, gold, mask === undefined ? own : where(cast(notEqual(mask, 0), "i32"), own, gold));
  }
  return { ...x, [plan.input]: read };
}

/** logits [batch, steps, classes] → [batch, steps] i32: the likeliest, or the first whose cumulated probability is above what was drawn. */
function tokenOf(logits: Tensor, drawn: Tensor | undefined): Tensor {
  if (drawn === undefined) return argmax(logits);
  const classes = logits.shape.at(-1) ?? 1;
  const below = lessEqual(cumulativeSum(softmax(logits)), drawn.expand(2));
  return cast(minimum(cast(below, logits.dtype).sum(-1), constant(classes - 1, [], logits.dtype)), "i32"); // rounding may leave the sum below 1
}
