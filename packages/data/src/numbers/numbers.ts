// Numbers as the caller has them, with their shape.
import { SluiceError, type HostArray, type Shape, type Values } from "@sluice/core";
import { checkElements, readNumbers } from "@sluice/core/arguments";

/** With a shape, flat in a typed array, or in nested lists of equal lengths, whose innermost may be typed arrays. */
export type Numbers = HostArray | Values;

/** Numbers with a shape, row-major. */
export interface ReadArray {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/**
 * Numbers where they lie, or nested ones in a new array.
 * Throws as core's `readNumbers` does, and SHAPE_MISMATCH for a shape that does not fit the data.
 */
export function readArray(who: string, name: string, value: Numbers): ReadArray {
  if (!isHostArray(value)) return readNumbers(value, { who, name });
  const { shape, data } = value;
  checkElements(who, `the shape of ${name}`, shape);
  const numbers = readNumbers(data, { who, name: `the data of ${name}` });
  const size = shape.reduce((product, n) => product * n, 1);
  if (numbers.data.length === size) return { data: numbers.data, shape };
  const what = `${name} [${shape.join(", ")}] needs ${size} elements, its data has ${numbers.data.length}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { shape, length: numbers.data.length } });
}

export function isHostArray(value: unknown): value is HostArray {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}
