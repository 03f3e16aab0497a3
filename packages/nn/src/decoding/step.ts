// One step of a model that writes: what decoding is a loop around.
import { hostArray, leavesOf, type HostArray, NDArray, SluiceError, type TypedArray } from "@sluice/core";
import { show } from "@sluice/core/arguments";

/**
 * Reads one token of every row and gives the scores of the next ones; rows do not see each other. `tokens` is i32 [rows, 1]; the results are
 * the caller's, as those of a compiled function are: decoding disposes of them. `state` is a tree of arrays, each [rows, …].
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
export interface Stepped<S> {
  /** [rows · vocabulary] */
  readonly scores: TypedArray;
  readonly vocabulary: number;
  readonly state: S;
  /** Of each row. */
  readonly alignments: readonly TypedArray[] | undefined;
}

/** Runs the step and reads what it gave. Throws SHAPE_MISMATCH for scores that are not [rows, vocabulary]; what it gave is gone then. */
export async function take<S>(who: string, step: DecodingStep<S>, tokens: readonly number[], state: S): Promise<Stepped<S>> {
  const result = await step(hostArray(Int32Array.from(tokens), { shape: [tokens.length, 1] }), state);
  const { scores, alignment } = result;
  try {
    checkScores(who, scores, tokens.length);
    const [read, aligned] = await Promise.all([scores.read(), alignment?.read()]);
    const width = read.length / tokens.length;
    return { scores: read, vocabulary: width, state: result.state, alignments: aligned && rowsOf(aligned, tokens.length) };
  } catch (error) {
    drop(result.state);
    throw error;
  } finally {
    drop([scores, alignment]);
  }
}

/** Disposes of the arrays in it, whatever else a step has put there. */
export function drop(tree: unknown): void {
  for (const [, leaf] of leavesOf(tree, (value) => value instanceof NDArray)) if (leaf instanceof NDArray) leaf.dispose();
}

function rowsOf(data: TypedArray, rows: number): TypedArray[] {
  const width = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

function checkScores(who: string, scores: NDArray, rows: number): void {
  const given: unknown = scores;
  if (!(given instanceof NDArray))
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `the step must give scores, an NDArray, got ${show(given)}` });
  const [first, second = 0] = given.shape;
  if (given.shape.length === 2 && first === rows && second > 0) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the step must give scores [rows ${rows}, vocabulary], got [${given.shape.join(", ")}]`,
    fix: "Reshape them; a row is a sequence that is written",
    facts: { shape: given.shape, rows },
  });
}
