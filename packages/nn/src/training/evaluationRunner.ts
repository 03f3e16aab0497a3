// Forward and measures of one batch shape, compiled and bound.
import { allOrNothing } from "@sluice/core";
import { Batch } from "./batch.ts";
import { Carried } from "./carried.ts";
import { targetsOf } from "./heads.ts";
import { totalsOf } from "./headTotals.ts";
import type { Dataset } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { bind } from "../learner/bind.ts";
import type { MeasuredBatches, Setting } from "./setting.ts";
import type { Totals } from "../learner/totals.ts";
import { evaluationStep } from "../learner/update.ts";
import { modelObjective } from "./objective.ts";

export interface EvaluationRunner {
  readonly totals: Totals;
  /** Before the first batch. */
  begin(): void;
  /** Enqueues the measures of these rows. */
  run(data: Dataset, rows: Rows): void;
  dispose(): void;
}

export async function evaluationRunner(
  setting: Setting,
  { sample, batch, counted, rows, weighted, averaged = false }: MeasuredBatches,
): Promise<EvaluationRunner> {
  const { backend, dtype } = setting;
  const built = setting.build(sample);
  const heads = setting.heads("trainer.evaluate");
  const variables = setting.variables("trainer.evaluate"),
    flat = variables.flatOf("trainer.evaluate", averaged);
  const { inputs, totals, carried } = allOrNothing((keep) => ({
    inputs: keep(new Batch(backend, { batch, sample, counted, weighted, targets: targetsOf(heads, built, rows), dtype })),
    totals: keep(totalsOf({ backend, heads, built, dtype, updates: () => variables.updates })),
    carried: keep(new Carried(backend, built, batch, dtype)),
  }));
  const bound = await bind({
    backend,
    name: `${setting.model.name}.evaluate`,
    fn: evaluationStep({ layout: variables.layout, objective: modelObjective(built, heads), goesOn: true }),
    inputs: { batch: inputs.arrays, ...flat, ...carried.state, totals: totals.array },
    held: [inputs, totals, carried],
  });
  return {
    totals,
    begin() {
      totals.begin();
      carried.begin();
    },
    run(data, rows) {
      inputs.write(data, rows);
      bound.run();
      totals.count();
    },
    dispose: bound.dispose,
  };
}
