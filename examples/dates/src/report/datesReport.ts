// The page: how many dates came out right, by locale, and where the decoder looked.
import { alignment, bars, facts, page, table, trainingCurves, type Cell } from "@sluice/report";
import { everyForm, locales, styles, dayOf, type Form } from "../forms.ts";
import { percent, share, type Counted } from "../scores.ts";
import type { Scores, Tested } from "../tested.ts";
import type { Trained } from "../training.ts";
import type { Translation } from "../translator.ts";

/** On training. */
export interface Spent {
  readonly seconds: number;
  /** Of all threads together: what it takes where others do not take turns. */
  readonly processorSeconds: number;
}

export interface Circumstances extends Spent {
  readonly texts: number;
  readonly units: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly beams: number;
  readonly seed: number;
  readonly backend: string;
}

export function datesReport(result: Tested, trained: Trained, circumstances: Circumstances): string {
  const { test, network, numbers, frequent, shown, wrong } = result;
  return page({
    title: "Dates, from any of 28 locales to ISO 8601",
    lead: [
      "An encoder reads a date character by character, both ways; a decoder writes it as ISO 8601 has it, and looks at what was read before each character. Nobody tells it words, digits, or the locale.",
      `Tested on ${test.length.toLocaleString("en")} texts of days that no text of training is of. A text of numbers that different days are written as, such as 5/11/26, is left out of all parts.`,
    ],
    sections: [
      { content: [overall(network, numbers, frequent)] },
      { title: "Where it looked", content: shown.map(looked) },
      { title: "By locale", content: [byLocale(network, numbers)] },
      { title: "What went wrong", content: [wrong.length === 0 ? "Nothing." : mistakes(wrong, test.length)] },
      {
        title: "Training",
        content: [trainingCurves(trained.history, { measures: ["loss"], scale: "log" }), run(trained, circumstances)],
      },
    ],
  });
}

function overall(network: Scores, numbers: Scores, frequent: Counted) {
  return bars({
    title: "Dates that are right, every character of them",
    description:
      "The rule takes the numbers of a text in their order; where a word says the month, it guesses the month that comes most often.",
    bars: [
      { label: "network", value: share(network.all), strong: true },
      { label: "numbers by a rule", value: share(numbers.all) },
      { label: "most frequent", value: share(frequent) },
    ],
    format: (value) => `${(100 * value).toFixed(1)} %`,
  });
}

function looked({ text, date, alignment: weights }: Translation) {
  return alignment({
    title: `\u2068${text}\u2069 → ${date}`, // isolated (UAX 9), as the text may run from right to left
    ...{ weights, source: Array.from(text), target: [...Array.from(date), "end"].slice(0, weights.length) },
  });
}

/** A row for each locale: how it writes a date, and how many of each style came out right. */
function byLocale({ byLocale: own, byForm, byStyle, all }: Scores, { byLocale: ruled, all: ruledAll }: Scores) {
  const forms = everyForm();
  return table({
    columns: ["locale", ...styles, "all", "by a rule"],
    rows: [
      [
        { text: "all" },
        ...styles.map((style) => cellOf(byStyle.get(style))),
        { ...cellOf(all), strong: true },
        { ...cellOf(ruledAll), tone: "soft" as const },
      ],
      ...locales.map((locale) => [
        { text: locale, detail: exampleOf(forms.find((form) => form.locale === locale && form.style === "medium")) },
        ...styles.map((style) => cellOf(byForm.get(`${locale} ${style}`))),
        { ...cellOf(own.get(locale)), strong: true },
        { ...cellOf(ruled.get(locale)), tone: "soft" as const },
      ]),
    ],
  });
}

function exampleOf(form: Form | undefined): string {
  return form?.write(dayOf("2026-11-30")) ?? "";
}

function cellOf(counted: Counted | undefined): Cell {
  if (counted === undefined) return { text: "–" };
  return { text: percent(counted), hint: `${counted.right} of ${counted.of}`, ...(share(counted) < 0.95 && { tone: "bad" }) };
}

function mistakes(wrong: Tested["wrong"], of: number) {
  const title = `${wrong.length} of ${of.toLocaleString("en")}${wrong.length > listed ? `, the first ${listed}` : ""}`;
  return table({
    title,
    columns: ["text", "locale", "it is", "it said"],
    rows: wrong.slice(0, listed).map(({ sample: { text, iso, form }, said }) => [text, `${form.locale} ${form.style}`, iso, said]),
  });
}
/** Mistakes of a page. */
const listed = 40;

function run({ parameters, vocabularies, history }: Trained, circumstances: Circumstances) {
  const { texts, units, batchSize, learningRate, beams, seed, backend, seconds, processorSeconds } = circumstances;
  return facts({
    "Learnt from": `${texts.toLocaleString("en")} texts, ${history.epochs.length} times`,
    Network: `bidirectional GRU ${units}, GRU ${2 * units} with additive attention; ${parameters.toLocaleString("en")} parameters`,
    Characters: `${vocabularies.source.size} that are read, ${vocabularies.target.size} that are written`,
    Updates: `batches of ${batchSize}, Adam, one cycle up to ${learningRate}, seed ${seed}`,
    Decoding: beams === 1 ? "greedy" : `${beams} beams`,
    Time: `${seconds.toFixed(0)} s of training by ${backend}, ${processorSeconds.toFixed(0)} s of processor time over all threads`,
    "Written by": `Node ${process.versions.node}, ICU ${process.versions["icu"]}, CLDR ${process.versions["cldr"]}`,
  });
}
