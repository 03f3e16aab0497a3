// Every contender keeps its colour and its mark through all plots: ours are full, peers are rings.
import { timedRows } from "../../measure/row.ts";
import type { Run } from "../../measure/run.ts";
import { tag, text } from "./markup.ts";

/** Names of CSS classes, by contender: "c3", or "c3 peer". */
export type Palette = ReadonlyMap<string, string>;

/** On white and on black, of about equal lightness each. */
export const colours: readonly (readonly [light: string, dark: string])[] = [
  ["#2563d9", "#7ea8ff"], // the first three hues are for the backends most runs have
  ["#0a7f6a", "#4fc4ac"],
  ["#7b46c9", "#b893f5"],
  ["#c25410", "#f0935a"],
  ["#b3245f", "#f07ba9"],
  ["#8a6a00", "#d3b146"],
  ["#5b7710", "#a8c452"],
  ["#9c3a2f", "#e88a7e"],
  ["#1f7a99", "#66bddb"],
  ["#6d5f55", "#b3a599"],
];

/** All contenders that were timed on some workload, ours first, in the order in which they took part. */
export function paletteOf({ results }: Run): Palette {
  const kinds = new Map(results.flatMap(({ rows }) => rows.map(({ contender, kind }) => [contender, kind] as const)));
  const timed = new Set(results.flatMap(({ rows }) => timedRows(rows).map(({ contender }) => contender)));
  const ordered = [...kinds]
    .filter(([contender]) => timed.has(contender))
    .toSorted(([, a], [, b]) => Number(a === "peer") - Number(b === "peer"));
  return new Map(ordered.map(([contender, kind], i) => [contender, `c${i % colours.length}${kind === "peer" ? " peer" : ""}`]));
}

export function legend(palette: Palette): string {
  const key = ([contender, mark]: readonly [string, string]): string => tag("li", {}, tag("i", { class: `key ${mark}` }), text(contender));
  return tag("ul", { class: "legend" }, ...[...palette].map(key));
}
