// Numbers on the host with a shape.
import { type Names, options as named } from "../arguments/options.ts";
import type { DType, Shape, TypedArray } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { filled } from "./filled.ts";
import type { Values } from "./numbers.ts";

/** Numbers on the host with their shape, row-major. */
export interface HostArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
  /** Names of the axes, for messages. */
  readonly axes?: readonly (string | undefined)[] | undefined;
}

export interface ArrayOptions {
  /** Default: as the data is nested; flat for a typed array. */
  readonly shape?: Shape;
  /** Default: that of the typed array, f32 for lists. */
  readonly dtype?: DType;
  readonly name?: string;
  readonly axes?: readonly (string | undefined)[] | undefined;
}

const names: Names<ArrayOptions & Pick<HostArray, "data">> = { shape: true, dtype: true, name: true, axes: true, data: true };

/**
 * Numbers with a shape, on the host: the caller's own array where it has the dtype already. A host array may be the options of its own data,
 * which then have its shape, dtype and axes: `hostArray(x.data, x)`.
 *
 * Throws, naming the place: SHAPE_MISMATCH for ragged lists, and where the numbers do not fill the shape; DTYPE_MISMATCH for bigints and for
 * what i32 does not hold; INVALID_ARGUMENT for texts, buffers and other things that are no numbers, lists nested more than 32 deep, detached
 * arrays, sizes that are no whole numbers, and options with other data; OUT_OF_MEMORY.
 */
export function hostArray(values: Values, options: ArrayOptions = {}): HostArray {
  const { shape, dtype, axes, data = values } = named<ArrayOptions & Partial<HostArray>>("array", options, names);
  if (data !== values) throw otherData();
  return { ...filled(values, { shape, dtype }, { who: "array", name: "values" }), axes };
}

/** Nothing would read them. */
function otherData(): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "array",
    what: "there is no option data, unless they are the values themselves",
    fix: "Pass the data as values",
    facts: { option: "data" },
  });
}
