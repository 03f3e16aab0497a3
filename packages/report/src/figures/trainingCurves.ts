// How losses and metrics went, epoch by epoch, and which epoch was best.
import { isRecord, optional, optionsOf, preset, recordOf, type Table as OptionTable } from "@sluice/nn/kit";
import { SluiceError } from "@sluice/core";
import type { Rule } from "@sluice/core/arguments";
import type { History } from "@sluice/nn";
import { compact, grouped } from "../values/format.ts";
import { leftOut } from "../values/read.ts";
import { seriesColour } from "../colour/palette.ts";
import { table } from "../tables/table.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Panel } from "./figure.ts";
import { lineKey, type MarkKey } from "./legend.ts";
import { linePanel } from "../panels/linePanel.ts";
import { type Format, format, numbersByName, scaleName, texts } from "../values/rules.ts";
import type { Series } from "../values/series.ts";

export interface TrainingCurvesOptions extends Omit<FigureOptions, "title"> {
  /** Default "Training". */
  readonly title?: string;
  /** Names in the epochs' logs, a plot for each; default the loss and all metrics. Validation ("valLoss") stands beside its training. */
  readonly measures?: readonly string[];
  /** Default "linear". */
  readonly scale?: "linear" | "log";
  readonly format?: Format;
  /** Heights of dashed rules, by measure and by what they are: { mae: { persistence: 2.3 } }. */
  readonly rules?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The numbers of all epochs, folded, under the figure; default true. */
  readonly withTable?: boolean;
}

const trainingCurvesTable = {
  ...figureTable,
  title: preset(figureTable.title.rule, "Training"),
  measures: optional(texts),
  scale: preset(scaleName, "linear"),
  format: optional(format),
  rules: preset(recordOf(numbersByName), {}),
  withTable: preset({ expected: "true or false", accepts: (value): value is boolean => typeof value === "boolean" }, true),
} satisfies OptionTable<TrainingCurvesOptions>;

/** What `fit` returns, so far as it is read here: of any model. */
export type AnyHistory = Pick<History, "epochs" | "ended" | "executor"> & { readonly best?: History["best"] };

const historyRule: Rule<AnyHistory> = {
  expected: "what trainer.fit returned",
  accepts: (value): value is AnyHistory =>
    isRecord(value) && Array.isArray(value["epochs"]) && value["epochs"].every((log) => isRecord(log) && typeof log["epoch"] === "number"),
};

/**
 * A plot of the loss and one of each metric, training and validation beside each other; the best epoch is ringed.
 *
 * Throws INVALID_ARGUMENT for what is no history, for options that there are not, and for a measure that no epoch has.
 */
export function trainingCurves(history: AnyHistory, options: TrainingCurvesOptions = {}): Figure {
  const who = "trainingCurves";
  if (!historyRule.accepts(history))
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `the history must be ${historyRule.expected}` });
  const given = optionsOf<TrainingCurvesOptions, typeof trainingCurvesTable>(who, trainingCurvesTable, options);
  const write = given.format ?? compact;
  const found = measuresOf(history);
  const measures = given.measures ?? found;
  for (const name of measures) if (!found.includes(name)) throw unknownMeasure(name, found);
  const all = measures.map((name) => curvesOf(history, name));
  const hasValidation = all.some(({ length }) => length > 1);
  const dashed = Object.values(given.rules).flatMap((rules) => Object.entries(rules));
  return figure(given, {
    description: sentence(history, write),
    legend: [
      ...(hasValidation ? [lineKey("training", 1), lineKey("validation", 0)] : []),
      ...(history.best !== undefined && inHistory(history)
        ? [{ text: "best epoch", mark: "ring", colour: seriesColour(hasValidation ? 0 : 1) } as const]
        : []),
      ...dashed.map(([name, height]): MarkKey => ({ text: `${name}, ${write(height)}`, mark: "rule" })),
    ],
    warnings: all
      .flat()
      .map(({ name, points }) =>
        leftOut(
          name,
          points.map(({ y }) => y),
        ),
      )
      .filter((note) => note !== undefined),
    columns: measures.length > 1 ? 2 : 1,
    panels: measures.map((name, i) => panelOf(history, name, all[i] ?? [], given, measures.length > 1)),
    table: given.withTable ? epochTable(history, measures, write) : undefined,
  });
}

