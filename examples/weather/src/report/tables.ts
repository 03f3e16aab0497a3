// The numbers behind the plots, as tables: read by those who cannot see a plot, and by those who want the digits.
import { type Cell, facts, type Facts, table, type Table } from "@sluice/report";
import type { Results } from "../results.ts";
import type { Score } from "../scores.ts";
import { count } from "@sluice/example-common";
import { steps, type Part } from "../windows.ts";
import { testDays } from "./testDays.ts";

/** The model and what it must beat, the best first; the bar under each error shows that error. */
export function scoreTable({ model, baselines }: Results): Table {
  const ranked = [model, ...baselines].toSorted((a, b) => a.mae - b.mae);
  const worst = { mae: Math.max(...ranked.map(({ mae }) => mae)), rmse: Math.max(...ranked.map(({ rmse }) => rmse)) };
  const error = (score: Score, kind: "mae" | "rmse"): Cell => ({
    text: score[kind].toFixed(2),
    bar: score[kind] / worst[kind],
    strong: score === model,
  });
  return table({
    columns: ["forecast", "mean error, °C", "root mean square, °C"],
    rows: ranked.map((score) => [
      { text: score.name, detail: score.detail, strong: score === model },
      error(score, "mae"),
      error(score, "rmse"),
    ]),
  });
}

/** What was run, on what. */
export function runFacts({ options, data, parameters, history, seconds }: Results): Facts {
  const { days, parts } = data;
  const part = ({ from, to }: Part): string => `${count(to - from)} days, ${days[from]!.date} to ${days[to - 1]!.date}`;
  return facts({
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
  });
}

export function dayTable(results: Results): Table {
  return table({
    title: "Forecast by day",
    folded: true,
    columns: ["day", "truth, °C", "forecast, °C", "residual, °C"],
    rows: testDays(results).map(({ day, ...numbers }) => [
      day,
      ...[numbers.truth, numbers.forecast, numbers.residual].map((one) => one.toFixed(1).replace("-", "−")),
    ]),
  });
}
