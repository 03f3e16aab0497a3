// What single figures show: by numbers that one can count.
import { expect, test } from "vitest";
import {
  alignment,
  bars,
  calibration,
  confusionMatrix,
  coverage,
  type Figure,
  forecast,
  heatMap,
  histogram,
  lines,
  page,
  residuals,
  trainingCurves,
  trajectories,
} from "../index.ts";
import { historyOf } from "../testing/gallery.ts";
import { plotsOf, textOf } from "../testing/markup.ts";

const htmlOf = (figure: Figure): string => page({ title: "", sections: [{ content: [figure] }] });
const wide = (figure: Figure, panel = 0): string => plotsOf(htmlOf(figure)).filter((plot) => plot.includes("plot wide"))[panel]!;
/** Widths of the rectangles, in pixels. */
const widths = (plot: string): number[] => [...plot.matchAll(/<rect [^>]*?width="([\d.]+)"/g)].map(([, width]) => Number(width));
const fills = (plot: string): string[] =>
  [...plot.matchAll(/<rect [^>]*?fill="([^"]+)"/g)].map(([, fill]) => fill!).filter((fill) => fill !== "none"); // that of the frame
const refused = (code: string, who: string) => expect.objectContaining({ code, who });

test("bars are as long as their numbers, and are cut where they would hide the others", () => {
  const [one, three] = widths(
    wide(
      bars({
        title: "",
        bars: [
          { label: "a", value: 1 },
          { label: "b", value: 3 },
        ],
      }),
    ),
  );
  expect(three! / one!).toBeCloseTo(3, 1);
  const far = wide(bars({ title: "", cut: 10, bars: [1, 50, 5000].map((value) => ({ label: `${value}`, value })) }));
  const [shortest, cut, farther] = widths(far);
  expect([cut! / shortest!, farther]).toEqual([expect.closeTo(10, 1), cut]);
  expect(far.match(/⁄/g)).toHaveLength(4); // two gaps in each of two
  expect(textOf(far)).toContain("5000");
});

test("the best epoch is ringed on validation, with its number, in the plot of each measure", () => {
  const figure = trainingCurves(historyOf([3, 2, 4]));
  expect(figure.panels.map(({ title }) => title)).toEqual(["loss", "mae"]);
  expect(textOf(wide(figure))).toContain("epoch 1: 4");
  expect(textOf(wide(figure, 1))).toContain("epoch 1: 1");
  expect(textOf(htmlOf(figure))).toMatch(/All epochs.*epoch.*loss.*valLoss.*mae.*valMae.*examples\/s.*1 +3 +4/s);
});

test("a run without validation, without a best epoch or of one epoch is drawn", () => {
  const epochs = [{ epoch: 1, loss: 0.5, examplesPerSecond: 10 }];
  const figure = trainingCurves({ epochs, ended: "signal", executor: "" });
  expect(figure.legend).toEqual([]);
  expect(wide(figure)).toMatch(/<circle/);
  expect(trainingCurves({ epochs: [], ended: "signal", executor: "" }).description).toBe("No epoch was finished.");
});

test("epochs whose loss is not finite are told", () => {
  expect(htmlOf(trainingCurves(historyOf([1, Number.NaN, 2])))).toContain("1 of 3 values of loss is not finite: it is not drawn.");
});

test("a heat map has its first row on top, more is a later colour, and what is not finite is crossed out", () => {
  const figure = heatMap({
    title: "",
    values: [
      [0, 1, 2],
      [3, Number.NaN, 6],
    ],
  });
  expect(fills(wide(figure))).toEqual(["var(--s0)", "var(--s5)", "var(--s10)", "var(--s16)", "var(--faint)", "var(--s31)"]);
  expect(figure.warnings).toEqual(["1 of 6 values is missing or not finite: crossed out."]);
});

test("powers of ten are even steps of a log scale, and 0 has the lowest colour, told", () => {
  const figure = heatMap({ title: "", values: [[1e-8, 1e-4, 1, 0]], scale: "log" });
  expect(fills(wide(figure))).toEqual(["var(--s0)", "var(--s16)", "var(--s31)", "var(--s0)"]);
  expect(figure.warnings).toEqual(["1 of 4 values is not above 0, and has the lowest colour."]);
});

