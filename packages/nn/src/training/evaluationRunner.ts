// Forward and measures of one batch shape, compiled and bound.
import { allOrNothing } from "@sluice/core";
import { Batch } from "./batch.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { bind } from "../learner/bind.ts";
import type { Batches, Setting } from "./setting.ts";
import { Totals } from "../learner/totals.ts";
import { evaluationStep } from "../learner/update.ts";
import { modelObjective } from "./objective.ts";

export interface EvaluationRunner {
  readonly totals: Totals;
  /** Enqueues the measures of these rows. */
  run(data: Dataset, rows: Rows): void;
  dispose(): void;
}

export async function evaluationRunner(setting: Setting, { sample, batch }: Batches): Promise<EvaluationRunner> {
  const { backend, dtype, metrics } = setting;
  const built = setting.build(sample);
  const loss = setting.loss("trainer.evaluate");
  const { layout, flat } = setting.variables("trainer.evaluate");
  const { inputs, totals } = allOrNothing((keep) => ({
    inputs: keep(new Batch(backend, { batch, sample, target: loss.target(built.output.shape), dtype })),
    totals: keep(new Totals(backend, ["loss", ...metrics.map(({ name }) => name)], dtype)),
  }));
  const bound = await bind({
    backend,
    name: `${setting.model.name}.evaluate`,
    fn: evaluationStep({ layout, objective: modelObjective(built, loss, metrics) }),
    inputs: { batch: inputs.arrays, ...flat, totals: totals.array },
    held: [inputs, totals],
  });
  return {
    totals,
    run(data, rows) {
      inputs.write(data, rows);
      bound.run();
      totals.count();
    },
    dispose: bound.dispose,
  };
}
