// Writing, token by token, each drawn by the scores of the step before.
import { random } from "@sluice/core";
import { finite } from "@sluice/core/arguments";
import { optionsOf, preset, type Filled, type Table } from "../options/table.ts";
import { checkPrompt, writingTable, type Writing } from "./prompt.ts";
import { choose, samplingTable, type Sampling } from "./sampling.ts";
import { Carried } from "./carried.ts";
import { beyond, take } from "./step.ts";

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
export function generate<S extends object>(options: GenerateOptions<S>): AsyncGenerator<Int32Array, void, undefined> {
  const checked = optionsOf(who, generateTable, options as unknown as GenerateOptions<object>);
  checkPrompt(who, checked.prompt);
  return written(checked);
}

async function* written({
  step,
  state,
  prompt,
  maxSteps,
  end,
  seed,
  signal,
  ...rules
}: Checked): AsyncGenerator<Int32Array, void, undefined> {
  const carried = new Carried(state);
  const taking = { who, step, carried, signal };
  const rows = prompt.map((tokens, row) => ({ last: 0, own: tokens, seen: new Set(tokens), dice: random(seed).child(row), isOver: false }));
  try {
    const length = prompt[0]?.length ?? 0;
    for (let at = 0; at < length; at++) {
      for (const row of rows) row.last = row.own[at] ?? 0; // all are as long
      if (at < length - 1) await take(taking, rows.map(({ last }) => last), "state"); // prettier-ignore
    }
    for (let count = 0; count < maxSteps && !rows.every(({ isOver }) => isOver); count++) {
      const { scores, vocabulary } = await take(taking, rows.map(({ last }) => last), "scores"); // prettier-ignore
      if (end !== undefined && end >= vocabulary) throw beyond(who, `end ${end}`, vocabulary);
      for (const [i, row] of rows.entries()) {
        const own = scores.subarray(i * vocabulary, (i + 1) * vocabulary);
        row.last = row.isOver && end !== undefined ? end : choose(who, own, row.seen, rules, row.dice);
        row.seen.add(row.last);
        row.isOver ||= row.last === end;
      }
      yield Int32Array.from(rows, ({ last }) => last);
    }
  } finally {
    carried.dispose();
  }
}

type Checked = Filled<typeof generateTable>;
