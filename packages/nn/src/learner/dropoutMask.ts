// A dropout mask of one layer, update after update: drawn on the host from the seed, the mask's name and the number of the update,
// so that it is the same on every backend and after every resumption.
import { random, zeros, type Backend, type NDArray, type Random, type TypedArray } from "@sluice/core";
import type { RandomMask } from "../layers/layer.ts";
import { typedArray } from "../host/typedArray.ts";

export interface DropoutMaskOptions {
  readonly name: string;
  readonly mask: RandomMask;
  readonly batch: number;
  readonly dtype: "f32" | "f64";
  /** Where the layer has none of its own. */
  readonly seed: number;
}

export class DropoutMask {
  /** [batch, …mask.shape] */
  readonly array: NDArray;
  readonly #mask: RandomMask;
  readonly #stream: Random;
  readonly #staging: TypedArray;

  constructor(backend: Backend, { name, mask, batch, dtype, seed }: DropoutMaskOptions) {
    const shape = [batch, ...mask.shape];
    this.#mask = mask;
    this.#stream = random(mask.seed ?? seed).child(`dropout ${name}`);
    this.#staging = typedArray(
      dtype,
      shape.reduce((product, n) => product * n, 1),
    );
    this.array = zeros(backend, shape, { dtype });
  }

  /** The masks of the update after `step` others. */
  write(step: number): void {
    const staging = this.#staging;
    const drawn = this.#stream.child(`${step}`).uniform(staging.length);
    const { rate, values: [hit, otherwise] = [0, 1 / (1 - rate)] } = this.#mask;
    for (let i = 0; i < staging.length; i++) staging[i] = drawn[i]! < rate ? hit : otherwise;
    this.array.write(staging);
  }

  dispose(): void {
    this.array.dispose();
  }
}
