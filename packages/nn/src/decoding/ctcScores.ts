// Scores of classes, step by step, as those read them who look for labels in them: on the host, each sample as far as it counts.
import { SluiceError, type TypedArray } from "@sluice/core";
import { count, type Rule } from "@sluice/core/arguments";
import { placeFor, readElements, type Asked } from "../host/elements.ts";
import { hostNumbers, type Numbers } from "../host/hostNumbers.ts";
import { optional, preset, required, type Table } from "../options/table.ts";

export interface CtcScores {
  /** [samples, steps, classes], as `predict` gives them. */
  readonly scores: Numbers;
  /** How many steps of each sample count, [samples]; default all. */
  readonly lengths?: Numbers;
  /** The class that stands for no label. Default 0. */
  readonly blank?: number;
}

const numbers: Rule<Numbers> = {
  expected: "numbers",
  accepts: (value): value is Numbers => typeof value === "object" && value !== null, // which are checked where they are read
};

export const scoresTable = {
  scores: required(numbers),
  lengths: optional(numbers),
  blank: preset(count, 0),
} satisfies Table<CtcScores>;

interface Given {
  readonly scores: Numbers;
  readonly lengths: Numbers | undefined;
  readonly blank: number;
}

/** Of each sample, of each step that counts, the scores by class. Throws SHAPE_MISMATCH, and as `readElements` among what counts. */
export function scoresIn(who: string, { scores, lengths, blank }: Given, least = -Infinity): readonly (readonly Float64Array[])[] {
  const array = hostNumbers(scores, who, "scores"),
    [samples = 0, steps = 0, classes = 0] = array.shape;
  if (array.shape.length !== 3) throw misfit(who, `scores must be [samples, steps, classes], got [${array.shape.join(", ")}]`);
  if (blank >= classes) throw misfit(who, `the blank is class ${blank}, and scores have ${classes} of them, from 0`);
  const counted = lengths === undefined ? undefined : lengthsIn(who, lengths, samples, steps);
  const made = new Float64Array(array.data.length);
  const asked: Asked = { wanted: { dtype: "float", range: [least, Infinity] }, dtype: "f64", who, name: "scores" };
  return Array.from({ length: samples }, (_, row) => {
    const start = row * steps * classes,
      length = counted?.[row] ?? steps;
    readElements(array, made, start, start + length * classes, asked);
    return Array.from({ length }, (_step, t) => made.subarray(start + t * classes, start + (t + 1) * classes));
  });
}

function lengthsIn(who: string, lengths: Numbers, samples: number, steps: number): TypedArray {
  const array = hostNumbers(lengths, who, "lengths");
  if (array.shape.join() !== `${samples}`) throw misfit(who, `lengths must be [samples ${samples}], got [${array.shape.join(", ")}]`);
  const asked: Asked = { wanted: { dtype: "i32", range: [0, steps] }, dtype: "f64", who, name: "lengths" };
  const read = placeFor(array.data, asked);
  readElements(array, read, 0, samples, asked);
  return read;
}

function misfit(who: string, what: string): SluiceError {
  return new SluiceError({ code: "SHAPE_MISMATCH", who, what });
}
