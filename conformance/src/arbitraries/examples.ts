// A structure with data: what laws about whole computations are checked on. It knows no structure.
import fc from "fast-check";
import type { Float } from "../rounding.ts";
import { uniform } from "./numbers.ts";

/** A structure and where its data comes from. */
export interface Example<S> {
  readonly structure: S;
  readonly dtype: Float;
  /** How large some of its numbers are, about so many times what is lively. */
  readonly scale: number;
  readonly seed: number;
}

export interface Drawing<S> {
  readonly pool: readonly S[];
  readonly dtypes?: readonly Float[];
  /** One line that names everything about an example. */
  readonly describe: (example: Example<S>) => string;
}

export function drawn<S>({ pool, dtypes = ["f32", "f64"], describe }: Drawing<S>): fc.Arbitrary<Example<S>> {
  const parts = { structure: fc.constantFrom(...pool), dtype: fc.constantFrom(...dtypes), scale: fc.constantFrom(1, 0.3, 3), seed: seeds };
  return fc.record(parts).map((example) => Object.defineProperty(example, fc.toStringMethod, { value: () => describe(example) }));
}

/** Each structure of the pool once, in order, in one of the dtypes and at one of the scales, with data from `seed`. */
export function once<S>(pool: readonly S[], dtypes: readonly Float[], seed: number): readonly Example<S>[] {
  const next = uniform(seed);
  return pool.map((structure) => {
    const dtype = dtypes[Math.floor(next() * dtypes.length)]!;
    const scale = [1, 1, 0.3, 3][Math.floor(next() * 4)]!;
    return { structure, dtype, scale, seed: Math.floor(next() * (2 ** 31 - 1)) };
  });
}

const seeds = fc.noShrink(fc.noBias(fc.integer({ min: 0, max: 2 ** 31 - 2 })));