test("a diverging scale has its middle at the centre, and both sides reach as far", () => {
  expect(fills(wide(heatMap({ title: "", values: [[-1, 0, 4]], scale: "diverging" })))).toEqual(["var(--d12)", "var(--d16)", "var(--d32)"]);
  expect(fills(wide(heatMap({ title: "", values: [[1, 3]], scale: "diverging", center: 2 })))).toEqual(["var(--d0)", "var(--d32)"]);
});

test("a heat map takes null for a number that is not there, as records through JSON have it", () => {
  expect(fills(wide(heatMap({ title: "", values: [[1, null, 3]] })))).toEqual(["var(--s0)", "var(--faint)", "var(--s31)"]);
});

test("ten thousand points, places and epochs make no page that cannot be opened", () => {
  const y = Array.from({ length: 10_000 }, (_, i) => Math.sin(i));
  const long = [
    lines({ title: "", series: { y }, dots: true }),
    forecast({
      title: "",
      truth: y,
      forecast: y,
      intervals: [{ level: 0.8, low: y.map((one) => one - 1), high: y.map((one) => one + 1) }],
    }),
    residuals({ title: "", truth: y, forecast: y.toReversed() }),
    trainingCurves(historyOf(y)),
  ];
  for (const figure of long) expect(htmlOf(figure).length).toBeLessThan(500_000);
  expect(textOf(htmlOf(long[3]!))).toMatch(/Every 25th epoch.* 10000 /s);
});

test("several heat maps share their scale", () => {
  const figure = heatMap({ title: "", values: { a: [[0]], b: [[10]] } });
  expect([fills(wide(figure)), fills(wide(figure, 1))]).toEqual([["var(--s0)"], ["var(--s31)"]]);
});

test("of more cells than can be seen neighbours share one, and none that is not finite is hidden", () => {
  const row = Array.from({ length: 5000 }, (_, i) => (i === 2500 ? Infinity : i));
  const figure = heatMap({ title: "", values: [row] });
  expect(fills(wide(figure)).length).toBeLessThan(50);
  expect(fills(wide(figure)).filter((fill) => fill === "var(--faint)")).toHaveLength(1);
  expect(figure.warnings.join(" ")).toContain("neighbours share a cell");
});

test("a confusion matrix counts, tells shares of rows, and lists what is confused most", () => {
  const figure = confusionMatrix({ title: "", classes: ["sun", "rain"], truth: [0, 0, 0, 1], predicted: [0, 0, 1, 1] });
  expect(textOf(wide(figure)).replaceAll(/\s+/g, " ")).toContain("67 % 2 33 % 1 100 % 1");
  expect(figure.description).toContain("75.0\u00A0% of 4 are right");
  expect(figure.table?.rows.map((row) => row.map(({ text }) => text))).toEqual([["sun", "rain", "1", "33.3\u00A0%"]]);
  expect(
    confusionMatrix({
      title: "",
      classes: ["sun", "rain"],
      counts: [
        [2, 1],
        [0, 1],
      ],
    }),
  ).toMatchObject({ table: figure.table });
});

test("cells of a confusion matrix say share and count, of a heat map with names its numbers, where they have room", () => {
  const counts = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (__, j) => (i === j ? 2000 : 100 + j)));
  expect(textOf(wide(confusionMatrix({ title: "", classes: [..."abcdefgh"], counts })))).toContain("74\u00A0%");
  const values = [[0.5, Number.NaN]];
  const told = textOf(wide(heatMap({ title: "", values, rows: ["a"], columns: ["b", "c"] })));
  expect(told).toMatch(/ 0\.5 +a /);
  expect(told.match(/NaN/g)).toHaveLength(1); // what a pointer is told
});

