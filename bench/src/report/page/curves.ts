// How the time grows with one size, on scales of decades: a straight line is a power, the dashed one the first power.
import { scaleLog } from "d3-scale";
import { type Summary, summaries } from "../../measure/summary.ts";
import { short, time } from "../format.ts";
import type { Curve, Run } from "../../measure/run.ts";
import { decades } from "./dots.ts";
import { figure, type Drawing, type Size } from "./figure.ts";
import { hint, label, type Point, px, stroke, tag } from "./markup.ts";
import { legend, type Palette } from "./palette.ts";

/** A figure for each family that was timed at two sizes or more. */
export function curves(run: Run, palette: Palette): string[] {
  return familiesOf(run).map(({ family, over, lines }) => {
    const description = `Time of one run as ${grows[over]}, on scales of decades: what runs beside the dashed line grows in proportion.`;
    const drawn = new Map([...palette].filter(([contender]) => lines.has(contender)));
    return figure({ id: `curve-${family}`, title: family, description, draw: (size) => drawing(lines, palette, size) }, legend(drawn));
  });
}

const grows: Readonly<Record<Curve["over"], string>> = {
  steps: "the steps grow",
  batch: "the batch grows",
  units: "the units grow",
};

interface Family extends Pick<Curve, "family" | "over"> {
  /** By contender, in ascending order of the size. */
  readonly lines: ReadonlyMap<string, readonly Sample[]>;
}

interface Sample {
  readonly at: number;
  readonly summary: Summary;
}

function familiesOf({ results, limit }: Run): Family[] {
  const families = new Map<string, { over: Curve["over"]; lines: Map<string, Sample[]> }>();
  for (const result of results.filter(({ curve }) => curve !== undefined).toSorted((a, b) => a.curve!.at - b.curve!.at)) {
    const { family, over, at } = result.curve!;
    const { lines } = families.get(family) ?? families.set(family, { over, lines: new Map() }).get(family)!;
    for (const summary of summaries(result, limit)) {
      const { contender } = summary.row;
      lines.set(contender, [...(lines.get(contender) ?? []), { at, summary }]);
    }
  }
  return [...families]
    .map(([family, { over, lines }]) => ({ family, over, lines: new Map([...lines].filter(([, samples]) => samples.length > 1)) }))
    .filter(({ lines }) => lines.size > 0);
}

function drawing(lines: Family["lines"], palette: Palette, { name, width }: Size): Drawing {
  const height = name === "wide" ? 380 : 300;
  const samples = [...lines.values()].flat();
  const sizes = samples.map(({ at }) => at);
  const proportional = firstPower(samples);
  const all = [...samples.map(({ summary }) => summary.ms), ...proportional.map(([, ms]) => ms)];
  const x = scaleLog([Math.min(...sizes), Math.max(...sizes)], [62, width - (name === "wide" ? 130 : 12)]);
  const y = scaleLog([Math.min(...all) / 1.3, Math.max(...all) * 1.3], [height - 28, 10]);
  const [left, right] = x.range() as [number, number];
  const horizontal = decades(y.domain(), 9).map(
    (ms) => stroke("grid", [left, y(ms)], [right, y(ms)]) + label(short(time(ms)), [left - 8, y(ms)], "end"),
  );
  const vertical = [...new Set(sizes)].map((at) => label(String(at), [x(at), height - 10], "middle"));
  const drawn = [...lines].map(([contender, line]) =>
    curve(
      line.map(({ at, summary }): readonly [Point, string] => [[x(at), y(summary.ms)], `${contender} at ${at}: ${time(summary.ms)}`]),
      palette.get(contender)!,
    ),
  );
  const names = name === "wide" ? apart([...lines].map(([contender, line]) => [contender, y(line.at(-1)!.summary.ms)])) : [];
  const written = names.map(([contender, at]) => label(contender, [right + 10, at], "start", `series ${palette.get(contender)}`));
  return { height, marks: [...horizontal, ...vertical, rule(proportional, x, y), ...drawn, ...written].join("") };
}

function curve(points: readonly (readonly [Point, string])[], mark: string): string {
  const path = points.map(([[px0, py0]]) => `${px(px0)},${px(py0)}`).join(" ");
  const ends = points.map(([[cx, cy], told]) => tag("circle", { class: `dot ${mark}`, cx: px(cx), cy: px(cy), r: 3.5 }, hint(told)));
  return tag("polyline", { class: mark, points: path }) + ends.join("");
}

/** From the smallest size to the largest, where it meets the fastest. */
function firstPower(samples: readonly Sample[]): readonly [Point, Point] {
  const [smallest, largest] = [Math.min(...samples.map(({ at }) => at)), Math.max(...samples.map(({ at }) => at))];
  const ms = Math.min(...samples.filter(({ at }) => at === largest).map(({ summary }) => summary.ms));
  return [
    [smallest, (ms * smallest) / largest],
    [largest, ms],
  ];
}

function rule([[from, low], [to, high]]: readonly [Point, Point], x: (at: number) => number, y: (ms: number) => number): string {
  return stroke("rule", [x(from), y(low)], [x(to), y(high)]);
}

/** Names at their heights, pushed down where they would stand on each other. */
function apart(names: readonly (readonly [string, number])[]): (readonly [string, number])[] {
  let free = -Infinity;
  return names
    .toSorted(([, a], [, b]) => a - b)
    .map(([name, wanted]) => {
      const at = Math.max(wanted, free);
      free = at + 15;
      return [name, at] as const;
    });
}
