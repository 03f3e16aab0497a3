// The model's outputs for samples without targets.
import type { HostArray } from "@sluice/core";
import type { Samples } from "./dataset.ts";
import type { Session } from "./session.ts";
import { typedArray } from "./typedArray.ts";

/** [samples, …output], owned by the caller. */
export function predict(session: Session, { samples, sample, x }: Samples, batchSize: number): Promise<HostArray> {
  const batch = Math.min(batchSize, samples);
  return session.prediction.use(sample, batch, async ({ output, run }) => {
    const row = output.shape.reduce((product, n) => product * n, 1);
    const data = typedArray(session.dtype, samples * row);
    for (let from = 0; from < samples; from += batch) {
      const count = Math.min(batch, samples - from);
      const outputs = await run(x, { order: undefined, from, count });
      data.set(outputs.subarray(0, count * row), from * row);
    }
    return { dtype: session.dtype, shape: [samples, ...output.shape], axes: ["samples", ...output.axes], data };
  });
}