test("many classes keep their names on a phone", () => {
  const classes = Array.from({ length: 62 }, (_, i) => `language ${i}`);
  const figure = confusionMatrix({ title: "", classes, counts: classes.map((_, i) => classes.map((__, j) => Number(i === j))) });
  const [narrow] = plotsOf(htmlOf(figure)).filter((plot) => plot.includes("plot narrow"));
  for (const name of classes) expect(textOf(narrow!)).toContain(name);
  const heights = [...narrow!.matchAll(/<text [^>]*transform="translate\([\d.]+,([\d.]+)\)"[^>]*>language/g)].map(([, y]) => Number(y));
  expect(heights).toHaveLength(62);
  for (const [i, y] of heights.slice(1).entries()) expect(y - heights[i]!).toBeGreaterThanOrEqual(12);
});

test("a calibrated forecast is told so, by its expected calibration error", () => {
  const probabilities = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0.2 : 0.8));
  const outcomes = probabilities.map((one, i) => Number(i % 10 < one * 10));
  const figure = calibration({ title: "", probabilities, outcomes });
  expect(figure.description).toContain("off by 0.0\u00A0%");
  expect(figure.table?.rows.map((row) => row[2]?.text)).toEqual(["20.0\u00A0%", "80.0\u00A0%"]);
  expect(calibration({ title: "", probabilities, outcomes: outcomes.map((one) => 1 - one) }).description).toContain("off by 60.0\u00A0%");
});

test("coverage counts the truth within each interval, its ends among it, and says what chance allows", () => {
  const truth = Array.from({ length: 100 }, (_, i) => i);
  const holding = (count: number) => ({ low: truth.map(() => 0), high: truth.map(() => count - 1) });
  const figure = coverage({
    title: "",
    truth,
    intervals: [
      { level: 0.8, ...holding(80) },
      { level: 0.5, ...holding(70) },
    ],
  });
  expect(figure.table?.rows.map((row) => row.map(({ text }) => text))).toEqual([
    ["50\u00A0%", "70.0\u00A0%", "100", "±9.8\u00A0%", "no"],
    ["80\u00A0%", "80.0\u00A0%", "100", "±7.8\u00A0%", "yes"],
  ]);
  expect(figure.description).toContain("All but 50\u00A0% are within what chance does in 100 cases");
});

test("residuals tell their mean, mean size and root mean square, and every one is counted", () => {
  const figure = residuals({ title: "", truth: [0, 0, 0, 0], forecast: [1, -1, 2, 2], unit: "°C" });
  expect(figure.description).toContain(
    "The mean is 1.00\u00A0°C, the mean absolute error 1.50\u00A0°C, the root mean square 1.58\u00A0°C.",
  );
  expect(wide(figure).match(/<circle/g)).toHaveLength(4);
  const counts = [...wide(figure, 1).matchAll(/<title>[^<]*: (\d+)<\/title>/g)].map(([, count]) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
});

test("a histogram's bins are as wide as asked for, unless that is more than can be seen", () => {
  const bins = (binWidth: number): number => wide(histogram({ title: "", values: [0, 4, 9.5], binWidth })).match(/<title>/g)!.length;
  expect(bins(1)).toBe(10);
  expect(bins(1e-9)).toBeLessThan(61);
});

test("a forecast has a band for each interval, and what a pointer is told is exact", () => {
  const [truth, said] = [
    [1, 2],
    [1.25, 2.25],
  ];
  const figure = forecast({
    title: "",
    truth: [1, 2],
    forecast: said,
    x: [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 0, 2))],
    intervals: [{ level: 0.8, low: truth, high: said }],
  });
  expect(textOf(wide(figure))).toContain("2026-01-02\ntruth 2\nforecast 2.25\n80\u00A0% from 2\nto 2.25");
  expect(figure.legend.map((key) => ("text" in key ? key.text : ""))).toEqual(["truth", "forecast", "80\u00A0% interval"]);
});

test("an alignment has a row for each token that came out, and blanks are seen", () => {
  const figure = alignment({ title: "", weights: [[1, 0]], source: ["a", " "], target: ["x"] });
  expect(fills(wide(figure))).toEqual(["var(--s31)", "var(--s0)"]);
  expect(textOf(wide(figure))).toContain("␣");
});

