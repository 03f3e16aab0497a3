// What a training was and what came of it, as one page: for whoever has what `fit` returned.
import { type Rule, text } from "@sluice/core/arguments";
import { isRecord, listOf, optional, optionsOf, preset, recordOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import type { Figure } from "./figures/figure.ts";
import { type AnyHistory, trainingCurves, type TrainingCurvesOptions } from "./figures/trainingCurves.ts";
import { page, type Section } from "./page/page.ts";
import { facts } from "./tables/facts.ts";
import { madeTable } from "./tables/rule.ts";
import type { Table } from "./tables/table.ts";
import { countOf, grouped } from "./values/format.ts";
import { mean } from "./values/read.ts";

export interface ReportOptions {
  readonly title: string;
  /** Paragraphs under the title. */
  readonly lead?: string | readonly string[];
  /** Above the curves: what is to be seen first. */
  readonly tables?: readonly Table[];
  /** Between the tables and the curves. */
  readonly figures?: readonly Figure[];
  /** Of the plots of losses and metrics. */
  readonly curves?: TrainingCurvesOptions;
  /** Beside what the history says of the run: names and what they are. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Paragraphs at the end: what to know, where it may be wrong. */
  readonly notes?: readonly string[];
  readonly lang?: string;
}

const figureRule: Rule<Figure> = {
  expected: "what lines, bars or another figure's function returned",
  accepts: (value): value is Figure => isRecord(value) && value["kind"] === "figure",
};

const reportTable = {
  title: required(text),
  lead: optional({
    expected: "a text or a list of texts",
    accepts: (value: unknown): value is string | readonly string[] => typeof value === "string" || listOf(text).accepts(value),
  }),
  tables: preset(listOf(madeTable), []),
  figures: preset(listOf(figureRule), []),
  curves: preset(
    { expected: "options of trainingCurves", accepts: (value: unknown): value is TrainingCurvesOptions => isRecord(value) },
    {},
  ),
  facts: preset(recordOf(text), {}),
  notes: preset(listOf(text), []),
  lang: optional(text),
} satisfies OptionTable<ReportOptions>;

/**
 * A page on a training: the caller's tables and figures, the curves of losses and metrics with the best epoch, what was run and how it ended, every epoch's numbers.
 *
 * history: what `trainer.fit` returned, or `trainer.history`. Returns the page as text; where it is written is the caller's to say.
 * Throws INVALID_ARGUMENT for what is no history, and for options that there are not or are not what they must be.
 */
export function report(history: AnyHistory, options: ReportOptions): string {
  const {
    title,
    lead,
    tables,
    figures,
    curves,
    facts: own,
    notes,
    lang,
  } = optionsOf<ReportOptions, typeof reportTable>("report", reportTable, options);
  const sections: Section[] = [
    { content: tables },
    { content: [...figures, trainingCurves(history, curves)] },
    { title: "The run", content: [facts({ ...own, ...runOf(history) })] },
    { title: "Notes", content: notes },
  ];
  return page({ title, ...(lead === undefined ? {} : { lead }), sections, ...(lang === undefined ? {} : { lang }) });
}

const endings: Readonly<Record<AnyHistory["ended"], string>> = {
  epochs: "all of them were done",
  patience: "it became no better",
  stop: "a callback ended it",
  signal: "it was stopped",
  error: "an error ended it",
};

function runOf({ epochs, ended, best, executor }: AnyHistory): Record<string, string> {
  const rates = epochs.map((log) => log.examplesPerSecond).filter(Number.isFinite);
  return {
    Epochs: `${countOf(epochs.length, "epoch")}: ${endings[ended]}`,
    ...(best === undefined ? {} : { "Best epoch": best.epoch < 1 ? "before this training" : String(best.epoch) }),
    ...(rates.length === 0 ? {} : { Speed: `${grouped(Math.round(mean(rates)))} examples per second` }),
    ...(executor === "" ? {} : { "Run by": executor }),
  };
}
