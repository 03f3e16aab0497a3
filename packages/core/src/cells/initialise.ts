// How weights start.
import type { DType, TypedArray } from "../backend.ts";
import type { HostArray } from "../host/hostArray.ts";
import { checkDType, checkSeed } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { refused } from "../arguments/rules.ts";
import { arrays } from "../dtypes/arrays.ts";
import { random } from "../random.ts";
import { mapTree } from "../trace/tree.ts";
import { checkWeight } from "./checkWeight.ts";
import type { Weight } from "./cell.ts";
import { draw } from "./draw.ts";

/**
 * A tree of weights, as numbers. The same seed gives the same numbers for the same tree. dtype f32 unless given.
 * Throws INVALID_ARGUMENT, naming the weight, for axes that are no sizes or hold more than 2³¹ − 1 elements, for a way to start that is none,
 * and for a leaf that is no weight; OUT_OF_MEMORY.
 */
export function initialise<T>(weights: T, options: { readonly seed: number | string; readonly dtype?: DType }): Initialised<T> {
  const { seed, dtype = "f32" } = named("initialise", options, { seed: true, dtype: true });
  checkSeed("initialise", "seed", seed);
  checkDType("initialise", "dtype", dtype);
  const source = random(seed);
  return mapTree(weights, isWeight, (leaf, path) => {
    if (!isWeight(leaf)) throw refused("initialise", path || "weights", leaf, "a weight, with axes and init, or a tree of them");
    checkWeight("initialise", leaf, path);
    const { axes, init } = leaf,
      shape = Object.values(axes);
    return { dtype, shape, axes: Object.keys(axes), data: arrays[dtype].from(draw(init, shape, source.child(path))) satisfies TypedArray };
  }) as Initialised<T>;
}

/** The tree with a host array for each weight. */
export type Initialised<T> = T extends Weight ? HostArray : { readonly [K in keyof T]: Initialised<T[K]> };

export function isWeight(value: unknown): value is Weight {
  return typeof value === "object" && value !== null && "axes" in value && "init" in value;
}