test("a trajectory is coloured by its step, with one unit as long across as upwards", () => {
  const plot = wide(
    trajectories({
      title: "",
      paths: {
        a: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      },
    }),
  );
  const [across, up] = [...plot.matchAll(/<path stroke="(var\(--s\d+\))" d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"/g)].map(
    ([, colour, ...at]) => ({ colour, at: at.map(Number) }),
  );
  expect(across!.at[2]! - across!.at[0]!).toBeCloseTo(up!.at[1]! - up!.at[3]!, 0);
  expect([across!.colour, up!.colour]).toEqual(["var(--s19)", "var(--s31)"]);
});

test("a name has one colour in every figure with the same palette", () => {
  const palette = ["a", "b", "c"];
  const colourOf = (series: Record<string, number[]>): string[] =>
    lines({ title: "", series, palette }).legend.map((key) => ("colour" in key ? `${key.text} ${key.colour}` : ""));
  expect(colourOf({ c: [1], a: [2] })).toEqual(["a var(--c0)", "c var(--c2)"]);
});

test.each<[string, () => unknown, string]>([
  ["lines", () => lines({ title: "", series: { a: { x: [1], y: [1, 2] } } }), "SHAPE_MISMATCH"],
  ["lines", () => lines({ title: "", series: { a: { x: [Number.NaN], y: [1] } } }), "NOT_FINITE"],
  ["lines", () => lines({ title: "", series: { a: [1] }, yscale: "log" } as never), "INVALID_ARGUMENT"],
  ["lines", () => lines({ series: {} } as never), "INVALID_ARGUMENT"],
  ["lines", () => lines({ title: "", series: { a: { x: [1], y: [1] }, b: { x: [new Date(0)], y: [1] } } }), "INVALID_ARGUMENT"],
  ["bars", () => bars({ title: "", bars: [{ label: "a", value: "1" }] } as never), "INVALID_ARGUMENT"],
  ["heatMap", () => heatMap({ title: "", values: [[1, 2]], columns: ["a"] }), "SHAPE_MISMATCH"],
  ["heatMap", () => heatMap({ title: "", values: [[1]], scale: "power" } as never), "INVALID_ARGUMENT"],
  ["heatMap", () => heatMap({ title: "", values: [[1]], domain: [2, 1] }), "INVALID_ARGUMENT"],
  ["confusionMatrix", () => confusionMatrix({ title: "", classes: ["a"] }), "INVALID_ARGUMENT"],
  ["confusionMatrix", () => confusionMatrix({ title: "", classes: ["a"], truth: [1], predicted: [0] }), "INDEX_OUT_OF_RANGE"],
  ["confusionMatrix", () => confusionMatrix({ title: "", classes: ["a"], counts: [[0.5]] }), "INVALID_ARGUMENT"],
  ["calibration", () => calibration({ title: "", probabilities: [1.5], outcomes: [1] }), "INVALID_ARGUMENT"],
  ["coverage", () => coverage({ title: "", truth: [1], intervals: [{ level: 1, low: [0], high: [2] }] }), "INVALID_ARGUMENT"],
  ["forecast", () => forecast({ title: "", truth: [1], forecast: [1, 2] }), "SHAPE_MISMATCH"],
  ["residuals", () => residuals({ title: "", truth: [1, 2], forecast: [1] }), "SHAPE_MISMATCH"],
  ["alignment", () => alignment({ title: "", weights: [[1]], source: ["a", "b"], target: ["c"] }), "SHAPE_MISMATCH"],
  ["trajectories", () => trajectories({ title: "", paths: { a: [[1, 2, 3]] } }), "SHAPE_MISMATCH"],
  ["trainingCurves", () => trainingCurves({} as never), "INVALID_ARGUMENT"],
  ["trainingCurves", () => trainingCurves(historyOf([1]), { measures: ["accuracy"] }), "INVALID_ARGUMENT"],
])("%#: %s refuses what it cannot draw with a code and its name", (who, draw, code) => {
  expect(draw).toThrow(refused(code, who));
});
