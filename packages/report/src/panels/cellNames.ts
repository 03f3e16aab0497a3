// Names beside rows and columns of cells, as many as have room.
import * as Plot from "@observablehq/plot";
import { soft } from "../colour/palette.ts";
import { cut, widestOf } from "../markup/textWidth.ts";

export interface ColumnNames {
  readonly room: number;
  readonly marks: (side: "top" | "bottom") => Plot.Markish[];
}

/** Side by side where they have room, upright where columns are as wide as letters are high, otherwise some of them. */
export function columnNames(columns: readonly string[], pitch: number, instead: string | undefined): ColumnNames {
  const widest = widestOf(columns);
  if (widest === 0) return { room: 4, marks: () => [] };
  const isNumeric = columns.every((name) => /^[\d.,−-]*$/.test(name));
  if (widest + 6 > pitch && !isNumeric && pitch >= 11) {
    const most = 110;
    return { room: Math.ceil(Math.min(most, widest)) + 12, marks: (side) => [turned(everyNth(columns, 1), side, most)] };
  }
  if (widest + 6 > pitch && !isNumeric && instead !== undefined) return { room: 22, marks: (side) => [said(instead, side)] };
  const every = nice(Math.ceil((widest + 10) / pitch));
  return { room: 22, marks: (side) => [flat(everyNth(columns, every, isNumeric && every > 1), side)] };
}

/** All names, or each so-and-so-many-th where rows are lower than letters. */
export function rowNames(rows: readonly string[], pitch: number, room: number): Plot.Markish {
  const every = pitch >= 11 ? 1 : nice(Math.ceil(13 / pitch));
  const shown = everyNth(rows, every, every > 1);
  return Plot.text(shown, {
    y: ({ at }) => at + 0.5,
    frameAnchor: "left",
    textAnchor: "end",
    dx: -8,
    fill: soft,
    text: ({ name }) => cut(name, room - 10),
  });
}

interface Named {
  readonly at: number;
  readonly name: string;
}

function flat(names: readonly Named[], side: "top" | "bottom"): Plot.Markish {
  return Plot.text(names, {
    x: ({ at }) => at + 0.5,
    frameAnchor: side,
    lineAnchor: side === "top" ? "bottom" : "top",
    dy: side === "top" ? -6 : 7,
    fill: soft,
    text: ({ name }) => cut(name, Infinity),
  });
}

function said(text: string, side: "top" | "bottom"): Plot.Markish {
  return Plot.text([text], { frameAnchor: side, lineAnchor: side === "top" ? "bottom" : "top", dy: side === "top" ? -6 : 7, fill: soft });
}

function turned(names: readonly Named[], side: "top" | "bottom", room: number): Plot.Markish {
  const place = {
    x: ({ at }: Named) => at + 0.5,
    frameAnchor: side,
    rotate: -90,
    lineAnchor: "middle",
    dy: side === "top" ? -6 : 6,
  } as const;
  return Plot.text(names, { ...place, textAnchor: side === "top" ? "start" : "end", fill: soft, text: ({ name }) => cut(name, room) });
}

/** The first, and every so-and-so-many-th; of numbers that are counted from 1 those that are round. */
function everyNth(names: readonly string[], every: number, round = false): Named[] {
  const isRound = round && names[0] === "1";
  return names
    .map((name, at) => ({ at, name }))
    .filter(({ at }) => (isRound ? (at + 1) % every === 0 || (at === 0 && every >= 5) : at % every === 0));
}

function nice(every: number): number {
  for (let power = 1; ; power *= 10) for (const step of [1, 2, 5]) if (step * power >= every) return step * power;
}
