// The key/value cache: what a causal self-attention keeps of the steps that it has read, so that the next one costs its own row alone.
import { checkSize } from "../arguments/checks.ts";
import type { StateSpec } from "../cells/cell.ts";
import { checkNamed } from "../cells/checkTensors.ts";
import { SluiceError } from "../errors.ts";
import { sameShape } from "../shape.ts";
import { add, less, where } from "../trace/arithmetic.ts";
import { iota } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { cast } from "../trace/functions.ts";
import { broadcastTo, reshape } from "../trace/movement.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { called } from "./fits.ts";

/** T is a tensor [batch, keys, features], or the spec of one. */
export interface AttentionCache<T> {
  readonly keys: T;
  /** Absent where the keys are the values too. */
  readonly values?: T;
}

/** Room for `length` keys, and for as many values where they have features of their own. */
export function cacheSpec(asking: string, length: number, { keys, values }: AttentionCache<number>): AttentionCache<StateSpec> {
  checkSize(asking, "length", length);
  const room = (features: number): StateSpec => ({ axes: { keys: length, features } });
  return { keys: room(keys), ...(values !== undefined && { values: room(values) }) };
}

/**
 * How many keys there is room for, where the cache fits `rows`, each [batch, 1, features]. Throws SHAPE_MISMATCH, DTYPE_MISMATCH, and
 * INVALID_ARGUMENT for a part that is missing or too many.
 */
export function checkCache(module: string, cache: AttentionCache<Tensor>, rows: AttentionCache<Tensor>): number {
  checkNamed({ who: who(module), cell: module, one: "cache", all: "cache" }, Object.keys(rows), cache);
  const [, length = 0] = cache.keys.shape;
  checkPart("cache.keys", cache.keys, rows.keys, length);
  if (cache.values !== undefined && rows.values !== undefined) checkPart("cache.values", cache.values, rows.values, length);
  return length;
}

/**
 * The cache with `rows` at `position`, and zeros after them, whatever was there. At a position that it has no room for it stays as it is.
 * It is one map over each part, in place where a part is a state.
 */
export function written(cache: AttentionCache<Tensor>, rows: AttentionCache<Tensor>, position: Tensor): AttentionCache<Tensor> {
  const keys = writtenPart(cache.keys, rows.keys, position);
  if (cache.values === undefined || rows.values === undefined) return { keys };
  return { keys, values: writtenPart(cache.values, rows.values, position) };
}

function writtenPart(kept: Tensor, row: Tensor, position: Tensor): Tensor {
  const { shape, dtype } = kept,
    [batch, length] = shape as [number, number, number];
  // Spread before they are looked at, so that looking is part of the kernel that selects.
  const key = broadcastTo(reshape(iota(length, dtype), [length, 1]), shape),
    now = cast(broadcastTo(reshape(position, [batch, 1, 1]), shape), dtype);
  return where(less(key, now), kept, where(less(key, add(now, 1)), row, 0)).named("batch", "keys", "features");
}

function checkPart(name: string, kept: Tensor, row: Tensor, length: number): void {
  const [batch, , features] = row.shape as [number, number, number],
    fits = sameShape(kept.shape, [batch, length, features]);
  if (fits && kept.dtype === row.dtype) return;
  const got = describe(called(name, kept, ["keys", "features"]));
  throw new SluiceError({
    code: fits ? "DTYPE_MISMATCH" : "SHAPE_MISMATCH",
    who: who("attention"),
    what: `${name} must be [batch ${batch}, keys, features ${features}] of ${row.dtype}, got ${got} of ${kept.dtype}`,
    fix: "Start from zeros of the shapes that cache(sizes, length) gives",
    facts: { shape: kept.shape, dtype: kept.dtype, batch, features },
  });
}
