// Forward alone of one batch shape, compiled and bound.
import { allOrNothing, type TypedArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { bind } from "../learner/bind.ts";
import type { Named } from "../model/graph.ts";
import { Inputs } from "./batch.ts";
import { Carried } from "./carried.ts";
import type { Samples } from "./dataset.ts";
import type { Rows } from "./feed.ts";
import { prediction } from "./prediction.ts";
import type { Batches, Setting } from "./setting.ts";

export interface PredictionRunner {
  /** Of one sample's outputs. */
  readonly outputs: Named<Spec>;
  /** Before the first batch. */
  begin(): void;
  /** The outputs [batch, …output] for these rows. */
  run(data: Samples, rows: Rows): Promise<Named<TypedArray>>;
  dispose(): void;
}

export async function predictionRunner(setting: Setting, { sample, batch, counted, averaged = false }: Batches): Promise<PredictionRunner> {
  const { backend, dtype } = setting;
  const built = setting.build(sample);
  const variables = setting.variables("trainer.predict"),
    flat = variables.flatOf("trainer.predict", averaged);
  const { inputs, carried } = allOrNothing((keep) => ({
    inputs: keep(new Inputs(backend, { batch, sample, counted, dtype })),
    carried: keep(new Carried(backend, built, batch, dtype)),
  }));
  const bound = await bind({
    backend,
    name: `${setting.model.name}.predict`,
    fn: prediction(built, variables.layout, dtype),
    inputs: { ...flat, ...inputs.arrays, ...carried.state },
    held: [inputs, carried],
  });
  return {
    outputs: Object.fromEntries(Object.entries(built.outputs).map(([name, { spec }]) => [name, spec])),
    begin: () => carried.begin(),
    async run(data, rows) {
      inputs.write(data, rows);
      bound.run();
      const read = Object.entries(bound.outputs).map(async ([name, output]) => [name, await output.read()] as const);
      return Object.fromEntries(await Promise.all(read));
    },
    dispose: bound.dispose,
  };
}
