// Sound in, probabilities of speech out, chunk by chunk as it comes.
import type { Backend, HostArray } from "@sluice/core";
import { compileOnnx, type OnnxNet } from "@sluice/formats/onnx";
import { chunks } from "./chunks.ts";

export interface Detector extends Disposable {
  /** The probabilities of the chunks that are full with these samples; what is left waits for more. */
  listen(samples: Float32Array): Promise<number[]>;
  /** Before another sound. */
  reset(): void;
}

/** `net` on a backend, with its state kept there from chunk to chunk. `weights` are others than the file's, such as trained ones. */
export async function detector(backend: Backend, net: OnnxNet, weights?: Readonly<Record<string, HostArray>>): Promise<Detector> {
  const run = await compileOnnx(backend, net, { carry: { state: "stateN" }, weights });
  const pieces = chunks();
  return {
    async listen(samples) {
      const probabilities: number[] = [];
      for (const input of pieces.push(samples)) {
        const { output } = await run({ input });
        probabilities.push(output?.data[0] ?? NaN);
      }
      return probabilities;
    },
    reset() {
      pieces.reset();
      run.reset();
    },
    [Symbol.dispose]: () => run.dispose(),
  };
}
