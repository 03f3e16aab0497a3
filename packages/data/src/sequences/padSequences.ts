// Sequences of unlike lengths as one array.
import { SluiceError, type HostArray } from "@sluice/core";
import { allocate, anyNumber, maxElements, oneOf, refused, size } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { isHostArray, readArray, type Numbers } from "../numbers/numbers.ts";

export interface PadSequencesOptions {
  /** Steps of all; longer sequences are cut. Default those of the longest. */
  readonly maxLength?: number;
  /** Where what is missing is filled up: "post", behind, as `lengths` of nn has it (default), or "pre", in front, as Keras does. */
  readonly padding?: "post" | "pre";
  /** Where a longer one is cut: "pre" keeps its end (default, as in Keras), "post" its beginning. */
  readonly truncating?: "pre" | "post";
  /** What it is filled up with. Default 0. */
  readonly value?: number;
  /** Default "i32" for sequences of numbers, which are indices, and "f32" for sequences of features and for floating arrays. */
  readonly dtype?: "i32" | "f32" | "f64";
}

export interface PaddedSequences {
  /** [samples, steps], or [samples, steps, features] */
  readonly x: HostArray;
  /** [samples]: how many steps of each are its own. Beside x they are data for `fit`, where padding is "post". */
  readonly lengths: Int32Array;
}

const rules = {
  maxLength: size,
  padding: oneOf("post", "pre"),
  truncating: oneOf("pre", "post"),
  value: anyNumber,
  dtype: oneOf("i32", "f32", "f64"),
};

const who = "padSequences";

/**
 * Sequences [steps] or [steps, features] → x, filled up to one number of steps, and the lengths. A sequence may have no step.
 *
 * Throws EMPTY_DATA where there is none, or no step at all; SHAPE_MISMATCH for unlike features, DTYPE_MISMATCH for numbers that are not whole where
 * indices are wanted, INVALID_ARGUMENT for what are no numbers.
 *
 * ```ts
 * const { x, lengths } = padSequences([[3, 1, 2], [5]]);
 * x.data; // 3 1 2 5 0 0
 * lengths; // 3 1
 * ```
 */
export function padSequences(sequences: readonly Numbers[], options: PadSequencesOptions = {}): PaddedSequences {
  const { padding = "post", truncating = "pre", value = 0, ...taken } = given(who, options, rules);
  const all = readAll(sequences),
    width = widthOf(all),
    steps = taken.maxLength ?? all.reduce((most, { length }) => Math.max(most, length), 0);
  if (steps === 0) throw nothing("no sequence has a step", "Leave empty sequences out, or say maxLength");
  const row = width ?? 1,
    dtype = taken.dtype ?? (width === undefined && !all.some(({ isFloating }) => isFloating) ? "i32" : "f32"),
    elements = all.length * steps * row;
  if (elements > maxElements)
    throw refused(who, "the sequences", elements, `at most ${maxElements} numbers together`, [], "Say a smaller maxLength");
  const data = allocate(dtype, elements, who).fill(value);
  if (dtype === "i32") checkWhole(value, "value");
  const lengths = Int32Array.from(all, ({ length, data: own }, s) => {
    const kept = Math.min(length, steps),
      from = truncating === "pre" ? length - kept : 0,
      to = s * steps + (padding === "pre" ? steps - kept : 0);
    for (let i = 0; i < kept * row; i++) {
      const number = own[from * row + i] ?? NaN;
      if (dtype === "i32") checkWhole(number, `sequences[${s}]`);
      data[to * row + i] = number;
    }
    return kept;
  });
  return { x: { dtype, shape: [all.length, steps, ...(width === undefined ? [] : [width])], data }, lengths };
}

interface Sequence {
  readonly data: ArrayLike<number>;
  readonly length: number;
  /** Undefined of plain numbers, and of nothing. */
  readonly width: number | undefined;
  readonly isEmptyList: boolean;
  readonly isFloating: boolean;
}

function readAll(sequences: readonly Numbers[]): readonly Sequence[] {
  if (!Array.isArray(sequences)) throw refused(who, "sequences", sequences, "a list of sequences, each of numbers or of lists of them");
  if (sequences.length === 0) throw nothing("there is no sequence");
  return Array.from(sequences as readonly Numbers[], (one, s) => {
    const { data, shape } = readArray(who, `sequences[${s}]`, one);
    if (shape.length !== 1 && shape.length !== 2)
      throw refused(who, `sequences[${s}]`, one, "numbers [steps], or lists of them [steps, features]");
    const array: unknown = isHostArray(one) ? one.data : one;
    const isFloating = array instanceof Float32Array || array instanceof Float64Array;
    return { data, length: shape[0] ?? 0, width: shape[1], isEmptyList: shape.length === 1 && shape[0] === 0, isFloating };
  });
}

/** Of all; an empty list says nothing. */
function widthOf(all: readonly Sequence[]): number | undefined {
  const said = all.filter(({ isEmptyList }) => !isEmptyList),
    width = said[0]?.width;
  const other = said.find((one) => one.width !== width);
  if (other === undefined) return width;
  const called = (features: number | undefined): string => (features === undefined ? "numbers" : `lists of ${features}`);
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `sequences[${all.indexOf(other)}] is of ${called(other.width)}, those before it of ${called(width)}`,
    facts: { sequence: all.indexOf(other) },
  });
}

function checkWhole(number: number, name: string): void {
  if ((number | 0) === number) return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `${name} holds ${number}, indices are whole numbers of 32 bits`,
    fix: 'Say { dtype: "f32" } for numbers that are no indices',
    facts: { value: number },
  });
}

function nothing(what: string, fix?: string): SluiceError {
  return new SluiceError({ code: "EMPTY_DATA", who, what, ...(fix !== undefined && { fix }) });
}
