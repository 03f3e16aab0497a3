// Forward alone of one batch shape, compiled and bound.
import type { Tensor, TypedArray } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Flat } from "../learner/update.ts";
import { unpack } from "../weights/layout.ts";
import { inputFeed } from "./batch.ts";
import type { Column } from "./column.ts";
import type { Rows } from "./feed.ts";
import { bind } from "../learner/bind.ts";
import type { Batches, Setting } from "./setting.ts";

export interface PredictionRunner {
  /** Of one sample's output. */
  readonly output: Spec;
  /** The outputs [batch, …output] for these rows of x. */
  run(x: Column, rows: Rows): Promise<TypedArray>;
  dispose(): void;
}

export async function predictionRunner(setting: Setting, { sample, batch }: Batches): Promise<PredictionRunner> {
  const { backend, dtype } = setting;
  const built = setting.build(sample);
  const { layout, flat } = setting.variables("trainer.predict");
  const input = inputFeed(backend, batch, sample, dtype);
  const bound = await bind({
    backend,
    name: `${setting.model.name}.predict`,
    fn: ({ x, params, frozen }: Flat<Tensor> & { readonly x: Tensor }) => built.apply(unpack(layout, params, frozen), x),
    inputs: { ...flat, x: input.array },
    held: [input],
  });
  return {
    output: built.output,
    run(x, rows) {
      input.write(x, rows);
      bound.run();
      return bound.outputs.read();
    },
    dispose: bound.dispose,
  };
}
