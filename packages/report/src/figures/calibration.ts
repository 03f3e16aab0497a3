// Whether what is said with 80 % comes in 80 of 100 cases.
import { type Rule, size } from "@sluice/core/arguments";
import { SluiceError } from "@sluice/core";
import { optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import { seriesColour } from "../colour/palette.ts";
import { histogramPanel } from "../panels/histogramPanel.ts";
import { scatterPanel } from "../panels/scatterPanel.ts";
import { table } from "../tables/table.ts";
import { grouped, percent } from "../values/format.ts";
import { checkLengths, mean, readList } from "../values/read.ts";
import { numbers } from "../values/rules.ts";
import { wilson } from "../values/statistics.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";

export interface CalibrationOptions extends FigureOptions {
  /** [samples], each 0 … 1: of a yes, or of the class that was chosen. */
  readonly probabilities: Numbers;
  /** [samples], 1 where it was so, otherwise 0. */
  readonly outcomes: Numbers;
  /** Of equal width; default 10. */
  readonly bins?: number;
}

const calibrationTable = {
  ...figureTable,
  probabilities: required(numbers),
  outcomes: required(numbers),
  bins: preset(size, 10),
} satisfies OptionTable<CalibrationOptions>;

const share = (value: number): string => percent(value, 0);

/**
 * A reliability diagram (Niculescu-Mizil & Caruana 2005): how often it was so, by what was said, each with its 95 % interval (Wilson 1927); and how often what was said.
 * Tells the expected calibration error (Naeini et al. 2015): the mean distance from the diagonal, by samples.
 *
 * Throws INVALID_ARGUMENT for a probability outside 0 … 1 and for outcomes that are neither 0 nor 1, SHAPE_MISMATCH for lists of different lengths.
 */
export function calibration(options: CalibrationOptions): Figure {
  const who = "calibration";
  const given = optionsOf<CalibrationOptions, typeof calibrationTable>(who, calibrationTable, options);
  const [said, was] = [readList(who, "probabilities", given.probabilities), readList(who, "outcomes", given.outcomes)];
  checkLengths(who, { probabilities: said.length, outcomes: was.length });
  checkEach(who, "probabilities", said, { expected: "0 … 1", accepts: (one): one is number => Number(one) >= 0 && Number(one) <= 1 });
  checkEach(who, "outcomes", was, { expected: "0 or 1", accepts: (one): one is number => one === 0 || one === 1 });
  const bins = reliability(said, was, given.bins);
  const filled = bins.filter(({ count }) => count > 0);
  const points = filled.map(({ said: x, was: y, count, low, high }) => ({
    x,
    y,
    low,
    high,
    title: `said ${share(x)}, came ${share(y)} of ${grouped(count)}`,
  }));
  const scatter = { points, domain: [0, 1] as const, diagonal: true, r: 4, xName: "said", yName: "came", xFormat: share, yFormat: share };
  const error = filled.reduce((sum, { said: x, was: y, count }) => sum + (count / said.length) * Math.abs(x - y), 0);
  return figure(given, {
    description:
      said.length === 0
        ? ""
        : `On the dashed line what is said with a probability comes as often. It is off by ${percent(error)} on average over ${grouped(said.length)} samples (expected calibration error).`,
    legend:
      points.length === 0
        ? []
        : [
            { text: "how often it came, with its 95 % interval", mark: "dot", colour: seriesColour(0) },
            { text: "as said", mark: "rule" },
          ],
    columns: 2,
    panels: [
      { title: "Said and come", draw: (size, label) => scatterPanel(scatter, size, label) },
      {
        title: "How often it was said",
        draw: (size, label) =>
          histogramPanel(
            { bins: said.length === 0 ? [] : bins, format: share, domain: [0, 1], xName: "said", yName: "samples" },
            size,
            label,
          ),
      },
    ],
    table: filled.length === 0 ? undefined : numbersOf(filled),
  });
}

function numbersOf(all: readonly ReliabilityBin[]): ReturnType<typeof table> {
  return table({
    title: "The numbers",
    folded: true,
    columns: ["said", "mean of what was said", "came", "95 % interval", "samples"],
    rows: all.map(({ from, to, said: x, was: y, low, high, count }) => [
      `${share(from)} to ${share(to)}`,
      percent(x),
      percent(y),
      `${percent(low)} to ${percent(high)}`,
      grouped(count),
    ]),
  });
}

interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Means over the bin. */
  readonly said: number;
  readonly was: number;
  readonly low: number;
  readonly high: number;
}

function reliability(said: readonly number[], was: readonly number[], bins: number): ReliabilityBin[] {
  const members: number[][] = Array.from({ length: bins }, () => []);
  for (const [i, value] of said.entries()) members[Math.min(bins - 1, Math.floor(value * bins))]?.push(i);
  return members.map((own, i) => {
    const hits = own.reduce((sum, at) => sum + (was[at] ?? 0), 0);
    const [low, high] = own.length === 0 ? [Number.NaN, Number.NaN] : wilson(hits, own.length);
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count: own.length,
      said: mean(own.map((at) => said[at] ?? 0)),
      was: hits / own.length,
      low,
      high,
    };
  });
}

function checkEach(who: string, name: string, values: readonly number[], { accepts, expected }: Rule<number>): void {
  const at = values.findIndex((value) => !accepts(value));
  if (at >= 0)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `${name}[${at}] must be ${expected}, got ${values[at]}`,
      facts: { at, value: values[at] },
    });
}
