// The numbers behind the plots, as tables: read by those who cannot see a plot, and by those who want the digits.
import type { Results } from "../results.ts";
import type { Score } from "../scores.ts";
import { count } from "@sluice/example-common";
import { steps, type Part } from "../windows.ts";
import { escape, tag } from "./svg.ts";
import { testDays } from "./testDays.ts";

/** The model and what it must beat, the best first; bars show the error. */
export function scoreTable({ model, baselines }: Results): string {
  const ranked = [model, ...baselines].toSorted((a, b) => a.mae - b.mae);
  const worst = ranked.at(-1)!.mae;
  const row = (score: Score): string =>
    tag(
      "tr",
      { class: score === model ? "ours" : undefined },
      tag("th", { scope: "row" }, escape(score.name), tag("small", {}, escape(score.detail))),
      tag("td", {}, score.mae.toFixed(2)),
      tag("td", {}, score.rmse.toFixed(2)),
      tag("td", { class: "meter" }, tag("span", { style: `width:${((100 * score.mae) / worst).toFixed(1)}%` })),
    );
  const head = ["forecast", "mean error, °C", "root mean square, °C", ""].map((title) => tag("th", { scope: "col" }, title));
  return tag("table", { class: "scores" }, tag("thead", {}, tag("tr", {}, ...head)), tag("tbody", {}, ...ranked.map(row)));
}

/** What was run, on what. */
export function facts({ options, data, parameters, history, seconds }: Results): string {
  const { days, parts } = data;
  const part = ({ from, to }: Part): string => `${count(to - from)} days, ${days[from]!.date} to ${days[to - 1]!.date}`;
  const all = {
    Model: `${options.cell}, ${options.units} units, then dropout and dense; ${count(parameters)} parameters`,
    Input: `the ${steps} days before, ${data.train.x.shape[2]} numbers each`,
    Output: "change of the maximum temperature from one day to the next",
    Backend: `${options.backend}: ${history.executor}`,
    Optimizer: `Adam, learning rate ${options.learningRate}, batches of ${options.batchSize}, seed ${options.seed}`,
    Epochs: `${history.epochs.length} of ${options.epochs} in ${seconds.toFixed(1)} s${history.ended === "signal" ? ", stopped by the user" : ""}`,
    Training: part(parts.train),
    Validation: part(parts.validation),
    Test: part(parts.test),
    Data: "seattle-weather.csv of vega-datasets (NOAA)",
  };
  return tag("dl", {}, ...Object.entries(all).flatMap(([name, value]) => [tag("dt", {}, name), tag("dd", {}, escape(value))]));
}

export function epochTable({ history }: Results): string {
  const rows = history.epochs.map((log) => [
    String(log.epoch),
    log["mae"]!.toFixed(3),
    log["valMae"]!.toFixed(3),
    count(log.examplesPerSecond),
  ]);
  return folded("Error by epoch", ["epoch", "training, °C", "validation, °C", "windows/s"], rows);
}

export function dayTable(results: Results): string {
  const rows = testDays(results).map(({ day, truth, forecast, residual }) => [
    day,
    truth.toFixed(1),
    forecast.toFixed(1),
    residual.toFixed(1),
  ]);
  return folded("Forecast by day", ["day", "truth, °C", "forecast, °C", "residual, °C"], rows);
}

function folded(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const header = tag("tr", {}, ...head.map((name) => tag("th", { scope: "col" }, escape(name))));
  const body = rows.map(([first = "", ...rest]) =>
    tag("tr", {}, tag("th", { scope: "row" }, escape(first)), ...rest.map((cell) => tag("td", {}, escape(cell)))),
  );
  return tag("details", {}, tag("summary", {}, escape(title)), tag("table", {}, tag("thead", {}, header), tag("tbody", {}, ...body)));
}
