// One number of every contender on every workload: a line for each workload, a dot for each contender.
import { scaleLog } from "d3-scale";
import { type Summary, summaries } from "../../measure/summary.ts";
import { short } from "../format.ts";
import type { Run } from "../../measure/run.ts";
import { figure, type Drawing, type Size } from "./figure.ts";
import { hint, label, px, stroke, tag } from "./markup.ts";
import { legend, type Palette } from "./palette.ts";

export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** NaN where there is none. */
  readonly of: (summary: Summary) => number;
  readonly format: (value: number) => string;
  /** A value that stands out, with its name. */
  readonly mark?: readonly [value: number, name: string];
}

/** Empty where nothing was measured of it. */
export function dots(run: Run, palette: Palette, measure: Measure): string {
  const lines = run.results.map(({ name }, i): Line => ({
    name,
    all: summaries(run.results[i]!, run.limit).filter((one) => measure.of(one) > 0),
  }));
  const seen = lines.filter(({ all }) => all.length > 0);
  if (seen.length === 0) return "";
  const { id, title, description } = measure;
  return figure({ id, title, description, draw: (size) => drawing(seen, palette, measure, size) }, legend(palette));
}

interface Line {
  readonly name: string;
  readonly all: readonly Summary[];
}

/** On a phone the names stand above the lines. */
const layouts = { wide: { from: 270, row: 22, dot: 11, letters: 11 }, narrow: { from: 6, row: 36, dot: 25, letters: 10 } } as const;

const head = 22;

function drawing(lines: readonly Line[], palette: Palette, { of, format, mark }: Measure, { name, width }: Size): Drawing {
  const { from, row, dot, letters } = layouts[name];
  const values = [...lines.flatMap(({ all }) => all.map(of)), ...(mark === undefined ? [] : [mark[0]])];
  const scale = scaleLog(padded(values), [from, width - 8]);
  const height = head + lines.length * row + 4;
  const ticks = decades(scale.domain(), name === "wide" ? 9 : 4);
  const axis = ticks.map(
    (value) => stroke("grid", [scale(value), head], [scale(value), height]) + label(short(format(value)), [scale(value), 8], "middle"),
  );
  const rows = lines.map(({ name: workload, all }, i) => {
    const y = head + i * row;
    const points = all.map((one) => point(one, [scale(of(one)), y + dot], palette, format(of(one))));
    const at = name === "wide" ? ([from - 14, y + letters, "end"] as const) : ([0, y + letters, "start"] as const);
    return label(workload, [at[0], at[1]], at[2], "name") + stroke("lane", [from, y + dot], [width - 8, y + dot]) + points.join("");
  });
  const rule = mark === undefined ? "" : stroke("rule", [scale(mark[0]), head], [scale(mark[0]), height]);
  return { height, marks: axis.join("") + rule + rows.join("") };
}

function point({ row }: Summary, [x, y]: readonly [number, number], palette: Palette, value: string): string {
  const circle = { class: `dot ${palette.get(row.contender)}`, cx: px(x), cy: px(y), r: row.kind === "peer" ? 4 : 5 };
  return tag("circle", circle, hint(`${row.contender}: ${value}`));
}

/** A little more than all values on a scale of decades. */
function padded(values: readonly number[]): [number, number] {
  return [Math.min(...values) / 1.25, Math.max(...values) * 1.25];
}

/** 1, 2 and 5 of each decade where that is not too much, otherwise 1 alone. */
export function decades([low = 1, high = 1]: readonly number[], most: number): number[] {
  const within = (steps: readonly number[]): number[] => {
    const all: number[] = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
      all.push(...steps.map((step) => Number(`${step}e${power}`)));
    return all.filter((value) => value >= low && value <= high);
  };
  const choices = [within([1, 2, 5]), within([1, 3]), within([1])];
  return choices.find((choice) => choice.length <= most) ?? choices.at(-1)!;
}
