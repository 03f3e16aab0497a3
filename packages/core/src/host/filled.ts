// Numbers on the host in the dtype and the shape that are wanted.
import { checkDType, checkElements } from "../arguments/checks.ts";
import type { DType, Shape, TypedArray } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { convert } from "./convert.ts";
import { type Asked, readNumbers } from "./numbers.ts";

export interface Wanted {
  /** Default: as the numbers are nested. */
  readonly shape?: Shape | undefined;
  /** Default: their own. */
  readonly dtype?: DType | undefined;
}

export interface Filled {
  /** The caller's own array where it has the dtype already. */
  readonly data: TypedArray;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Throws as `readNumbers` and `convert` do, and SHAPE_MISMATCH where the numbers do not fill the shape. */
export function filled(values: unknown, { shape, dtype }: Wanted, asked: Asked): Filled {
  const { who } = asked;
  if (dtype !== undefined) checkDType(who, "dtype", dtype);
  if (shape !== undefined) checkElements(who, "shape", shape);
  const numbers = readNumbers(values, asked),
    to = dtype ?? numbers.dtype;
  if (shape === undefined) return { data: convert(numbers.data, to, asked), shape: numbers.shape, dtype: to };
  if (shape.reduce((product, n) => product * n, 1) === numbers.data.length)
    return { data: convert(numbers.data, to, asked), shape, dtype: to };
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${numbers.data.length} numbers do not fill shape [${shape.join(", ")}]`,
    facts: { shape, length: numbers.data.length },
  });
}
