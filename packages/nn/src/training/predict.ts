// The model's outputs for samples without targets.
import type { HostArray } from "@sluice/core";
import type { Samples } from "./dataset.ts";
import type { Session } from "./session.ts";
import { turns } from "../host/turns.ts";
import { typedArray } from "../host/typedArray.ts";

export interface Prediction {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** [samples, …output], owned by the caller; undefined where `signal` ended it early. */
export function predict(
  session: Session,
  { samples, sample, x }: Samples,
  { batchSize, signal }: Prediction,
): Promise<HostArray | undefined> {
  const batch = Math.min(batchSize, samples);
  return session.prediction.use({ sample, batch }, async ({ output, run }) => {
    const row = output.shape.reduce((product, n) => product * n, 1);
    const data = typedArray(session.dtype, samples * row);
    for (let from = 0; from < samples; from += batch) {
      if (signal?.aborted) return undefined;
      const count = Math.min(batch, samples - from);
      const outputs = await run(x, { order: undefined, from, count });
      data.set(outputs.subarray(0, count * row), from * row);
      if (turns.isDue) await turns.pass();
    }
    return { dtype: session.dtype, shape: [samples, ...output.shape], axes: ["samples", ...output.axes], data };
  });
}
