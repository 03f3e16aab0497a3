// A safetensors file of whatever types, by ranges: what its header says, and each array when it is asked for.
import { SluiceError, type HostArray, type Shape, type TypedArray } from "@sluice/core";
import { meant, show } from "@sluice/core/arguments";
import { prefixLength, readStoredHead, storedBits, storedHeaderEnd, type Stored, type StoredType } from "@sluice/nn/kit";
import { elements, type Elements } from "./elements.ts";
import { corrupt, failuresOf } from "./failures.ts";
import { eachPart, readRange, sourceOf, type Bytes, type Source } from "./source.ts";

export interface TensorInfo {
  /** As the format calls it: "F32", "BF16". */
  readonly type: StoredType;
  readonly shape: Shape;
  /** How many it takes in the file. */
  readonly bytes: number;
}

/** An open file: nothing but its header was read. */
export interface SafetensorsFile {
  /** In the order of the data. */
  readonly names: readonly string[];
  readonly tensors: Readonly<Record<string, TensorInfo>>;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * One array, the caller's own: F16, BF16, F8_E4M3 and F8_E5M2 as f32, whole numbers and BOOL as i32. It is read in parts into its place, so that a second
   * copy is never held.
   *
   * Throws INVALID_ARGUMENT for a name that there is not, UNSUPPORTED for a type that none of Sluice's holds (F8_E8M0, F4, …), DTYPE_MISMATCH for a whole
   * number beyond i32, FILE_CORRUPT where the source ends early or a BOOL is neither 0 nor 1, OUT_OF_MEMORY, and what the source throws.
   */
  read(name: string): Promise<HostArray>;
  /** Several arrays, all of them by default. Throws as `read`, for types that cannot be read before any array is. */
  readAll(names?: readonly string[]): Promise<Record<string, HostArray>>;
  /** The bytes of one array as they are in the file, the caller's own: for types that Sluice does not read. */
  readBytes(name: string): Promise<Uint8Array>;
}

/**
 * Opens a safetensors file: `bytes`, which are read where they lie, or a source of ranges.
 *
 * At most 32 MiB of it may be header; arrays must follow each other without holes, as the format says. Throws INVALID_ARGUMENT for what is neither bytes nor a
 * source, FILE_CORRUPT for what is cut short or damaged, FILE_FOREIGN for what is no safetensors file (of torch.save's with what to do), and what the source
 * throws. Source: https://github.com/huggingface/safetensors, "Format".
 *
 * ```ts
 * const file = await openSafetensors(bytes);
 * const { data, shape } = await file.read("encoder.weight");
 * ```
 */
export async function openSafetensors(given: Bytes | Source): Promise<SafetensorsFile> {
  return openAs(given, "openSafetensors");
}

/** As `openSafetensors`; errors are `who`'s. */
export async function openAs(given: Bytes | Source, who: string): Promise<SafetensorsFile> {
  const source = sourceOf(given, who);
  const prefix = await readRange(source, 0, Math.min(prefixLength, source.length), who),
    failures = failuresOf(who, prefix);
  const start = storedHeaderEnd(prefix, source.length, failures);
  const { entries, metadata } = readStoredHead(await readRange(source, 8, start, who), source.length - start, failures);
  const found = new Map(entries.map((entry) => [entry.name, entry]));
  const read = async (name: string): Promise<HostArray> => readEntry(source, entryOf(found, name, who), start, who);
  return {
    names: [...found.keys()],
    tensors: Object.fromEntries(entries.map(({ name, type, shape, begin, end }) => [name, { type, shape, bytes: end - begin }])),
    metadata,
    read,
    readAll: (names = [...found.keys()]) => readAll(names, (name) => entryOf(found, name, who), read, who),
    async readBytes(name) {
      const { begin, end } = entryOf(found, name, who),
        bytes = allocate(Uint8Array, end - begin, name, who);
      await eachPart(source, { from: start + begin, to: start + end, unit: 1, who }, (part, offset) => bytes.set(part, offset));
      return bytes;
    },
  };
}

/** One after the other. Throws UNSUPPORTED, before any is read, for all whose types cannot be. */
export async function readAll(
  names: readonly string[],
  entryOf: (name: string) => { readonly type: StoredType },
  read: (name: string) => Promise<HostArray>,
  who: string,
): Promise<Record<string, HostArray>> {
  const unreadable = names.filter((name) => elements[entryOf(name).type] === undefined);
  if (unreadable.length > 0) throw noType(unreadable.map((name) => ({ name, type: entryOf(name).type })), who); // prettier-ignore
  const arrays: (readonly [string, HostArray])[] = [];
  for (const name of names) arrays.push([name, await read(name)]);
  return Object.fromEntries(arrays);
}

async function readEntry(source: Source, entry: Stored, start: number, who: string): Promise<HostArray> {
  const { name, type, shape, begin, end } = entry,
    kind: Elements | undefined = elements[type];
  if (kind === undefined) throw noType([entry], who);
  const unit = storedBits[type] / 8,
    make: new (length: number) => TypedArray = arrays[kind.dtype],
    data = allocate(make, (end - begin) / unit, name, who);
  const fail = (index: number, value: bigint | number): SluiceError =>
    type === "BOOL" ? corrupt(who, `the BOOL ${show(name)} holds ${value} at element ${index}`) : tooWide(entry, index, value, who);
  await eachPart(source, { from: start + begin, to: start + end, unit, who }, (part, offset) =>
    kind.decode(new DataView(part.buffer, part.byteOffset, part.byteLength), data, offset / unit, fail),
  );
  return { dtype: kind.dtype, shape, data };
}

const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;

function allocate<T>(make: new (length: number) => T, length: number, name: string, who: string): T {
  try {
    return new make(length);
  } catch (cause) {
    throw new SluiceError({ code: "OUT_OF_MEMORY", who, what: `there is no room for the ${length} elements of ${show(name)}`, cause });
  }
}

export function entryOf<T>(found: ReadonlyMap<string, T>, name: string, who: string): T {
  const entry = found.get(name);
  if (entry !== undefined) return entry;
  const fix = meant(String(name), [...found.keys()].slice(0, 1000)); // of so many the nearest is found in no time
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `there is no array ${show(name)}`, fix, facts: { name } });
}

function noType(entries: readonly Pick<Stored, "name" | "type">[], who: string): SluiceError {
  return new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `no dtype of Sluice holds ${entries.map(({ name, type }) => `${show(name)} (${type})`).join(", ")}`,
    fix: "Write the file again with f32, f16 or bf16, or take readBytes and decode them",
    facts: { names: entries.map(({ name }) => name) },
  });
}

function tooWide({ name, type }: Stored, index: number, value: bigint | number, who: string): SluiceError {
  return new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `${show(name)} (${type}) holds ${value} at element ${index}, which i32 does not`,
    fix: "Write the file again with smaller numbers, or take readBytes and decode them",
    facts: { name, index },
  });
}
