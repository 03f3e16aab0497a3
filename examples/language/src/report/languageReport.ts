// The page: who is right how often, by how many characters; which relatives are mistaken for each other; how the networks learnt.
import type { History } from "@sluice/nn";
import { confusionMatrix, facts, lines, page, table, trainingCurves, type Cell, type Content, type Figure } from "@sluice/report";
import type { Pieces, Tuned } from "../contest.ts";
import type { Declaration } from "../data/declarations.ts";
import { difference, type Judged } from "../judging.ts";
import { relatives } from "../relatives.ts";

export interface Contender {
  readonly title: string;
  readonly judged: readonly Judged[];
  /** Accuracy of pieces of 20 characters of validation. */
  readonly validation: number;
  readonly history: History;
  readonly parameters: number;
  readonly seconds: number;
}

export interface Outcome {
  readonly declarations: readonly Declaration[];
  readonly test: readonly Pieces[];
  readonly bayes: Pick<Contender, "title" | "judged">;
  /** All that naive Bayes was tried with, and what it is told with. */
  readonly grid: readonly Tuned[];
  readonly best: Tuned;
  readonly contenders: readonly Contender[];
  readonly options: {
    readonly units: number;
    readonly epochs: number;
    readonly pieces: number;
    readonly seed: number;
    readonly backend: string;
  };
}

export function languageReport(outcome: Outcome): string {
  const { declarations, contenders, bayes, options } = outcome;
  const shown = contenders.toSorted((a, b) => b.validation - a.validation)[0];
  return page({
    title: "The language of a text",
    lead: [
      `A piece of the Universal Declaration of Human Rights, 20 to 200 characters of it: which of ${declarations.length} languages is it? Networks that read it from character to character, at each with up to three before it, beside a naive Bayes that counts n-grams.`,
      "Articles 3, 8, 13, 18, 23 and 28 are the test, in all languages; 5, 15 and 25 are what everything was tuned by; nobody learns from either.",
    ],
    sections: [
      { title: "How often they are right", content: [accuracies(outcome), byLength(outcome)] },
      {
        title: "Near relatives",
        lead: "Pieces of 20 characters of the test. Those taken for a language that is not among these are left out.",
        content: [bayes, ...(shown === undefined ? [] : [shown])].flatMap((one) => confused(outcome, one)),
      },
      {
        title: "How the networks learnt",
        lead: "Loss and accuracy of pieces of 20 to 200 characters, drawn anew for each epoch. Some of the n-grams of training are cut short, none of validation.",
        content: contenders.map(({ title, history }) => trainingCurves(history, { title })),
      },
      { title: "How naive Bayes was tuned", content: [gridTable(outcome)] },
      {
        title: "Circumstances",
        content: [
          facts({
            Networks: `n-grams embedded, one recurrent layer of ${options.units} units, the mean of both over the characters, a dense layer`,
            Training: `${options.epochs} epochs of ${options.pieces} pieces of each language, drawn anew; seed ${options.seed}, on ${options.backend}`,
            Languages: declarations.map(({ name }) => name).join("; "),
          }),
        ],
      },
    ],
  });
}

function accuracies({ bayes, contenders, test }: Outcome): Content {
  const against = (one: Judged, i: number): Cell => {
    const other = bayes.judged[i];
    if (other === undefined) return { text: percent(one.accuracy) };
    const { mean, margin, verdict } = difference(test[i]?.pieces ?? [], one, other);
    const tone = verdict === "better" ? "good" : verdict === "worse" ? "bad" : "soft";
    return { text: percent(one.accuracy), detail: `${points(mean)} ± ${(100 * margin).toFixed(1)}`, tone };
  };
  return table({
    columns: ["contender", ...test.map(({ length }) => `${length} characters`), "parameters", "seconds"],
    rows: [
      [{ text: bayes.title, detail: "n-grams" }, ...bayes.judged.map(({ accuracy }) => percent(accuracy)), "", ""],
      ...contenders.map(({ title, parameters, seconds, judged }) => [
        { text: title, detail: "less naive Bayes, in points" },
        ...judged.map(against),
        parameters.toLocaleString("en"),
        seconds.toFixed(0),
      ]),
      [{ text: "pieces" }, ...test.map(({ pieces }) => pieces.length.toLocaleString("en")), "", ""],
    ],
  });
}

function byLength({ bayes, contenders, test }: Outcome): Figure {
  return lines({
    title: "Wrong, by the characters that are read",
    description:
      "Share of the test's pieces; lower is better. Differences in the table are means over languages, with 1.96 standard errors among languages.",
    series: Object.fromEntries([bayes, ...contenders].map(({ title, judged }) => [title, judged.map(({ accuracy }) => 1 - accuracy)])),
    x: test.map(({ length }) => length),
    ...{ xLabel: "characters", yLabel: "wrong", xScale: "log", yScale: "log", yFormat: percent, dots: true },
  });
}

function confused({ declarations, test }: Outcome, { title, judged }: Pick<Contender, "title" | "judged">): readonly Figure[] {
  const [first, pieces] = [judged[0], test[0]?.pieces ?? []];
  const classes = relatives.flatMap((code) => {
    const label = declarations.findIndex((one) => one.code === code);
    return label < 0 ? [] : [label];
  });
  if (first === undefined || classes.length < 2) return [];
  const pairs = pieces
    .map(({ label }, i) => ({ truth: classes.indexOf(label), predicted: classes.indexOf(first.predicted[i] ?? -1) }))
    .filter(({ truth, predicted }) => truth >= 0 && predicted >= 0);
  const figure = confusionMatrix({
    title: `Relatives as ${title} takes them`,
    classes: classes.map((label) => declarations[label]?.name ?? ""),
    truth: pairs.map(({ truth }) => truth),
    predicted: pairs.map(({ predicted }) => predicted),
  });
  return [figure];
}

function gridTable({ grid, best }: Outcome): Content {
  const alphas = [...new Set(grid.map(({ alpha }) => alpha))];
  return table({
    title: "Right of validation's pieces, in the mean of all lengths",
    columns: ["n-grams of up to", ...alphas.map((alpha) => `α = ${alpha}`)],
    rows: [...new Set(grid.map(({ order }) => order))].map((order) => [
      String(order),
      ...alphas.map((alpha): Cell => {
        const one = grid.find((each) => each.order === order && each.alpha === alpha);
        return { text: percent(one?.accuracy ?? Number.NaN), strong: order === best.order && alpha === best.alpha };
      }),
    ]),
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${share < 0 ? "−" : "+"}${(100 * Math.abs(share)).toFixed(1)}`;
}
