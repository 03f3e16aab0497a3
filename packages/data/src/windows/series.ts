// Series, and windows within them.
import { SluiceError, type TypedArray } from "@sluice/core";
import { allocate, maxElements, refused } from "@sluice/core/arguments";
import { notFinite, readRows, type Rows } from "../numbers/rows.ts";
import { isHostArray, type Numbers } from "../numbers/numbers.ts";

export const who = "windows";

export interface Series extends Rows {
  readonly name: string;
}

/** Where a window lies: its series, and its first row. */
export interface Place {
  readonly of: Series;
  readonly start: number;
}

/** What to do with NaN. */
export type Missing = "refuse" | "skip" | "keep";

/** By name, one by itself as "series". Throws EMPTY_DATA for none, SHAPE_MISMATCH for unlike columns. */
export function seriesIn(given: Numbers | Readonly<Record<string, Numbers>>): readonly [Series, ...Series[]] {
  const named = isSeveral(given) ? Object.entries(given) : [["series", given] as const];
  const [first, ...more] = named.map(([name, value]) => seriesOf(name, value));
  if (first === undefined) throw nothing("there is no series");
  for (const one of more) checkLike(one, first);
  return [first, ...more];
}

function isSeveral(given: Numbers | Readonly<Record<string, Numbers>>): given is Readonly<Record<string, Numbers>> {
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- null comes from callers without types
  return typeof given === "object" && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given) && !isHostArray(given);
}

function seriesOf(name: string, value: Numbers): Series {
  const rows = readRows(who, name, value);
  if (rows.shape.length <= 2) return { ...rows, name };
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `${name} must be [time] or [time, features], got [${rows.shape.join(", ")}]`,
    fix: "Give several series by name: { berlin: rows, paris: rows }",
    facts: { series: name, shape: rows.shape },
  });
}

function checkLike({ name, width, columns }: Series, first: Series): void {
  const isLike = width === first.width && (columns === undefined || first.columns === undefined || columns.join("\n") === first.columns.join("\n")); // prettier-ignore
  if (isLike) return;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `all series must have the same columns: ${name} has ${columns?.join(", ") ?? width}, ${first.name} has ${first.columns?.join(", ") ?? first.width}`,
    facts: { series: name },
  });
}

/** Whether some rows hold no NaN, or may. Throws NOT_FINITE for an infinity, and for NaN that is refused. */
export function isWhole(
  series: Series,
  { from, length }: { readonly from: number; readonly length: number },
  read: readonly number[],
  missing: Missing,
): boolean {
  const { data, width, columns, name } = series;
  for (let row = from; row < from + length; row++)
    for (const c of read) {
      const value = data[row * width + c] ?? NaN;
      if (Number.isFinite(value) || (Number.isNaN(value) && missing === "keep")) continue;
      if (Number.isNaN(value) && missing === "skip") return false;
      const fix = Number.isNaN(value)
        ? 'Fill it (forwardFill, meanImputer), or leave such windows out: { missing: "skip" }'
        : "Mend the data";
      throw notFinite(who, name, value, row, columns?.[c] ?? c, fix);
    }
  return true;
}

export interface Part {
  /** From the window's first row. */
  readonly offset: number;
  readonly length: number;
  readonly columns: readonly number[];
  readonly dtype: "f32" | "f64";
}

/** These rows and columns of each window, one after the other. */
export function gathered(places: readonly Place[], { offset, length, columns, dtype }: Part): TypedArray {
  const elements = places.length * length * columns.length;
  if (elements > maxElements)
    throw refused(who, "the windows", elements, `at most ${maxElements} numbers together`, [], "Take fewer steps, or a larger stride");
  const data = allocate(dtype, elements, who);
  let at = 0;
  for (const { of, start } of places)
    for (let row = start + offset; row < start + offset + length; row++)
      for (const c of columns) data[at++] = of.data[row * of.width + c] ?? NaN;
  return data;
}

export function nothing(what: string, fix?: string, facts: Readonly<Record<string, unknown>> = {}): SluiceError {
  return new SluiceError({ code: "EMPTY_DATA", who, what, ...(fix !== undefined && { fix }), facts });
}
