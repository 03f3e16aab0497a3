// A trained network writes: letter by letter, each drawn by what it says after those before.
import { SluiceError } from "@sluice/core";
import type { Vocabulary } from "@sluice/data";
import { generate, type Trainer } from "@sluice/nn";

export interface WritingOptions {
  /** What is read first; at least a character. */
  readonly prompt: string;
  /** Letters at most. */
  readonly length: number;
  /** Below 1 bolder in what is likely, 0 always the likeliest. */
  readonly temperature: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** The letters that follow the prompt, one by one; what the vocabulary lacks is read as one character for all such. Throws EMPTY_DATA for an empty prompt, and ABORTED. */
export async function* write(trainer: Trainer, vocabulary: Vocabulary, options: WritingOptions): AsyncGenerator<string, void, undefined> {
  const { prompt, length: maxSteps, ...drawing } = options;
  if (prompt === "") throw new SluiceError({ code: "EMPTY_DATA", who: "text", what: "the prompt is empty", fix: "Begin with a letter" });
  using decoder = await trainer.decoder();
  const { step, state } = decoder;
  for await (const [code = 0] of generate({ step, state, prompt: [Array.from(vocabulary.encode(prompt))], maxSteps, ...drawing }))
    yield vocabulary.tokens[code] ?? "";
}

/** As one text. */
export async function written(trainer: Trainer, vocabulary: Vocabulary, options: WritingOptions): Promise<string> {
  let text = "";
  for await (const letter of write(trainer, vocabulary, options)) text += letter;
  return text;
}
