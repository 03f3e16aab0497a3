// The weights of a TensorFlow.js model: which there are, how they are packed, and where in the shards they lie.
import { type HostArray, SluiceError } from "@sluice/core";
import { bytesOf } from "@sluice/nn/kit";
import { f16, widened } from "../floats/narrow.ts";
import { field, isList, type Json, shown, textField } from "../kerasModel/json.ts";

interface Packing {
  readonly dtype: "float32" | "int32" | "uint8" | "uint16" | "float16" | "bool";
  /** value = number·scale + min */
  readonly scale: number;
  readonly min: number;
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly packing: Packing;
}

export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

const bytesPer = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2, bool: 1 } as const;

/** Throws FILE_CORRUPT for what is no manifest or names files elsewhere; UNSUPPORTED for numbers that are none. */
export function manifestOf(json: Json | undefined, who: string): readonly WeightGroup[] {
  if (!isList(json)) throw corrupt(who, "it has no weightsManifest");
  const groups = json.map((group) => {
    const paths = field(group, "paths"),
      weights = field(group, "weights");
    if (!isList(paths) || !isList(weights)) throw corrupt(who, "a group of its weightsManifest has no paths or no weights");
    return { paths: paths.map((path) => pathOf(path, who)), weights: weights.map((weight) => specOf(weight, who)) };
  });
  const names = new Set<string>();
  for (const { name } of groups.flatMap(({ weights }) => weights)) {
    if (names.has(name)) throw corrupt(who, `two weights are named ${JSON.stringify(name)}`);
    names.add(name);
  }
  return groups;
}

function pathOf(path: Json, who: string): string {
  const leadsElsewhere =
    typeof path !== "string" ||
    path === "" ||
    path.startsWith("/") ||
    /[\\\0]|^[A-Za-z][A-Za-z\d+.-]*:/.test(path) ||
    path.split("/").includes("..");
  if (leadsElsewhere) throw corrupt(who, `a shard is named ${shown(path)}, which is no path beside model.json`);
  return path;
}

function specOf(weight: Json, who: string): WeightSpec {
  const name = textField(weight, "name"),
    shape = field(weight, "shape"),
    dtype = textField(weight, "dtype") ?? "float32",
    quantised = field(weight, "quantization");
  const isShape = isList(shape) && shape.length <= 32 && shape.every((n) => Number.isSafeInteger(n) && Number(n) >= 0);
  if (name === undefined || !isShape) throw corrupt(who, `a weight is ${shown(weight)}`);
  const packed = quantised === undefined ? dtype : (textField(quantised, "dtype") ?? "none");
  if (!Object.hasOwn(bytesPer, packed))
    throw new SluiceError({
      code: "UNSUPPORTED",
      who,
      what: `the weight ${JSON.stringify(name)} is of ${packed} numbers`,
      fix: "Convert the model with float32 weights",
      facts: { name, dtype: packed },
    });
  const [scale, min] = [field(quantised, "scale") ?? 1, field(quantised, "min") ?? 0];
  if (typeof scale !== "number" || typeof min !== "number")
    throw corrupt(who, `the weight ${JSON.stringify(name)} is quantised by ${shown(quantised ?? null)}`);
  return { name, shape: shape as readonly number[], packing: { dtype: packed as Packing["dtype"], scale, min } }; // as was just seen
}

/** The arrays of a group, by name, of its shards in order; in the numbers that they stand for. Throws FILE_CORRUPT where the shards hold less or more. */
export function unpack(
  { paths, weights }: WeightGroup,
  shards: readonly (ArrayBufferView | ArrayBufferLike)[],
  who: string,
): ReadonlyMap<string, HostArray> {
  const parts = shards.map((shard) => bytesOf(shard, who)),
    held = parts.reduce((sum, { length }) => sum + length, 0);
  const sizes = weights.map(({ shape, packing }) => shape.reduce((product, n) => product * n, bytesPer[packing.dtype])),
    needed = sizes.reduce((sum, size) => sum + size, 0);
  if (needed !== held) throw corrupt(who, `its shards ${paths.join(", ")} have ${held} bytes, the weights in them ${needed}`);
  let at = 0;
  return new Map(
    weights.map((weight, i) => {
      const from = at;
      at += sizes[i] ?? 0;
      return [weight.name, arrayOf(weight, within(parts, from, at))] as const;
    }),
  );
}

/** A part of all shards; copied where it lies in several, or where numbers may not begin. */
function within(parts: readonly Uint8Array[], from: number, to: number): Uint8Array {
  const whole = new Uint8Array(to - from);
  let start = 0;
  for (const part of parts) {
    const [low, high] = [Math.max(from, start), Math.min(to, start + part.length)];
    if (low < high) whole.set(part.subarray(low - start, high - start), low - from);
    start += part.length;
  }
  return whole;
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function arrayOf({ shape, packing: { dtype, scale, min } }: WeightSpec, bytes: Uint8Array): HostArray {
  const axes = shape.map((_, d) => `axis${d}`),
    view = new DataView(bytes.buffer);
  if (dtype === "float32" && isLittle && scale === 1 && min === 0)
    return { dtype: "f32", shape, axes, data: new Float32Array(bytes.buffer) };
  const read: Readonly<Record<Packing["dtype"], (at: number) => number>> = {
    float32: (at) => view.getFloat32(at, true),
    int32: (at) => view.getInt32(at, true),
    uint8: (at) => view.getUint8(at),
    bool: (at) => view.getUint8(at),
    uint16: (at) => view.getUint16(at, true),
    float16: (at) => widened(view.getUint16(at, true), f16),
  };
  const size = bytesPer[dtype],
    data = Float32Array.from({ length: bytes.length / size }, (_, i) =>
      dtype === "float16" ? read[dtype](i * size) : read[dtype](i * size) * scale + min,
    );
  return { dtype: "f32", shape, axes, data };
}

export function corrupt(who: string, what: string): SluiceError {
  return new SluiceError({
    code: "FILE_CORRUPT",
    who,
    what: `the model.json is not whole: ${what}`,
    fix: "Save or convert the model again",
  });
}
