// The translator on days that it never saw, beside what is had without learning.
import { byNumbers, mostFrequent } from "./baselines.ts";
import type { Locale, Style } from "./forms.ts";
import type { Sample, Samples } from "./samples.ts";
import { exact, exactBy, type Counted } from "./scores.ts";
import type { Trained } from "./training.ts";
import { translate, type Translation } from "./translator.ts";

export interface Scores {
  readonly all: Counted;
  readonly byLocale: ReadonlyMap<Locale, Counted>;
  readonly byStyle: ReadonlyMap<Style, Counted>;
  /** "de short" */
  readonly byForm: ReadonlyMap<string, Counted>;
}

export interface Tested {
  readonly test: readonly Sample[];
  readonly network: Scores;
  readonly numbers: Scores;
  readonly frequent: Counted;
  /** Of each locale's first text in the longest style: what to look at. */
  readonly shown: readonly Translation[];
  /** What went wrong. */
  readonly wrong: readonly { readonly sample: Sample; readonly said: string }[];
}

/** Texts whose alignment is drawn: of different scripts and orders. */
const shownLocales: readonly Locale[] = ["fr", "hu", "ar-EG", "ja", "en-US"];

export async function tested(
  { trainer, vocabularies }: Pick<Trained, "trainer" | "vocabularies">,
  samples: Samples,
  { testOfEach, beams }: { readonly testOfEach: number; readonly beams: number },
): Promise<Tested> {
  const test = samples.ofEachForm("test", testOfEach);
  const frequent = mostFrequent(samples.drawn("train", seenByBaselines, "baselines"));
  const found = await translate(trainer, test.map(({ text }) => text), vocabularies, beams); // prettier-ignore
  const said = found.map(({ date }) => date);
  const byRule = test.map(({ text }) => byNumbers(text, frequent));
  const shown = shownLocales.flatMap(
    (locale) => found[test.findIndex(({ form }) => form.locale === locale && form.style === "full")] ?? [],
  );
  return {
    ...{ test, network: scoresOf(test, said), numbers: scoresOf(test, byRule), shown },
    frequent: exact(test, test.map(() => frequent.date)), // prettier-ignore
    wrong: test.flatMap((sample, i) => (said[i] === sample.iso ? [] : { sample, said: said[i] ?? "" })),
  };
}

/** Texts that the most frequent date and month are counted in. */
const seenByBaselines = 20_000;

function scoresOf(test: readonly Sample[], dates: readonly string[]): Scores {
  return {
    all: exact(test, dates),
    byLocale: exactBy(test, dates, ({ form }) => form.locale),
    byStyle: exactBy(test, dates, ({ form }) => form.style),
    byForm: exactBy(test, dates, ({ form }) => `${form.locale} ${form.style}`),
  };
}
