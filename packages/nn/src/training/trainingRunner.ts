// The training step of one batch shape, compiled and bound; a run writes a batch and enqueues one update.
import { allOrNothing } from "@sluice/core";
import { Batch } from "./batch.ts";
import { Carried } from "./carried.ts";
import { targetsOf, totalsOf } from "./heads.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { DropoutMask } from "../learner/dropoutMask.ts";
import type { Batches, Setting } from "./setting.ts";
import type { Totals } from "../learner/totals.ts";
import { createUpdater } from "../learner/updater.ts";
import { modelObjective } from "./objective.ts";

export interface TrainingRunner {
  readonly totals: Totals;
  /** What goes on from batch to batch. */
  readonly carried: Carried;
  /** What runs: the backend's word for it. */
  readonly executor: string;
  /** Enqueues the update by these rows of the dataset. */
  run(data: Dataset, rows: Rows): void;
  /** Counts so many updates less: they were left out. */
  forget(skipped: number): void;
  dispose(): void;
}

export async function trainingRunner(setting: Setting, { sample, batch, counted }: Batches): Promise<TrainingRunner> {
  const { backend, dtype, seed } = setting;
  const built = setting.build(sample);
  const [heads, optimizer, variables] = [setting.heads("trainer.fit"), setting.optimizer("trainer.fit"), setting.variables("trainer.fit")];
  const { inputs, masks, totals, carried } = allOrNothing((keep) => ({
    inputs: keep(new Batch(backend, { batch, sample, counted, targets: targetsOf(heads, built), dtype })),
    masks: Object.fromEntries(
      Object.entries(built.drawn).map(([name, mask]) => [name, keep(new DropoutMask(backend, { name, mask, batch, dtype, seed }))]),
    ),
    totals: keep(totalsOf(backend, heads, dtype)),
    carried: keep(new Carried(backend, built, batch, dtype)),
  }));
  const updater = await createUpdater({
    ...{ backend, dtype, variables, totals, masks, batch: inputs.arrays, ...carried.state },
    name: `${setting.model.name}.fit`,
    task: { layout: variables.layout, objective: modelObjective(built, heads), optimizer, skipsUnsound: false },
    held: [inputs, totals, carried, ...Object.values(masks)],
  });
  return {
    totals,
    carried,
    executor: updater.executor,
    run(data, rows) {
      inputs.write(data, rows);
      updater.run();
    },
    forget(skipped) {
      variables.batches -= skipped;
    },
    dispose: updater.dispose,
  };
}
