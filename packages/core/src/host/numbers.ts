// Numbers on the host, however the caller has them, as one flat array with a shape. Whatever is not such numbers is refused at once, by its place.
import { maxRank } from "../arguments/rules.ts";
import { checkElements } from "../arguments/checks.ts";
import { show } from "../arguments/show.ts";
import type { DType, Shape, TypedArray } from "../backend.ts";
import { type ErrorCode, SluiceError } from "../errors.ts";
import { allocate, arrayType } from "../dtypes/arrays.ts";

/** Typed arrays whose every number some dtype holds. */
export type NumericArray = TypedArray | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Uint32Array | HalfArray;

/** `Float16Array`, where the engine has it. */
export interface HalfArray {
  readonly [Symbol.toStringTag]: "Float16Array";
  readonly length: number;
  readonly [index: number]: number;
}

/** Numbers in nested lists of equal lengths. */
export type Nested = number | readonly Nested[];

/** Numbers on the host: a typed array, a number, or nested lists of equal lengths of either. */
export type Values = NumericArray | number | readonly Values[];

/** Numbers as they were read: those of a typed array where they lie, those of lists in a new one. */
export interface HostNumbers {
  readonly data: NumericArray;
  readonly shape: Shape;
  /** What they are unless the caller says otherwise. */
  readonly dtype: DType;
}

/** Who asks for which argument, for messages. */
export interface Asked {
  readonly who: string;
  readonly name: string;
}

/** Each kind of typed array as the dtype that holds all its numbers; of Uint32Array, those below 2³¹. */
const dtypes: Readonly<Record<NumericArray[typeof Symbol.toStringTag], DType>> = {
  Float16Array: "f32",
  Float32Array: "f32",
  Float64Array: "f64",
  Int8Array: "i32",
  Int16Array: "i32",
  Int32Array: "i32",
  Uint8Array: "i32",
  Uint8ClampedArray: "i32",
  Uint16Array: "i32",
  Uint32Array: "i32",
};

/**
 * A typed array [length], a number [], or nested lists of either. dtype f32 for lists, but that of the typed arrays in them where they agree.
 *
 * Throws, naming the place (`x[3][1]`): SHAPE_MISMATCH for ragged lists; DTYPE_MISMATCH for bigints; INVALID_ARGUMENT for what are no numbers,
 * lists nested deeper than 32 (or within themselves), detached arrays, and more elements than one array has; OUT_OF_MEMORY.
 */
export function readNumbers(values: unknown, asked: Asked): HostNumbers {
  const type = arrayType(values);
  if (type !== undefined) {
    const data = checkArray(values as NumericArray, type, asked);
    return { data, shape: [data.length], dtype: dtypeNamed(type) };
  }
  if (typeof values === "number") return { data: Float64Array.of(values), shape: [], dtype: "f32" };
  if (!Array.isArray(values)) throw noNumbers(values, asked, []);
  return readLists(values, asked);
}

function readLists(lists: readonly unknown[], asked: Asked): HostNumbers {
  const shape = shapeOf(lists, asked);
  checkElements(asked.who, asked.name, shape);
  const data = allocate("f64", product(shape), asked.who),
    types = new Set<string>(),
    place: number[] = [];
  const fill = (list: unknown, depth: number, at: number): void => {
    const length = shape[depth]!,
      step = product(shape.slice(depth + 1)),
      isInnermost = depth === shape.length - 1;
    const type = arrayType(list);
    if (type !== undefined ? !isInnermost || lengthOf(list as NumericArray) !== length : !Array.isArray(list) || list.length !== length)
      throw misfit(list, length, asked, place);
    if (type !== undefined) {
      types.add(type);
      data.set(checkArray(list as NumericArray, type, asked, place), at);
      return;
    }
    const items = list as readonly unknown[]; // as just seen
    for (let i = 0; i < length; i++) {
      const item = items[i];
      place[depth] = i;
      place.length = depth + 1;
      if (!isInnermost) fill(item, depth + 1, at + i * step);
      else if (typeof item === "number") data[at + i] = item;
      else
        throw Array.isArray(item) || arrayType(item) !== undefined ? misfit(item, undefined, asked, place) : noNumbers(item, asked, place);
    }
    place.length = depth;
  };
  fill(lists, 0, 0);
  const own = new Set([...types].map(dtypeNamed)),
    [only] = own;
  return { data, shape, dtype: own.size === 1 && only !== undefined ? only : "f32" };
}

