// Sums of losses and metrics, kept on the backend while a training or evaluation runs and drained now and then.
import { zeros, type Backend, type NDArray, type TypedArray } from "@sluice/core";
import { typedArray } from "./typedArray.ts";

/** Where `trainingStep` and `evaluationStep` add up: the samples' weights, the updates skipped, then each measure times weight. */
export const weightAt = 0;
export const skippedAt = 1;
export const measuresAt = 2;

export class Totals {
  /** [2 + measures] */
  readonly array: NDArray;
  readonly #names: readonly string[];
  readonly #read: TypedArray;
  readonly #zeros: TypedArray;
  /** In float64 on the host: what was drained since `reset`. */
  readonly #sums: Float64Array;

  constructor(backend: Backend, names: readonly string[], dtype: "f32" | "f64") {
    const length = measuresAt + names.length;
    this.array = zeros(backend, [length], { dtype, name: "totals" });
    this.#names = names;
    this.#read = typedArray(dtype, length);
    this.#zeros = typedArray(dtype, length);
    this.#sums = new Float64Array(length);
  }

  reset(): void {
    this.array.write(this.#zeros);
    this.#sums.fill(0);
  }

  /** Awaits every run that is queued, adds what they summed and starts the buffer at zero again. */
  async drain(): Promise<void> {
    const reading = this.array.read(this.#read);
    this.array.write(this.#zeros); // after the read, in the order of calls
    const read = await reading;
    for (let i = 0; i < read.length; i++) this.#sums[i]! += read[i]!;
  }

  /** Updates left out because a gradient or loss was not finite. */
  get skipped(): number {
    return this.#sums[skippedAt]!;
  }

  /** The mean of each measure over the samples, by their weights; NaN before the first. */
  means(): Record<string, number> {
    const weight = this.#sums[weightAt]!;
    return Object.fromEntries(this.#names.map((name, i) => [name, this.#sums[measuresAt + i]! / weight]));
  }

  dispose(): void {
    this.array.dispose();
  }
}
