// Rows by index.
import { checkCount } from "../arguments/checks.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import { sizeOf } from "../shape.ts";
import type { DType } from "../backend.ts";
import { equal } from "./arithmetic.ts";
import { checkAxis } from "./axis.ts";
import { iota } from "./constants.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { cast } from "./functions.ts";
import { expand, reshape } from "./movement.ts";
import { label, who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** The rows of `table` [rows, width] that `index` (i32, any shape) names: [..index, width]. A row outside the table is NaN, and gets no gradient. */
export function gather(table: Tensor, index: Tensor): Tensor {
  checkTensor("gather", table, "table");
  checkTensor("gather", index, "index");
  if (table.rank !== 2)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("gather"),
      what: `gather needs a table [rows, width], got ${describe(table)}`,
      facts: { shape: table.shape },
    });
  if (index.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who: who("gather"),
      what: `gather needs an i32 index, got ${describe(index)} of ${index.dtype}`,
      fix: 'cast(index, "i32"), or pass an Int32Array',
      facts: { dtype: index.dtype },
    });
  const flat = make.gather(table.node, make.reshape(index.node, [sizeOf(index.shape)]), label("gather"));
  return table.derive(make.reshape(flat, [...index.shape, table.shape[1]!]), [
    ...index.shape.map((_, axis) => index.axes[axis]),
    table.axes[1],
  ]);
}

/**
 * 1 at the index, 0 elsewhere: [..index, classes], or with the classes as the axis named of the result. An index outside the classes gives zeros.
 * Throws INVALID_ARGUMENT for a number of classes that is none, and for an axis that there is not.
 */
export function oneHot(index: Tensor, classes: number, dtype: DType = "f32", axis = -1): Tensor {
  checkTensor("oneHot", index, "index");
  checkCount(who("oneHot"), "classes", classes);
  const along = checkAxis("oneHot", index, axis, 1);
  const each = reshape(
    iota(classes, dtype),
    Array.from({ length: index.rank + 1 }, (_, a) => (a === along ? classes : 1)),
  );
  return equal(expand(cast(index, dtype), along), each);
}
