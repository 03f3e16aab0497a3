// Noise to hear through, the same each time.
import { random } from "@sluice/core";

/** The samples with normal noise of this deviation. */
export function noisy(samples: Float32Array, deviation: number, seed: number): Float32Array {
  const noise = random(seed).normal(samples.length, 0, deviation);
  return samples.map((sample, i) => sample + noise[i]!);
}
