// Which classes are taken for which.
import { SluiceError } from "@sluice/core";
import { optionsOf, optional, required, type Table as OptionTable } from "@sluice/nn/kit";
import { grouped, percent } from "../values/format.ts";
import { checkLengths, readList, readMatrix } from "../values/read.ts";
import { table } from "../tables/table.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { matrixPanel } from "../panels/matrixPanel.ts";
import { checkNames } from "../values/names.ts";
import { numbers, texts } from "../values/rules.ts";

export interface ConfusionMatrixOptions extends FigureOptions {
  /** Names, by the number of the class. */
  readonly classes: readonly string[];
  /** How often, [truth, predicted]; or `truth` and `predicted` to count. */
  readonly counts?: Numbers;
  /** [samples], the number of the class of each. */
  readonly truth?: Numbers;
  readonly predicted?: Numbers;
}

const confusionMatrixTable = {
  ...figureTable,
  classes: required(texts),
  counts: optional(numbers),
  truth: optional(numbers),
  predicted: optional(numbers),
} satisfies OptionTable<ConfusionMatrixOptions>;

const who = "confusionMatrix";

/**
 * A row for each true class, coloured by which share of it was taken for which class; where cells have room, with share and count. The confusions that happen most are a table.
 *
 * Throws INVALID_ARGUMENT where neither counts nor both of truth and predicted are given, for counts that are not whole; SHAPE_MISMATCH for other than one row and column for each class;
 * INDEX_OUT_OF_RANGE for a class that there is not.
 */
export function confusionMatrix(options: ConfusionMatrixOptions): Figure {
  const given = optionsOf<ConfusionMatrixOptions, typeof confusionMatrixTable>(who, confusionMatrixTable, options);
  const { classes } = given;
  const counts = countsOf(given);
  const sums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shares = counts.map((row, i) => row.map((count) => ((sums[i] ?? 0) > 0 ? count / (sums[i] ?? 1) : Number.NaN)));
  const total = sums.reduce((sum, count) => sum + count, 0),
    right = counts.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const never = classes.filter((_, i) => sums[i] === 0);
  const told = (row: number, column: number): string =>
    `${classes[row]} taken for ${classes[column]}: ${counts[row]?.[column]} of ${sums[row]}${(sums[row] ?? 0) > 0 ? `, ${percent(shares[row]?.[column] ?? 0)}` : ""}`;
  const letters = (row: number, column: number): string => lettersOf(counts[row]?.[column] ?? 0, shares[row]?.[column] ?? Number.NaN);
  const panel = {
    values: shares.map((row) => row.map((share) => (Number.isNaN(share) ? 0 : share))),
    ramp: "sequential" as const,
    place: (share: number) => share,
  };
  return figure(given, {
    description:
      total === 0
        ? ""
        : `Rows are what it was, columns what it was taken for, as shares of the row. ${percent(right / total)} of ${grouped(total)} are right.`,
    legend: total === 0 ? [] : [{ ramp: "sequential", low: "0\u00A0%", middle: "of the row", high: "100\u00A0%" }],
    warnings: total > 0 && never.length > 0 ? [`${never.length} of ${classes.length} classes never came.`] : [],
    panels: [
      {
        draw: (size, label) =>
          total === 0
            ? undefined
            : matrixPanel(
                {
                  ...panel,
                  rows: classes,
                  columns: classes,
                  columnsAbove: true,
                  square: 54,
                  instead: "columns in the order of the rows",
                  letters,
                  hint: told,
                },
                size,
                label,
              ),
      },
    ],
    table: worst(classes, counts, sums),
  });
}

function lettersOf(count: number, share: number): string {
  return count === 0 ? "" : `${Math.round(100 * share)}\u00A0%\n${grouped(count)}`;
}

function countsOf({
  classes,
  counts,
  truth,
  predicted,
}: { readonly [K in keyof ConfusionMatrixOptions]: ConfusionMatrixOptions[K] | undefined } & {
  readonly classes: readonly string[];
}): number[][] {
  if (counts !== undefined) return checkedCounts(readMatrix(who, "counts", counts), classes);
  if (truth === undefined || predicted === undefined)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: "counts, or truth and predicted, must be given",
      fix: "Pass counts [truth, predicted], or the classes of each sample",
    });
  const [was, said] = [readList(who, "truth", truth), readList(who, "predicted", predicted)];
  checkLengths(who, { truth: was.length, predicted: said.length });
  const all = classes.map(() => classes.map(() => 0));
  for (const [i, row] of was.entries()) {
    const column = said[i] ?? -1;
    for (const [name, value] of [
      ["truth", row],
      ["predicted", column],
    ] as const)
      if (!Number.isInteger(value) || value < 0 || value >= classes.length)
        throw new SluiceError({
          code: "INDEX_OUT_OF_RANGE",
          who,
          what: `${name}[${i}] must be a class of 0 … ${classes.length - 1}, got ${value}`,
          facts: { at: i, value },
        });
    const line = all[row];
    if (line !== undefined) line[column] = (line[column] ?? 0) + 1;
  }
  return all;
}

function checkedCounts(counts: number[][], classes: readonly string[]): number[][] {
  checkNames(who, "classes", classes, counts.length);
  checkNames(who, "classes", classes, counts[0]?.length ?? 0);
  for (const [i, row] of counts.entries())
    for (const [j, count] of row.entries())
      if (!Number.isSafeInteger(count) || count < 0)
        throw new SluiceError({
          code: "INVALID_ARGUMENT",
          who,
          what: `counts[${i}][${j}] must be a whole number of at least 0, got ${count}`,
          facts: { counts: count },
        });
  return counts;
}

const mostConfusions = 15;

function worst(
  classes: readonly string[],
  counts: readonly (readonly number[])[],
  sums: readonly number[],
): ReturnType<typeof table> | undefined {
  const all = counts.flatMap((row, i) =>
    row.flatMap((count, j) => (i === j || count === 0 ? [] : [{ i, j, count, share: count / (sums[i] ?? 1) }])),
  );
  if (all.length === 0) return undefined;
  const rows = all.toSorted((a, b) => b.count - a.count || b.share - a.share || a.i - b.i || a.j - b.j).slice(0, mostConfusions);
  return table({
    title: all.length > mostConfusions ? `The ${mostConfusions} confusions that happen most` : "All confusions",
    folded: true,
    columns: ["it was", "taken for", "times", "of the class"],
    rows: rows.map(({ i, j, count, share }) => [classes[i] ?? "", classes[j] ?? "", grouped(count), percent(share)]),
  });
}
