// What the cells of a column are, and how one is read. Texts become numbers by one rule everywhere, whatever the locale.

/** What a column holds. A list of texts are categories that are known before: no others, and codes by their order. A function reads a cell of one's own, and gives NaN for what is missing. */
export type CsvType = "number" | "boolean" | "date" | "string" | "category" | readonly string[] | ((cell: string) => number);

/** A column of few texts that come again: `categories[codes[row]]`; the code of what is missing is −1. */
export interface Category {
  readonly codes: Int32Array;
  /** In the order in which they first come, or as they were said. */
  readonly categories: readonly string[];
}

/** Numbers as they are, yes and no as 1 and 0, dates as milliseconds since 1970 in UTC; missing ones are NaN, missing texts "". */
export type ColumnOf<T> = T extends "string" ? readonly string[] : T extends "category" | readonly string[] ? Category : Float64Array;

/** A cell of such a column; what is missing is NaN or "". */
export type CellOf<T> = T extends "string" | "category" | readonly string[] ? string : number;

/** What cells of each type must be, for messages. */
export const expected: Readonly<Record<Extract<CsvType, string>, string>> = {
  number: "a number, as 12, -0.5 or 1e-3",
  boolean: "true or false, yes or no, 1 or 0",
  date: "a date by ISO 8601, as 2026-11-30, 2026-11-30T18:05 or 2026-11-30T18:05:00+01:00",
  string: "a text",
  category: "a text",
};

/** Undefined for a cell that is none of its type. */
export function readCell(cell: string, type: CsvType): number | string | undefined {
  if (typeof type === "function") {
    const value: unknown = type(cell);
    return typeof value === "number" ? value : undefined;
  }
  if (Array.isArray(type)) return type.includes(cell.trim()) ? cell.trim() : undefined;
  if (type === "string" || type === "category") return cell;
  const trimmed = cell.trim();
  if (type === "number") return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? finite(Number(trimmed)) : undefined;
  return type === "boolean" ? yesOrNo(trimmed) : instant(trimmed);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function yesOrNo(cell: string): number | undefined {
  const lower = cell.toLowerCase();
  if (["true", "yes", "1"].includes(lower)) return 1;
  return ["false", "no", "0"].includes(lower) ? 0 : undefined;
}

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** ISO 8601 without an offset is UTC, so that nothing depends on where it is read. */
function instant(cell: string): number | undefined {
  const [whole, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "", offset = "Z"] =
    iso.exec(cell) ?? [];
  if (whole === undefined) return undefined;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, "0")),
  );
  const date = new Date(at);
  if (Number(year) < 100) return undefined; // which Date.UTC takes for one of the last century
  const isThere = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60; // prettier-ignore
  return isThere ? at - offsetMs(offset) : undefined;
}

function offsetMs(offset: string): number {
  if (offset === "Z") return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
