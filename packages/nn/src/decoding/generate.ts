// Writing, token by token, each drawn by the scores of the step before.
import { random, SluiceError } from "@sluice/core";
import { finite } from "@sluice/core/arguments";
import { filled, given, preset, type Table } from "../options/table.ts";
import { checkPrompt, writingTable, type Writing } from "./prompt.ts";
import { choose, samplingTable, type Sampling } from "./sampling.ts";
import { drop, take, type DecodingStep } from "./step.ts";

export interface GenerateOptions<S> extends Writing<S>, Sampling {
  /** Of the draws, of each row its own; default 0. */
  readonly seed?: number;
}

export const generateTable = { ...writingTable, ...samplingTable, seed: preset(finite, 0) } satisfies Table<GenerateOptions<object>>;

const who = "generate";

/**
 * The tokens that follow the prompt, i32 [rows] for each step, as they are drawn: a loop around one step of a model, its state carried on.
 *
 * A row that has written `end` goes on with it; when all have, or after `maxSteps`, it is over. The same seed gives the same tokens. Throws
 * INVALID_ARGUMENT for options that make no sense, SHAPE_MISMATCH and NOT_FINITE for scores that are none, ABORTED by `signal`, and what the
 * step throws; states on the way are disposed of however it ends.
 *
 * ```ts
 * for await (const [token] of generate({ step, state, prompt: [[1, 2]], maxSteps: 80, temperature: 0.8, topP: 0.95, seed: 1 })) print(token);
 * ```
 */
export async function* generate<S extends object>(options: GenerateOptions<S>): AsyncGenerator<Int32Array, void, undefined> {
  const checked = filled(generateTable, given(who, generateTable, options as unknown as GenerateOptions<object>));
  const { prompt, maxSteps, end, seed, signal, ...rules } = checked;
  checkPrompt(who, prompt);
  const step = checked.step as DecodingStep<object>;
  const rows = prompt.map((tokens, row) => ({ tokens: [...tokens], seen: new Set(tokens), dice: random(seed).child(row), isOver: false }));
  let state: object = checked.state;
  const goOn = async (tokens: readonly number[]) => {
    if (signal?.aborted) throw new SluiceError({ code: "ABORTED", who, what: "the signal ended it", cause: signal.reason });
    const stepped = await take(who, step, tokens, state);
    if (state !== checked.state) drop(state);
    state = stepped.state;
    return stepped;
  };
  try {
    const length = prompt[0]?.length ?? 0;
    for (let at = 0; at < length - 1; at++) await goOn(rows.map(({ tokens }) => tokens[at] ?? 0)); // all are as long
    for (let written = 0; written < maxSteps && !rows.every(({ isOver }) => isOver); written++) {
      const { scores, vocabulary } = await goOn(rows.map(({ tokens }) => tokens.at(-1) ?? 0)); // each has one at least
      for (const [i, row] of rows.entries()) {
        const own = scores.subarray(i * vocabulary, (i + 1) * vocabulary);
        const token = row.isOver && end !== undefined ? end : choose(who, own, row.seen, rules, row.dice);
        row.tokens.push(token);
        row.seen.add(token);
        row.isOver ||= token === end;
      }
      yield Int32Array.from(rows, ({ tokens }) => tokens.at(-1) ?? 0);
    }
  } finally {
    if (state !== checked.state) drop(state);
  }
}
