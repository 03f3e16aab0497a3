// Data as the caller has it, made into one array on the host.
import { SluiceError, type HostArray, type Values } from "@sluice/core";
import { check, checkElements, dtype, readNumbers, type HostNumbers } from "@sluice/core/arguments";

/** Numbers on the host: with a shape, flat in a typed array, or in nested lists of equal lengths, whose innermost may be typed arrays. */
export type Numbers = HostArray | Values;

/**
 * Numbers where they lie, or nested ones as one float64 array; a HostArray by its own shape.
 * Throws as core's `hostArray` does, and SHAPE_MISMATCH for a shape that does not fit the data.
 */
export function hostNumbers(value: Numbers, who: string, name: string): HostNumbers {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- null comes from callers without types
  if (typeof value !== "object" || value === null || !("data" in value)) return readNumbers(value, { who, name });
  const { shape, data, dtype: given } = value;
  checkElements(who, `the shape of ${name}`, shape);
  check(who, `the dtype of ${name}`, given, dtype);
  const numbers = readNumbers(data, { who, name: `the data of ${name}` });
  const size = shape.reduce((product, n) => product * n, 1);
  if (numbers.data.length === size) return { ...numbers, shape };
  const what = `${name} [${shape.join(", ")}] needs ${size} elements, its data has ${numbers.data.length}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { shape, length: numbers.data.length } });
}
