// `learn`: checks what it is given, and makes a learner of it.
import { isWeight, leavesOf, mapTree, type Backend } from "@sluice/core";
import { checkBackend, refused } from "@sluice/core/arguments";
import { inTurns } from "../host/turns.ts";
import { filled, given } from "../options/table.ts";
import type { Layout } from "../weights/layout.ts";
import { layoutWithRoles } from "../weights/layoutWithRoles.ts";
import type { WeightGroup } from "../weights/roles.ts";
import { checkedCheckpoint } from "./checkpoint.ts";
import { Holdings } from "./holdings.ts";
import { InputReader } from "./inputs.ts";
import type { Learner } from "./learner.ts";
import { LossObjective } from "./outcome.ts";
import { TracedLearner } from "./tracedLearner.ts";
import { learnerTable, type AnyOptions, type Inputs, type LearnerOptions } from "./options.ts";
import { checkSupport } from "./support.ts";
import { startOf } from "./variables.ts";

const who = "learn";

/**
 * A learner on `backend` for a loss that can be traced, over weights that whoever made; the caller disposes it.
 *
 * Throws INVALID_ARGUMENT for options that there are not or that make no sense (with the nearest name), leaves that are no weights, groups
 * that name none, and a checkpoint that does not fit; SHAPE_MISMATCH and NOT_FINITE for its arrays; UNSUPPORTED for a dtype the backend lacks;
 * OUT_OF_MEMORY. Then nothing is held.
 *
 * ```ts
 * const cell = recurrence(gru());
 * const learner = await learn(backend, {
 *   weights: { cell: cell.weights({ input: 3, units: 16 }), kernel: { axes: { units: 16, out: 1 }, init: "glorotUniform" } },
 *   inputs: { x: "float", y: "float" },
 *   optimizer: adam({ globalClipNorm: 1 }),
 *   loss: (w, { x, y }) => square(cell.run(w.cell, x).last.dot(w.kernel).sub(y)).mean(),
 * });
 * for (const batch of batches) await learner.step(batch);
 * console.log(await learner.measures());
 * ```
 */
export async function learn<
  const W,
  const I extends Inputs,
  const S = Readonly<Record<never, never>>,
  K extends string = never,
  M extends string = never,
>(backend: Backend, options: LearnerOptions<W, I, S, K, M>): Promise<Learner<W, I, S, M>> {
  checkBackend(who, backend);
  const { weights, groups, optimizer, gradientAccumulationSteps, from, seed, dtype, state, inputs, loss, ...rest } = filled(
    learnerTable,
    given(who, learnerTable, options as unknown as AnyOptions), // which are checked by the table
  );
  checkSupport(who, backend, dtype);
  const layout = layoutFor(weights, groups);
  const checkpoint = from && checkedCheckpoint(who, from, { optimizer, steps: gradientAccumulationSteps, layout });
  const variables = {
    ...{ who, backend, layout, dtype, seed, optimizer, batchesPerUpdate: gradientAccumulationSteps },
    saved: checkpoint && { weights: checkpoint.weights, training: checkpoint },
  };
  const start = await inTurns(startOf(variables));
  const holdings = new Holdings({
    ...{ variables, start, state, gradientAccumulationSteps, from: checkpoint },
    ...{ optimizer: optimizer.name, skipUnsound: rest.skipUnsound },
  });
  const reader = new InputReader(inputs, dtype);
  const objective = new LossObjective(rest.name, loss, dtype, holdings.state);
  return new TracedLearner({ ...rest, backend, dtype, seed, optimizer, holdings, reader, objective }) as unknown as Learner<W, I, S, M>; // of what `options` say
}

/** Throws INVALID_ARGUMENT for a leaf that is no weight, and where there is none to learn. */
function layoutFor(weights: unknown, groups: readonly WeightGroup[]): Layout {
  const leaves = leavesOf(weights, isWeight);
  for (const [path, leaf] of leaves)
    if (!isWeight(leaf))
      throw refused(who, `weights.${path}`, leaf, 'a weight, such as { axes: { input: 3, units: 8 }, init: "glorotUniform" }');
  const own = mapTree(weights, isWeight, (leaf) => leaf); // what the caller does to the tree later changes nothing
  const layout = layoutWithRoles(who, own, groups);
  if (layout.trained > 0) return layout;
  throw refused(who, "weights", weights, "a tree with weights that train");
}
