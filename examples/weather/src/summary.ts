// What the terminal says before and after training.
import type { Options } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import type { Results } from "./results.ts";
import type { Score } from "./scores.ts";
import { aligned, count, countOf, painter, type Stream } from "@sluice/example-common";
import { steps, type Part } from "./windows.ts";

/** What will run, on what. */
export function plan(stream: Stream, { days, parts, train }: Prepared, options: Options, parameters: number): string {
  const paint = painter(stream);
  const { cell, units, batchSize, epochs, learningRate, seed } = options;
  const part = ({ from, to }: Part): string => `${count(to - from).padStart(5)} days  ${days[from]!.date} … ${days[to - 1]!.date}`;
  const rows = [
    ["data", `seattle-weather.csv of vega-datasets, ${count(days.length)} days of ${train.x.shape[2]} numbers`],
    ["train", part(parts.train)],
    ["validate", part(parts.validation)],
    ["test", part(parts.test)],
    ["model", `${cell} ${units} → dropout → dense 1, ${count(parameters)} parameters`],
    ["training", `Adam ${learningRate}, batches of ${batchSize}, ${countOf(epochs, "epoch")}, seed ${seed}`],
  ];
  return `\n${paint("bold", `Tomorrow's maximum temperature in Seattle, from the last ${steps} days`)}\n\n${aligned(rows).join("\n")}\n`;
}

/** Known once the first updates have run. */
export function running({ backend }: Options, executor: string): string {
  return `${aligned([["backend ", `${backend}, ${executor}`]])[0]}\n\n`;
}

/** The test, beside what must be beaten, the best first. */
export function verdict(stream: Stream, { model, baselines, history, seconds, data, options }: Results): string {
  const paint = painter(stream);
  const { from, to } = data.parts.test;
  const ranked = [model, ...baselines].toSorted((a, b) => a.mae - b.mae);
  const cells = ranked.map((score) => [score.name, `${score.mae.toFixed(3)} °C`, against(baselines[0]!, score), score.detail]);
  const lines = aligned([["", "error", "persistence", ""], ...cells], [1, 2]).map((line, i) => {
    if (i === 0) return paint("dim", line);
    return ranked[i - 1] === model ? paint("bold", line) : line;
  });
  const done = history.epochs.length;
  const ended =
    history.ended === "signal" ? `Stopped in epoch ${done + 1} of ${options.epochs} after` : `Trained ${countOf(done, "epoch")} in`;
  const how = `${ended} ${seconds.toFixed(1)} s; epoch ${history.best?.epoch}, the best on validation, is kept.`;
  return `\n${how}\n\n${paint("bold", `Mean absolute error over ${to - from} test days`)}\n\n${lines.join("\n")}\n`;
}

export function whereabouts(files: Readonly<Record<string, string>>): string {
  return `\n${aligned(Object.entries(files)).join("\n")}\n`;
}

/** "−6.9 %" is better, "+42.1 %" worse than `other`. */
function against(other: Score, { mae }: Score): string {
  if (mae === other.mae) return "";
  const percent = 100 * (mae / other.mae - 1);
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
