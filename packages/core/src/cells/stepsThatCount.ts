// Which steps of a batch of sequences count: those before each row's length, and those that a mask names.
import { SluiceError } from "../errors.ts";
import { less, where } from "../trace/arithmetic.ts";
import { iota } from "../trace/constants.ts";
import { describe } from "../trace/describe.ts";
import { flags } from "../trace/flags.ts";
import { cast } from "../trace/functions.ts";
import { expand, transpose } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";

export interface Counting {
  /** i32 [batch] */
  readonly lengths: Tensor | undefined;
  /** [batch, steps], or time-major [steps, batch] */
  readonly mask: Tensor | undefined;
  readonly timeMajor: boolean;
}

/** 1 where a step counts, otherwise 0, [steps, batch, 1]; undefined where all do. `rows` are [steps, batch, …]. */
export function stepsThatCount(who: string, { lengths, mask, timeMajor }: Counting, rows: Tensor): Tensor | undefined {
  const tests = [
    ...(lengths === undefined ? [] : [beforeEnd(who, lengths, rows)]),
    ...(mask === undefined ? [] : [named(who, mask, rows, timeMajor)]),
  ];
  return tests.length === 0
    ? undefined
    : expand(
        tests.reduce((all, test) => where(all, test, 0)),
        -1,
      );
}

/** [steps, batch] */
function beforeEnd(who: string, lengths: Tensor, { shape: [steps = 0, batch = 0], dtype }: Tensor): Tensor {
  if (lengths.dtype !== "i32")
    throw new SluiceError({
      code: "DTYPE_MISMATCH",
      who,
      what: `lengths must be i32, got ${lengths.dtype}`,
      fix: "Pass an Int32Array",
      facts: { dtype: lengths.dtype },
    });
  if (lengths.rank !== 1 || lengths.shape[0] !== batch)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who,
      what: `lengths must be [batch ${batch}], got ${describe(lengths, "lengths")}`,
      facts: { shape: lengths.shape, batch },
    });
  return less(expand(iota(steps, dtype), 1), cast(lengths, dtype));
}

/** [steps, batch] */
function named(who: string, mask: Tensor, { shape: [steps = 0, batch = 0], dtype }: Tensor, timeMajor: boolean): Tensor {
  const wanted = timeMajor ? [steps, batch] : [batch, steps];
  if (mask.shape.join() !== wanted.join()) {
    const [first, second] = timeMajor ? ["steps", "batch"] : ["batch", "steps"];
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who,
      what: `mask must be [${first} ${wanted[0]}, ${second} ${wanted[1]}], got ${describe(mask, "mask")}`,
      facts: { shape: mask.shape, expected: wanted },
    });
  }
  return where(flags(timeMajor ? mask : transpose(mask, [1, 0]), dtype), 1, 0);
}
