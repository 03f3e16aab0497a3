// One step of a model that writes: what decoding is a loop around.
import { hostArray, type HostArray, NDArray, SluiceError, type TypedArray } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { isRecord } from "../options/table.ts";
import type { Carried } from "./carried.ts";

/**
 * Reads one token of every row and gives the scores of the next ones; rows do not see each other. `tokens` is i32 [rows, 1]; what it gives is
 * disposed of by decoding; arrays that it was given it may give again. `state` is a tree of arrays, each [rows, …].
 */
export type DecodingStep<S> = (tokens: HostArray, state: S) => Promise<DecodingResult<S>>;

export interface DecodingResult<S> {
  /** Logits or log probabilities, [rows, vocabulary]. */
  readonly scores: NDArray;
  readonly state: S;
  /** What the step attended to, [rows, …]: kept for the tokens that are chosen by it. */
  readonly alignment?: NDArray;
}

/** What a step gave, on the host. */
export interface Stepped {
  /** [rows · vocabulary] */
  readonly scores: TypedArray;
  readonly vocabulary: number;
  /** Of each row. */
  readonly alignments: readonly TypedArray[] | undefined;
}

export interface Taking {
  readonly who: string;
  readonly step: DecodingStep<object>;
  readonly carried: Carried;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs the step on a token of each row, carries its state on, and reads what it gave: the scores where something is chosen by them. Throws ABORTED
 * by the signal; INVALID_ARGUMENT and SHAPE_MISMATCH for what is no result, INDEX_OUT_OF_RANGE for a token that the scores have no place for; what it gave is gone then.
 */
export async function take(
  { who, step, carried, signal }: Taking,
  tokens: readonly number[],
  wanted: "state" | "scores" | "all",
): Promise<Stepped> {
  if (signal?.aborted) throw new SluiceError({ code: "ABORTED", who, what: "the signal ended it", cause: signal.reason });
  const result = await step(hostArray(Int32Array.from(tokens), { shape: [tokens.length, 1] }), carried.now);
  try {
    const { scores, alignment, state } = checked(who, result, tokens.length);
    const [, vocabulary = 0] = scores.shape;
    const outside = tokens.findIndex((token) => token >= vocabulary);
    if (outside >= 0) throw beyond(who, `token ${tokens[outside]} of row ${outside}`, vocabulary);
    const [read, aligned] = await Promise.all([
      wanted === "state" ? new Float32Array(0) : scores.read(),
      wanted === "all" ? alignment?.read() : undefined,
    ]);
    carried.become(state);
    return { scores: read, vocabulary, alignments: aligned && rowsOf(aligned, tokens.length) };
  } finally {
    carried.drop(result);
  }
}

/** INDEX_OUT_OF_RANGE. */
export function beyond(who: string, what: string, vocabulary: number): SluiceError {
  return new SluiceError({
    code: "INDEX_OUT_OF_RANGE",
    who,
    what: `${what} is outside 0 … ${vocabulary - 1}, which the step gives scores of`,
    facts: { vocabulary },
  });
}

function rowsOf(data: TypedArray, rows: number): TypedArray[] {
  const width = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

function checked(who: string, result: DecodingResult<object>, rows: number): DecodingResult<object> {
  const given: unknown = result;
  if (!isRecord(given)) throw refused(who, "what the step gives", given, "a record of scores and state");
  const { scores, alignment, state } = given;
  if (!(scores instanceof NDArray)) throw refused(who, "the scores of the step", scores, "an NDArray [rows, vocabulary]");
  if (typeof state !== "object" || state === null) throw refused(who, "the state of the step", state, "a tree of arrays");
  if (scores.shape.length !== 2 || scores.shape[0] !== rows || scores.shape[1] === 0)
    throw unlike(who, "scores", scores, `[rows ${rows}, vocabulary]`);
  if (alignment === undefined) return { scores, state };
  if (!(alignment instanceof NDArray)) throw refused(who, "the alignment of the step", alignment, "an NDArray [rows, …]");
  if (alignment.shape[0] !== rows) throw unlike(who, "alignment", alignment, `[rows ${rows}, …]`);
  return { scores, state, alignment };
}

function unlike(who: string, name: string, { shape }: NDArray, wanted: string): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the step must give ${name} ${wanted}, got [${shape.join(", ")}]`,
    fix: "Reshape them; a row is a sequence that is written",
    facts: { shape },
  });
}