/** As the first of each list has it; what differs is found when the lists are read. */
function shapeOf(lists: readonly unknown[], asked: Asked): Shape {
  const shape: number[] = [];
  let each: unknown = lists;
  for (; Array.isArray(each) && shape.length <= maxRank; each = (each as readonly unknown[])[0]) {
    shape.push(each.length);
    if (each.length === 0) return shape;
  }
  if (arrayType(each) !== undefined) return [...shape, lengthOf(each as NumericArray)];
  if (shape.length <= maxRank) return shape;
  throw fail("INVALID_ARGUMENT", asked, `${asked.name} is nested more than ${maxRank} lists deep`, "Does a list hold itself?");
}

/** The array itself. */
function checkArray(array: NumericArray, type: string, asked: Asked, place: readonly number[] = []): NumericArray {
  const at = asked.name + indexText(place);
  if (!Object.hasOwn(dtypes, type))
    throw fail("DTYPE_MISMATCH", asked, `${at} must be numbers, got ${show(array)}`, "Convert them, as by Float64Array.from(x, Number)");
  if (lengthOf(array) > 0 || isAttached(array)) return array;
  throw fail(
    "INVALID_ARGUMENT",
    asked,
    `${at} is ${show(array)} whose buffer was detached`,
    "Pass an array before its buffer is transferred, or a copy",
  );
}

/** Methods of arrays refuse one whose buffer is gone, or is too short by now. */
function isAttached(array: NumericArray): boolean {
  try {
    Float32Array.prototype.at.call(array as Float32Array, 0); // any typed array will do
    return true;
  } catch {
    return false;
  }
}

function lengthOf(array: NumericArray): number {
  return array.length;
}

function dtypeNamed(type: string): DType {
  return dtypes[type as keyof typeof dtypes]; // `checkArray` saw the name
}

function misfit(item: unknown, length: number | undefined, asked: Asked, place: readonly number[]): SluiceError {
  const wanted = length === undefined ? "a number" : `a list of ${length}`,
    what = `nested lists must have equal lengths: expected ${wanted} at ${asked.name}${indexText(place)}, got ${show(item)}`;
  const isList = Array.isArray(item) || arrayType(item) !== undefined || typeof item === "number";
  return isList ? fail("SHAPE_MISMATCH", asked, what) : noNumbers(item, asked, place);
}

function noNumbers(value: unknown, asked: Asked, place: readonly number[]): SluiceError {
  const at = asked.name + indexText(place);
  if (typeof value === "bigint")
    return fail("DTYPE_MISMATCH", asked, `${at} must be a number, got ${show(value)}`, "Convert it with Number(…)");
  const wanted = place.length === 0 ? "a typed array, a number, or nested lists of numbers" : "a number";
  return fail("INVALID_ARGUMENT", asked, `${at} must be ${wanted}, got ${show(value)}`, remedy(value));
}

function remedy(value: unknown): string | undefined {
  if (typeof value === "boolean") return "Write 1 and 0";
  if (value instanceof Promise) return "Await it first";
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer" || kind === "DataView")
    return "Say how to read its bytes, as by new Float32Array(buffer)";
  return undefined;
}

function indexText(place: readonly number[]): string {
  return place.map((i) => `[${i}]`).join("");
}

function fail(code: ErrorCode, { who, name }: Asked, what: string, fix?: string): SluiceError {
  return new SluiceError({ code, who, what, ...(fix !== undefined && { fix }), facts: { argument: name } });
}

function product(shape: Shape): number {
  return shape.reduce((n, m) => n * m, 1);
}
