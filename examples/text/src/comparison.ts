// What the network is held against: all of it is chosen on the validation part, and told of the test part once.
import type { Book } from "./book/mobyDick.ts";
import { bytesOf, compressedBits, compressorNames, type CompressorName } from "./contenders/compression.ts";
import { kneserNey, type KneserNey, type KneserNeyOptions } from "./contenders/kneserNey.ts";
import { countNgrams } from "./contenders/ngrams.ts";

const longest = 8;

/** JSON, but for `model`. Bits per character. */
export interface Comparison {
  readonly ngrams: {
    /** Of each order and number of discounts, by the validation part. */
    readonly tried: readonly (KneserNeyOptions & { readonly validation: number })[];
    readonly best: KneserNeyOptions;
    readonly validation: number;
    readonly test: number;
  };
  readonly compressors: Readonly<Record<CompressorName, { readonly validation: number; readonly test: number }>>;
}

export async function compare({ vocabulary, parts }: Book): Promise<{ readonly comparison: Comparison; readonly model: KneserNey }> {
  const ngrams = countNgrams(parts.train, { order: longest, size: vocabulary.size });
  const all = ([1, 3] as const).flatMap((discounts) => Array.from({ length: longest }, (_, i) => ({ order: i + 1, discounts })));
  const tried = all.map((options) => ({ ...options, validation: kneserNey(ngrams, options).bits(parts.validation) }));
  const { validation, ...best } = tried.reduce((least, each) => (each.validation < least.validation ? each : least));
  const model = kneserNey(ngrams, best);
  const [before, ...texts] = [parts.train, parts.validation, parts.test].map((codes) => bytesOf(codes, vocabulary));
  const measured = compressorNames.map(async (name) => {
    const [of, test] = await Promise.all(texts.map((text) => compressedBits(name, before ?? text, text)));
    return [name, { validation: of ?? Number.NaN, test: test ?? Number.NaN }] as const;
  });
  const compressors = Object.fromEntries(await Promise.all(measured)) as Comparison["compressors"]; // by their names
  return { comparison: { ngrams: { tried, best, validation, test: model.bits(parts.test) }, compressors }, model };
}
