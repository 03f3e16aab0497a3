// What is random in one layer, a dropout mask or noise, update after update: drawn on the host from the seed, its name and the number of the update,
// so that it is the same on every backend and after every resumption.
import { random, zeros, type Backend, type NDArray, type Random, type Shape, type TypedArray } from "@sluice/core";
import type { Drawn } from "../layers/layer.ts";
import { typedArray } from "../host/typedArray.ts";

/** What layers have drawn, or numbers in [0, 1) that both dtypes hold as they are. */
export type Numbers = Drawn | { readonly shape: Shape; readonly uniform: true; readonly seed?: number };

export interface DrawnArrayOptions {
  readonly name: string;
  readonly mask: Numbers;
  readonly batch: number;
  readonly dtype: "f32" | "f64";
  /** Where the layer has none of its own. */
  readonly seed: number;
}

export class DrawnArray {
  /** [batch, …mask.shape] */
  readonly array: NDArray;
  readonly #mask: Numbers;
  readonly #stream: Random;
  readonly #staging: TypedArray;

  constructor(backend: Backend, { name, mask, batch, dtype, seed }: DrawnArrayOptions) {
    const shape = [batch, ...mask.shape];
    this.#mask = mask;
    this.#stream = random(mask.seed ?? seed).child(`dropout ${name}`);
    this.#staging = typedArray(
      dtype,
      shape.reduce((product, n) => product * n, 1),
    );
    this.array = zeros(backend, shape, { dtype });
  }

  /** What is drawn for the update after `step` others. */
  write(step: number): void {
    this.#staging.set(numbersOf(this.#mask, this.#staging.length, this.#stream.child(`${step}`)));
    this.array.write(this.#staging);
  }

  dispose(): void {
    this.array.dispose();
  }
}

function numbersOf(mask: Numbers, n: number, stream: Random): Float64Array {
  if ("uniform" in mask) return stream.uniform(n).map((u) => Math.floor(u * 2 ** 24) / 2 ** 24); // in f32 others round to 1
  if ("deviation" in mask) return stream.normal(n, mask.mean, mask.deviation);
  const { rate, values: [hit, otherwise] = [0, 1 / (1 - rate)] } = mask;
  const drawn = stream.uniform(n);
  drawn.forEach((u, i) => (drawn[i] = u < rate ? hit : otherwise));
  return drawn;
}
