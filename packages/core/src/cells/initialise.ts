// How weights start.
import type { DType, TypedArray } from "../backend.ts";
import type { HostArray } from "../host/hostArray.ts";
import { checkDType, checkSeed } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { refused } from "../arguments/rules.ts";
import { sizeOf } from "../shape.ts";
import { arrays } from "../dtypes/arrays.ts";
import { random, type Random } from "../random.ts";
import { mapTree } from "../trace/tree.ts";
import { checkWeight } from "./checkWeight.ts";
import type { Weight } from "./cell.ts";
import type { Init } from "./init.ts";
import { orthonormalise } from "./orthogonal.ts";

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

function draw(init: Init, shape: readonly number[], source: Random): Float64Array {
  const n = sizeOf(shape),
    columns = shape.at(-1) ?? 1,
    rows = columns === 0 ? 0 : n / columns;
  if (init === "zeros") return new Float64Array(n);
  if (init === "ones") return new Float64Array(n).fill(1);
  if (init === "glorotUniform") return source.uniform(n, -1, 1).map((u) => u * Math.sqrt(6 / (rows + columns)));
  if (init === "orthogonal") return orthogonal(rows, columns, source);
  if ("constant" in init) return new Float64Array(n).fill(init.constant);
  if ("uniform" in init) return source.uniform(n, -init.uniform, init.uniform);
  const width = columns / init.columns.length,
    blocks = init.columns.map((one, k) => draw(one, [rows, width], source.child(k)));
  return Float64Array.from({ length: n }, (_, i) => {
    const row = Math.floor(i / columns),
      column = i % columns,
      block = Math.floor(column / width);
    return blocks[block]![row * width + (column % width)]!;
  });
}

/** Of normal vectors; the longer side's are as many as the shorter is long. */
function orthogonal(rows: number, columns: number, source: Random): Float64Array {
  const count = Math.min(rows, columns),
    length = Math.max(rows, columns),
    vectors = source.normal(count * length);
  orthonormalise(vectors, count, length);
  if (rows <= columns) return vectors;
  const upright = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) upright[row * columns + column] = vectors[column * rows + row]!;
  return upright;
}
