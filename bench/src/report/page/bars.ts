// One workload: the time of each contender as a bar from 0, with its interval; the fastest first.
import { scaleLinear } from "d3-scale";
import { isNoisy, type Summary, summaries } from "../../measure/summary.ts";
import { ends, time, times } from "../format.ts";
import type { Result } from "../../measure/run.ts";
import { noiseText } from "../table.ts";
import { figure, type Drawing, type Size } from "./figure.ts";
import { nameOf, numbers } from "./tables.ts";
import { hint, label, px, stroke, tag, text } from "./markup.ts";

/** Bars longer than so many of the fastest are cut: linear, they would leave nothing to see of the others. */
const cut = 10;

/** The figure, a line for each contender that was not timed, and the numbers behind it. */
export function bars(result: Result, limit: number): string {
  const all = summaries(result, limit);
  const reasons = result.rows.filter(({ reason }) => reason !== undefined);
  const lines = reasons.map(({ contender, reason }) => tag("li", {}, tag("b", {}, text(contender)), text(` ${reason}`)));
  const noise = isNoisy(result, limit) ? tag("p", { class: "warning" }, text(`${noiseText(result, limit).replace(/^t/, "T")}.`)) : "";
  const after = [noise, lines.length === 0 ? "" : tag("ul", { class: "reasons" }, ...lines), all.length === 0 ? "" : numbers(all)].join("");
  const { name, help } = result;
  return figure({ id: `bars-${name}`, title: name, description: help, draw: (size) => drawing(all, size) }, "", after);
}

interface Layout {
  /** Where bars begin and end. */
  readonly from: number;
  readonly to: number;
  readonly row: number;
  /** Heights in a row: of the bar's middle, and of the letters. */
  readonly bar: number;
  readonly letters: number;
  /** Where times end and ratios begin; on a phone they are one. */
  readonly timeAt: number;
  readonly ratioAt?: number;
}

/** On a phone the letters stand above the bars. */
const layouts: Readonly<Record<Size["name"], Layout>> = {
  wide: { from: 190, to: 800, row: 28, bar: 14, letters: 14, timeAt: 890, ratioAt: 906 },
  narrow: { from: 0, to: 340, row: 42, bar: 29, letters: 11, timeAt: 340 },
};

function drawing(all: readonly Summary[], { name }: Size): Drawing {
  const layout = layouts[name];
  const [least, most] = [all[0]?.ms ?? 0, Math.max(0, ...all.map(({ ms, interval }) => Math.max(ms, interval.high)))];
  const scale = scaleLinear([0, Math.min(most, least * cut)], [layout.from, layout.to]).clamp(true);
  return { height: all.length * layout.row, marks: all.map((one, i) => bar(one, i, scale, layout)).join("") };
}

function bar(summary: Summary, i: number, scale: (ms: number) => number, { from, to, row, bar, letters, timeAt, ratioAt }: Layout): string {
  const { interval, ms } = summary;
  const [y, text, end] = [i * row + bar, i * row + letters, scale(ms)];
  const isCut = i > 0 && end === to && scale(ms * 0.999) === to;
  const [took, ratio] = [time(ms), i === 0 ? "fastest" : ratioText(summary)];
  const whisker = stroke("whisker", [scale(interval.low), y], [scale(interval.high), y]);
  const gaps = [-14, -20].map((x) => stroke("cut", [end + x, y + 9], [end + x + 6, y - 9]));
  return tag(
    "g",
    { class: summary.row.kind },
    hint(`${summary.row.contender}: ${time(interval.low)} to ${time(interval.high)}`),
    label(nameOf(summary.row), [from === 0 ? 0 : from - 12, text], from === 0 ? "start" : "end", "name"),
    tag("rect", { x: from, y: px(y - 6), width: px(Math.max(1, end - from)), height: 12, rx: 1.5 }),
    ...(isCut ? gaps : [whisker]),
    label(ratioAt === undefined ? `${took}  ${ratio}` : took, [timeAt, text], "end", "value"),
    ratioAt === undefined ? "" : label(ratio, [ratioAt, text], "start", "value"),
  );
}

/** "1.22× [1.13, 1.26]", and a question mark where that is too noisy. */
function ratioText({ ratio, verdict, wide }: Summary): string {
  return `${times(ratio.value)} ${ends(ratio)}${verdict === "unclear" || wide ? " ?" : ""}`;
}
