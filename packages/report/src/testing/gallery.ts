// One figure of each kind, of data that a seed draws; for the laws that every figure keeps.
import {
  alignment,
  bars,
  calibration,
  confusionMatrix,
  coverage,
  dots,
  type Figure,
  forecast,
  heatMap,
  histogram,
  lines,
  residuals,
  trainingCurves,
  trajectories,
} from "../index.ts";

/** What a figure is drawn from: numbers, among which some may not be finite, and what stands beside them. */
export interface Material {
  readonly numbers: readonly number[];
  readonly labels: readonly string[];
  readonly title: string;
}

/** Each kind by name; every one shows `labels` somewhere, where it takes names. */
export const gallery: Readonly<Record<string, (material: Material) => Figure>> = {
  alignment: ({ numbers, labels, title }) =>
    alignment({
      title,
      weights: labels.map((_, i) => labels.map((_, j) => numbers[(i * labels.length + j) % numbers.length] ?? 0)),
      source: labels,
      target: labels,
    }),
  bars: ({ numbers, labels, title }) =>
    bars({ title, bars: labels.map((label, i) => ({ label, value: numbers[i % numbers.length] ?? 0, note: "noted", strong: i === 0 })) }),
  "cut bars": ({ numbers, labels, title }) =>
    bars({
      title,
      cut: 3,
      bars: labels.map((label, i) => ({ label, value: Math.abs(numbers[i % numbers.length] ?? 0), low: 0, high: 1 })),
    }),
  calibration: ({ numbers, title }) =>
    calibration({ title, probabilities: numbers.map(unit), outcomes: numbers.map((one) => (unit(one) > 0.5 ? 1 : 0)) }),
  confusionMatrix: ({ numbers, labels, title }) =>
    confusionMatrix({
      title,
      classes: labels,
      truth: numbers.map((one) => classOf(one, labels)),
      predicted: numbers.map((one, i) => classOf(one * i, labels)),
    }),
  coverage: ({ numbers, title }) => coverage({ title, truth: numbers, intervals: [interval(numbers, 0.8, 1), interval(numbers, 0.95, 2)] }),
  dots: ({ numbers, labels, title }) =>
    dots({
      title,
      rows: byName(labels, (i) => ({ a: numbers[i % numbers.length] ?? 0, b: i })),
      scale: "log",
      hollow: ["b"],
      rules: { rule: 2 },
    }),
  forecast: ({ numbers, title }) =>
    forecast({
      title,
      truth: numbers,
      forecast: numbers.map((one) => one + 1),
      intervals: [interval(numbers, 0.8, 1)],
      x: numbers.map((_, i) => new Date(86_400_000 * i)),
      yLabel: "°C",
    }),
  heatMap: ({ numbers, labels, title }) =>
    heatMap({ title, values: [numbers, numbers], rows: ["a", "b"], columnsLabel: labels[0] ?? "", scale: "log" }),
  "named heat maps": ({ numbers, labels, title }) => heatMap({ title, values: byName(labels, () => [numbers]), scale: "diverging" }),
  histogram: ({ numbers, title }) => histogram({ title, values: numbers }),
  lines: ({ numbers, labels, title }) => lines({ title, series: byName(labels, (i) => numbers.map((one) => one + i)), rules: { rule: 1 } }),
  "lines of powers": ({ numbers, labels, title }) =>
    lines({
      title,
      series: byName(labels, () => ({ x: numbers.map((_, i) => 2 ** i), y: numbers })),
      xScale: "log",
      yScale: "log",
      proportional: true,
      dots: true,
      xLabel: "x",
      yLabel: "y",
    }),
  residuals: ({ numbers, title }) => residuals({ title, truth: numbers, forecast: numbers.map(() => 1), unit: "mm" }),
  trainingCurves: ({ numbers, title }) => trainingCurves(historyOf(numbers), { title }),
  trajectories: ({ numbers, labels, title }) =>
    trajectories({ title, paths: byName(labels, (i) => numbers.map((one, step) => [one, step * i])) }),
};

/** A history whose losses are these numbers. */
export function historyOf(numbers: readonly number[]) {
  const epochs = numbers.map((loss, i) => ({
    epoch: i + 1,
    loss,
    valLoss: loss + 1,
    mae: loss / 2,
    valMae: loss / 3,
    examplesPerSecond: 100,
  }));
  const [best] = epochs;
  return { epochs, ended: "epochs" as const, executor: "cpu", ...(best === undefined ? {} : { best }) };
}

function byName<T>(names: readonly string[], of: (i: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, i) => [name, of(i)]));
}

function unit(one: number): number {
  return Number.isFinite(one) ? Math.abs(Math.sin(one)) : 0.5;
}

function classOf(one: number, labels: readonly string[]): number {
  return Math.min(labels.length - 1, Math.floor(unit(one) * labels.length));
}

function interval(numbers: readonly number[], level: number, reach: number) {
  return { level, low: numbers.map((one) => one - reach), high: numbers.map((one) => one + reach) };
}
