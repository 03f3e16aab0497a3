// The training step of one batch shape, compiled and bound; a run writes a batch and enqueues one update.
import { allOrNothing, SluiceError, type Shape } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import type { Spec } from "../layers/spec.ts";
import type { Named } from "../model/graph.ts";
import { Batch } from "./batch.ts";
import { Carried } from "./carried.ts";
import type { BuiltModel } from "../model/built.ts";
import { targetsOf, type Head } from "./heads.ts";
import { totalsOf } from "./headTotals.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { disposeEach, type Held } from "../learner/bind.ts";
import { DrawnArray } from "../learner/drawnArray.ts";
import type { Scheduled } from "../schedules/schedule.ts";
import type { Batches, Setting, TrainingBatches } from "./setting.ts";
import type { Totals } from "../learner/totals.ts";
import { createUpdater } from "../learner/updater.ts";
import { drawnFor, forcing, forcingAt } from "./scheduledSampling.ts";
import { scheduledWeights } from "./lossWeights.ts";
import { modelObjective } from "./objective.ts";

export interface TrainingRunner {
  readonly totals: Totals;
  /** What goes on from batch to batch. */
  readonly carried: Carried;
  /** How often the truth is read where the model samples; a fit says it before its first batch. */
  teacherForcing: Scheduled;
  /** What runs: the backend's word for it. */
  readonly executor: string;
  /** Enqueues the update by these rows of the dataset, which are of one bucket. */
  run(data: Dataset, rows: Rows, bucket: number): void;
  /** Counts so many updates less: they were left out. */
  forget(skipped: number): void;
  dispose(): void;
}

/** Batches of as many steps as there are, or of those that each bucket has. */
export async function trainingRunner(setting: Setting, batches: TrainingBatches): Promise<TrainingRunner> {
  const { backend, dtype } = setting;
  const [heads, variables] = [setting.heads("trainer.fit"), setting.variables("trainer.fit")];
  const built = setting.build(batches.sample);
  const { totals, carried } = allOrNothing((keep) => ({
    totals: keep(totalsOf({ backend, heads, built, dtype })),
    carried: keep(new Carried(backend, built, batches.batch, dtype)),
  }));
  const held: Held[] = [totals, carried];
  const teaching: Teaching = { teacherForcing: 1 };
  try {
    const updaters: BatchUpdater[] = [];
    for (const boundary of [...batches.boundaries, undefined]) {
      const updater = await inBucket(boundary, () =>
        batchUpdater(setting, { ...batches, sample: cut(batches, boundary) }, { totals, carried, whole: built, teaching }),
      );
      updaters.push(updater);
      held.push(updater);
    }
    return Object.assign(teaching, {
      totals,
      carried,
      executor: updaters[0]?.executor ?? "none",
      run: (data, rows, bucket) => updaters[bucket]?.run(data, rows),
      forget(skipped: number) {
        variables.batches -= skipped;
      },
      dispose: () => disposeEach(held),
    } satisfies Omit<TrainingRunner, keyof Teaching>);
  } catch (error) {
    disposeEach(held);
    throw error;
  }
}

/** What layers refuse of so few steps is told of the bucket. */
async function inBucket<T>(boundary: number | undefined, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (boundary === undefined || !(error instanceof SluiceError) || error.code !== "SHAPE_MISMATCH") throw error;
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: "trainer.fit",
      what: `batches of ${boundary} steps, one of bucketBoundaries, do not go through the model: ${error.message}`,
      fix: "Leave that boundary out, or pad in front of that layer",
      facts: { boundary },
      cause: error,
    });
  }
}

/** Samples of so many steps at most, where they have lengths. */
function cut({ sample, counted }: Batches, boundary: number | undefined): Named<Spec> {
  if (boundary === undefined) return sample;
  const shorter = ({ shape: [steps = 0, ...row], ...spec }: Spec): Spec => ({
    ...spec,
    shape: [Math.min(steps, boundary), ...row],
    isCut: true,
  });
  return Object.fromEntries(Object.entries(sample).map(([name, spec]) => [name, counted.includes(name) ? shorter(spec) : spec]));
}

/** Throws INVALID_ARGUMENT where fewer steps make less of an output than the first of what all make: its targets would not go with it. */
function checkCut(heads: readonly Head[], rows: Named<Shape>, whole: BuiltModel, cut: BuiltModel): void {
  const shapes = (built: BuiltModel): Named<string> =>
    Object.fromEntries(Object.entries(targetsOf(heads, built, rows)).map(([output, { shape }]) => [output, shape.join()]));
  const [all, fewer] = [shapes(whole), shapes(cut)];
  const unlike = heads.find(({ output }) => all[output] !== fewer[output] && entryOf(whole.outputs, output).lengthsOf.length === 0);
  if (unlike === undefined) return;
  const { output, isNamed } = unlike;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "trainer.fit",
    what: `batches of fewer steps need targets of ${isNamed ? `the output "${output}"` : "the model"} that are not those of its first steps`,
    fix: "Leave bucketBoundaries out, or keep the steps in their order",
    facts: { output },
  });
}

interface BatchUpdater extends Held {
  readonly executor: string;
  run(data: Dataset, rows: Rows): void;
}

type Teaching = Pick<TrainingRunner, "teacherForcing">;

/** What all batches share. */
interface Shared {
  readonly teaching: Teaching;
  readonly totals: Totals;
  readonly carried: Carried;
  /** For samples of all steps. */
  readonly whole: BuiltModel;
}

async function batchUpdater(
  setting: Setting,
  { sample, batch, counted, rows, weighted, sampling, skipsUnsound = false }: Omit<TrainingBatches, "boundaries">,
  { totals, carried, whole, teaching }: Shared,
): Promise<BatchUpdater> {
  const { backend, dtype, seed } = setting;
  const built = setting.build(sample);
  checkCut(setting.heads("trainer.fit"), rows, whole, built);
  const [heads, optimizer, variables] = [setting.heads("trainer.fit"), setting.optimizer("trainer.fit"), setting.variables("trainer.fit")];
  const { layout } = variables,
    { moving } = layout;
  const { inputs, masks } = allOrNothing((keep) => ({
    inputs: keep(new Batch(backend, { batch, sample, counted, weighted, targets: targetsOf(heads, built, rows), dtype })),
    masks: Object.fromEntries(
      Object.entries({ ...built.drawn, ...(sampling && drawnFor(sampling, built)) }).map(([name, mask]) => [
        name,
        keep(new DrawnArray(backend, { name, mask, batch, dtype, seed })),
      ]),
    ),
  }));
  const updater = await createUpdater({
    ...{ backend, dtype, seed, variables, totals, masks, batch: inputs.arrays, ...carried.state },
    name: `${setting.model.name}.fit`,
    task: {
      ...{ layout, optimizer, skipsUnsound },
      objective: modelObjective(built, heads, (weight) => moving.has(weight), sampling),
      scalars: { ...scheduledWeights(heads), ...(sampling && { [forcing]: (updates) => forcingAt(teaching.teacherForcing, updates) }) },
    },
    held: [inputs, ...Object.values(masks)],
  });
  return {
    executor: updater.executor,
    run(data, rows) {
      inputs.write(data, rows);
      updater.run();
    },
    dispose: updater.dispose,
  };
}
