// What a decoder looked at: a row for each token that came out, a column for each that went in.
import { optionsOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { compact } from "../values/format.ts";
import { extent, readMatrix } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { missingKey } from "./legend.ts";
import { matrixPanel } from "../panels/matrixPanel.ts";
import { checkNames } from "../values/names.ts";
import { numbers, texts } from "../values/rules.ts";

export interface AlignmentOptions extends FigureOptions {
  /** [output tokens, input tokens]: how much each output token looked at each input token, each row about a sum of 1. */
  readonly weights: Numbers;
  readonly source: readonly string[];
  readonly target: readonly string[];
}

const alignmentTable = {
  ...figureTable,
  weights: required(numbers),
  source: required(texts),
  target: required(texts),
} satisfies OptionTable<AlignmentOptions>;

/**
 * An attention map with tokens on both sides (Bahdanau et al. 2015, figure 3). The scale begins at 0 and ends at 1, or at the largest weight where that is more.
 *
 * Throws SHAPE_MISMATCH for weights that are not [target, source], INVALID_ARGUMENT for options that there are not or are not what they must be.
 */
export function alignment(options: AlignmentOptions): Figure {
  const { source, target, ...given } = optionsOf<AlignmentOptions, typeof alignmentTable>("alignment", alignmentTable, options);
  const values = readMatrix("alignment", "weights", given.weights);
  checkNames("alignment", "target", target, values.length);
  if (values.length > 0) checkNames("alignment", "source", source, values[0]?.length ?? 0);
  const all = values.flat(),
    bad = all.filter((value) => !Number.isFinite(value)).length,
    high = Math.max(1, extent(all)?.[1] ?? 1);
  const place = (value: number): number => (Number.isFinite(value) ? value / high : Number.NaN);
  const hint = (row: number, column: number): string =>
    `${target[row]} ← ${source[column]}: ${compact(values[row]?.[column] ?? Number.NaN)}`;
  return figure(given, {
    description: "How much each token that came out, from the top down, looked at each token that went in.",
    legend:
      all.length === 0
        ? []
        : [{ ramp: "sequential", low: "0", middle: compact(high / 2), high: compact(high) }, ...(bad > 0 ? [missingKey] : [])],
    warnings: bad > 0 ? [`${bad} of ${all.length} weights ${bad === 1 ? "is" : "are"} not finite: crossed out.`] : [],
    panels: [
      {
        draw: (size, label) =>
          matrixPanel(
            {
              values,
              ramp: "sequential",
              place,
              rows: target.map(shown),
              columns: source.map(shown),
              columnsAbove: true,
              square: 34,
              hint,
            },
            size,
            label,
          ),
      },
    ],
  });
}

/** Blanks are tokens too. */
function shown(token: string): string {
  return token === "" ? "ε" : token.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}
