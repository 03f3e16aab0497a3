// The network: an encoder that reads the text both ways, a decoder that looks at what it read before each character (Bahdanau et al. 2015).
import { padSequences } from "@sluice/data";
import { attentionDecoder, beamSearch, bidirectional, dense, embedding, gru, input, model, type Model, type Trainer } from "@sluice/nn";
import type { Vocabularies } from "./pairs.ts";

export type TranslatorModel = Model<"source" | "target", "next" | "alignment">;
export type Translator = Trainer<"source" | "target", "next" | "alignment">;
/** All that translating asks of it. */
export type Writer = Pick<Translator, "decoder" | "dispose">;

export interface Translation {
  readonly text: string;
  /** What it wrote, whether or not it is a date. */
  readonly date: string;
  /** [characters of the date and its end, characters of the text]: where it looked. */
  readonly alignment: readonly (readonly number[])[];
}

/** `units` of each direction; the decoder has twice as many. */
export function translator({ source, target }: Vocabularies, units: number): TranslatorModel {
  const read = input({ dtype: "i32" });
  const before = input({ dtype: "i32" });
  const memory = bidirectional(gru({ units, returnSequences: true }))(
    embedding({ inputDim: source.size, outputDim: 32, maskIndex: 0 })(read),
  );
  const embedded = embedding({ inputDim: target.size, outputDim: 16, maskIndex: 0 })(before);
  const decoded = attentionDecoder(gru({ units: 2 * units, returnSequences: true }), { scoreUnits: units })(embedded, { memory });
  const next = dense({ units: target.size, activation: "softmax" })(decoded);
  return model({ inputs: { source: read, target: before }, outputs: { next, alignment: decoded.scores } });
}

/** Texts at a time. */
const rows = 256;
/** "2026-11-30" and its end. */
const maxSteps = 11;

/** The likeliest date of each text, by beam search; one beam is greedy. */
export async function translate(
  trained: Writer,
  texts: readonly string[],
  vocabularies: Vocabularies,
  beams = 1,
): Promise<readonly Translation[]> {
  const order = texts.map((text, i) => ({ text, i })).toSorted((a, b) => a.text.length - b.text.length);
  const found: Translation[] = [];
  for (let from = 0; from < order.length; from += rows) {
    const part = order.slice(from, from + rows);
    const some = await translatePart(
      trained,
      part.map(({ text }) => text),
      vocabularies,
      beams,
    );
    some.forEach((each, at) => (found[part[at]?.i ?? 0] = each));
  }
  return found;
}

async function translatePart(
  trained: Writer,
  texts: readonly string[],
  { source, target }: Vocabularies,
  beams: number,
): Promise<readonly Translation[]> {
  const { start = 0, end = 0 } = target.indices;
  const inputs = { source: padSequences(texts.map((text) => source.encode(text))).x };
  using decoder = await trained.decoder({ over: "target", inputs, scores: "next", alignment: "alignment" });
  const { step, state } = decoder;
  const found = await beamSearch({ step, state, prompt: texts.map(() => [start]), beams, maxSteps, end });
  return texts.map((text, i) => {
    const [best] = found[i] ?? [];
    const characters = Array.from(text).length;
    const alignment = (best?.alignment ?? []).map((weights) => Array.from(weights).slice(0, characters));
    return { text, date: target.decode(best?.tokens ?? []), alignment };
  });
}