type Given = {
  readonly scale: "linear" | "log";
  readonly format: Format | undefined;
  readonly rules: NonNullable<TrainingCurvesOptions["rules"]>;
};

function panelOf(
  history: AnyHistory,
  name: string,
  series: readonly Series[],
  { scale, format: axis, rules }: Given,
  titled: boolean,
): Panel {
  const write = axis ?? compact;
  const judged = series.at(-1); // validation where there is one
  const point = judged?.points.find(({ x }) => x === history.best?.epoch);
  const best =
    judged === undefined || point === undefined || !Number.isFinite(point.y)
      ? {}
      : { best: { point, colour: judged.colour, text: `epoch ${point.x}: ${write(point.y)}` } };
  const panel = {
    series,
    y: { scale, format: axis },
    rules: Object.values(rules[name] ?? {}),
    whole: true,
    hint: hintOf(series, write),
    ...best,
  };
  return { ...(titled ? { title: name } : {}), draw: (size, label) => linePanel({ ...panel, x: { name: "epoch" } }, size, label) };
}

function hintOf(series: readonly Series[], write: Format): (x: number) => string {
  return (x) =>
    `epoch ${x}\n${series.map(({ name, points }) => `${name} ${write(points.find((point) => point.x === x)?.y ?? Number.NaN)}`).join("\n")}`;
}

/** Training, then validation where it is there. */
function curvesOf({ epochs }: AnyHistory, name: string): Series[] {
  const validation = `val${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const own = (key: string, place: number): Series => ({
    name: key,
    place,
    colour: seriesColour(place),
    dash: undefined,
    points: epochs.map((log) => ({ x: log.epoch, y: log[key] ?? Number.NaN })),
  });
  return epochs.some((log) => log[validation] !== undefined) ? [own(name, 1), own(validation, 0)] : [own(name, 1)];
}

/** In the order of the logs, the loss first. */
function measuresOf({ epochs }: AnyHistory): string[] {
  const names = new Set(epochs.flatMap((log) => Object.keys(log)));
  for (const name of ["epoch", "examplesPerSecond", "loss"]) names.delete(name);
  return ["loss", ...[...names].filter((name) => !/^val[A-Z]/.test(name))];
}

function inHistory({ epochs, best }: AnyHistory): boolean {
  return epochs.some(({ epoch }) => epoch === best?.epoch);
}

function sentence(history: AnyHistory, write: Format): string {
  const { best, epochs } = history;
  if (epochs.length === 0) return "No epoch was finished.";
  if (best === undefined || !inHistory(history)) return "";
  const judged = best["valLoss"] === undefined ? `loss ${write(best.loss)}` : `validation loss ${write(best["valLoss"])}`;
  return `Epoch ${best.epoch} of ${grouped(epochs.length)} was the best: ${judged}.`;
}

/** More rows than this are told by some of them. */
const mostRows = 400;

function epochTable({ epochs, best }: AnyHistory, measures: readonly string[], write: Format): ReturnType<typeof table> | undefined {
  if (epochs.length === 0) return undefined;
  const every = Math.ceil(epochs.length / mostRows);
  const columns = measures.flatMap((name) => curvesOf({ epochs, ended: "epochs", executor: "" }, name).map((series) => series.name));
  const told = epochs.filter((log, i) => i % every === 0 || i === epochs.length - 1 || log.epoch === best?.epoch);
  return table({
    title: every === 1 ? "All epochs" : `Every ${every}th epoch, the best and the last`,
    folded: true,
    columns: ["epoch", ...columns, "examples/s"],
    rows: told.map((log) => [
      String(log.epoch),
      ...columns.map((name) => (log[name] === undefined ? "" : write(log[name]))),
      grouped(Math.round(log.examplesPerSecond)),
    ]),
  });
}

function unknownMeasure(name: string, found: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "trainingCurves",
    what: `no epoch has a measure "${name}"`,
    fix: `There are ${found.join(", ")}`,
    facts: { measure: name, known: found },
  });
}
