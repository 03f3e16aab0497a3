// Some of the samples.
import { SluiceError, type HostArray } from "@sluice/core";
import { check, count, refused, show } from "@sluice/core/arguments";
import { anyList } from "../arguments/rules.ts";
import { isHostArray, readArray } from "../numbers/numbers.ts";

/**
 * The samples at these indices, in their order, as a copy: of a list, a typed array, an array with a shape [samples, …], or each of a record of these, as
 * `windows` and the columns of a csv are. An index may come twice.
 *
 * Throws INDEX_OUT_OF_RANGE for an index outside 0 … samples − 1; INVALID_ARGUMENT for what has no samples; SHAPE_MISMATCH for a record of unlike numbers of samples.
 *
 * ```ts
 * const { train } = chronologicalSplit(4, { test: 1 });
 * take({ x: [[1], [2], [3], [4]], y: [1, 2, 3, 4] }, train); // { x: [[1], [2], [3]], y: [1, 2, 3] }
 * ```
 */
export function take<const T extends object>(data: T, indices: ArrayLike<number>): T {
  check("take", "indices", indices, anyList("a list of indices"));
  const samples = samplesIn(data, "data");
  for (let i = 0; i < indices.length; i++) {
    const index: unknown = indices[i];
    if (!count.accepts(index)) throw refused("take", `indices[${i}]`, index, count.expected);
    if (index >= samples)
      throw new SluiceError({
        code: "INDEX_OUT_OF_RANGE",
        who: "take",
        what: `indices[${i}] is ${index}, there are ${samples} samples`,
        facts: { index, samples },
      });
  }
  return taken(data, indices) as T; // of the same form
}

type Typed = Float64Array; // or any other: all have the same methods

function taken(data: unknown, indices: ArrayLike<number>): unknown {
  if (Array.isArray(data)) return Array.from(indices, (index) => (data as readonly unknown[])[index]);
  if (ArrayBuffer.isView(data)) return chosen(data as Typed, indices, 1);
  if (isHostArray(data)) return ofArray(data, indices);
  if (isCategorical(data)) return { ...data, codes: chosen(data.codes as unknown as Typed, indices, 1) };
  return Object.fromEntries(Object.entries(data as object).map(([name, one]) => [name, taken(one, indices)])); // as `samplesIn` saw
}

function ofArray({ shape: [, ...row], data, ...rest }: HostArray, indices: ArrayLike<number>): HostArray {
  const width = row.reduce((product, n) => product * n, 1);
  return { ...rest, shape: [indices.length, ...row], data: chosen(data as Typed, indices, width) as typeof data };
}

function chosen(data: Typed, indices: ArrayLike<number>, width: number): Typed {
  const made = new (data.constructor as typeof Float64Array)(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = (indices[i] ?? 0) * width;
    made.set(data.subarray(from, from + width), i * width);
  }
  return made;
}

function samplesIn(data: unknown, name: string): number {
  if (Array.isArray(data)) return data.length;
  if (ArrayBuffer.isView(data) && "length" in data) return Number(data.length);
  if (isHostArray(data)) {
    const [first] = readArray("take", name, data).shape;
    if (first !== undefined) return first;
  }
  if (isCategorical(data)) return data.codes.length;
  const isPlain = Object.prototype.toString.call(data) === "[object Object]" && !isHostArray(data);
  const [one, ...more] = isPlain ? Object.entries(data as object).map(([key, part]) => [key, samplesIn(part, `${name}.${key}`)] as const) : []; // prettier-ignore
  if (one === undefined) throw refused("take", name, data, "a list, an array of numbers, or a record of these");
  const [first, samples] = one;
  const other = more.find(([, count_]) => count_ !== samples);
  if (other === undefined) return samples;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: "take",
    what: `${name}.${first} has ${samples} samples, ${name}.${other[0]} has ${other[1]}: ${show(data)}`,
    facts: { samples: [samples, other[1]] },
  });
}

function isCategorical(data: unknown): data is { readonly codes: Int32Array; readonly categories: readonly string[] } {
  return typeof data === "object" && data !== null && "codes" in data && "categories" in data && data.codes instanceof Int32Array;
}
