// The training step of one batch shape, compiled and bound; a run writes a batch and enqueues one update.
import { allOrNothing, zeros } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { Batch } from "./batch.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { DropoutMask } from "./dropoutMask.ts";
import { bind } from "./runners.ts";
import type { Setting } from "./setting.ts";
import { Totals } from "./totals.ts";
import { trainingStep } from "./trainingStep.ts";
import { typedArray } from "../host/typedArray.ts";

export interface TrainingRunner {
  readonly totals: Totals;
  /** What runs: the backend's word for it. */
  readonly executor: string;
  /** Enqueues the update by these rows of the dataset. */
  run(data: Dataset, rows: Rows): void;
  /** Counts so many updates less: they were left out. */
  forget(skipped: number): void;
  dispose(): void;
}

export async function trainingRunner(setting: Setting, sample: Spec, batch: number): Promise<TrainingRunner> {
  const { backend, dtype, metrics, seed } = setting;
  const built = setting.build(sample);
  const [loss, optimizer, variables] = [setting.loss("trainer.fit"), setting.optimizer("trainer.fit"), setting.variables("trainer.fit")];
  const { inputs, masks, totals, hyper } = allOrNothing((keep) => ({
    inputs: keep(new Batch(backend, { batch, sample, target: loss.target(built.output.shape), dtype })),
    masks: Object.entries(built.masks).map(
      ([name, mask]) => [name, keep(new DropoutMask(backend, { name, mask, batch, dtype, seed }))] as const,
    ),
    totals: keep(new Totals(backend, ["loss", ...metrics.map(({ name }) => name)], dtype)),
    hyper: keep(zeros(backend, [optimizer.hyperLength], { dtype, name: "hyper" })),
  }));
  const rates = typedArray(dtype, optimizer.hyperLength);
  const bound = await bind({
    backend,
    name: `${setting.model.name}.fit`,
    fn: trainingStep({ built, layout: variables.layout, loss, metrics }, optimizer),
    inputs: {
      ...inputs.arrays,
      params: variables.params,
      slots: variables.slots,
      hyper,
      totals: totals.array,
      masks: Object.fromEntries(masks.map(([name, feed]) => [name, feed.array])),
    },
    held: [inputs, totals, hyper, ...masks.map(([, feed]) => feed)],
  });
  return {
    totals,
    executor: bound.executor,
    run(data, rows) {
      inputs.write(data, rows);
      optimizer.hyper(variables.step, rates);
      hyper.write(rates);
      for (const [, feed] of masks) feed.write(variables.step);
      bound.run();
      totals.count();
      variables.step++;
    },
    forget(skipped) {
      variables.step -= skipped;
    },
    dispose: bound.dispose,
  };
}
