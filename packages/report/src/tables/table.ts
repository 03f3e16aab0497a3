// Tables: numbers at the right in figures of one width, the first column names its row.
import { boolean, rate, refused, text } from "@sluice/core/arguments";
import { isRecord, listOf, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import { escape, tag } from "../markup/markup.ts";

/** Made by `table`; `page` writes it. */
export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly folded: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A text, or a number that is written as it is; or more about one. */
export type CellLike = string | number | Cell;

export interface Cell {
  readonly text: string;
  /** A second line, smaller. */
  readonly detail?: string;
  /** The id of a section or figure of the page that it leads to. */
  readonly to?: string;
  /** What a pointer that rests on it is told. */
  readonly hint?: string;
  /** How long a bar stands under it, 0 … 1 of the column's width. */
  readonly bar?: number;
  readonly strong?: boolean;
  readonly tone?: "good" | "bad" | "soft";
}

export interface TableOptions {
  readonly columns: readonly string[];
  /** Each of as many cells as there are columns. */
  readonly rows: readonly (readonly CellLike[])[];
  /** Default none. */
  readonly title?: string;
  /** Only the title is seen until it is opened; default false. */
  readonly folded?: boolean;
}

const tones = ["good", "bad", "soft"];
const checks: Readonly<Record<keyof Cell, (value: unknown) => boolean>> = {
  text: text.accepts,
  detail: text.accepts,
  to: (value) => typeof value === "string" && /^[A-Za-z][\w-]*$/.test(value),
  hint: text.accepts,
  bar: rate.accepts,
  strong: boolean.accepts,
  tone: (value) => typeof value === "string" && tones.includes(value),
};

const cell = {
  expected: "a text, a number, or { text } with detail, to (an id), hint, bar (0 … 1), strong and tone (good, bad or soft)",
  accepts: (value: unknown): value is CellLike =>
    typeof value === "string" ||
    typeof value === "number" ||
    (isRecord(value) &&
      typeof value["text"] === "string" &&
      Object.entries(value).every(([name, one]) => one === undefined || (Object.hasOwn(checks, name) && checks[name as keyof Cell](one)))), // as just seen
};

const tableTable = {
  columns: required(listOf(text)),
  rows: required(listOf(listOf(cell), `a list of rows, each a list of cells: ${cell.expected}`)),
  title: preset(text, ""),
  folded: preset(boolean, false),
} satisfies OptionTable<TableOptions>;

/**
 * A table for `page` and for `table` of a figure. Columns whose cells are numbers stand at the right.
 * Throws INVALID_ARGUMENT for rows of another length than the columns, and for a folded one without a title.
 */
export function table(options: TableOptions): Table {
  const { columns, rows, title, folded } = optionsOf<TableOptions, typeof tableTable>("table", tableTable, options);
  for (const [i, row] of rows.entries())
    if (row.length !== columns.length) throw refused("table", `rows[${i}]`, row, `as long as columns, which are ${columns.length}`);
  if (folded && title === "") throw refused("table", "title", title, "a text that says what is folded");
  return { kind: "table", title, folded, columns, rows: rows.map((row) => row.map(asCell)) };
}

function asCell(value: CellLike): Cell {
  return typeof value === "object" ? value : { text: typeof value === "number" ? String(value).replace("-", "−") : value };
}

/** Markup; what is wider than a phone scrolls by itself. `link` gives the id that another goes by in the page, or undefined where it is not there. */
export function tableMarkup({ title, folded, columns, rows }: Table, link: (id: string) => string | undefined): string {
  const alignments = columns.map((_, i) => (i > 0 && rows.every((row) => isNumeric(row[i]?.text ?? "")) ? undefined : "words"));
  const head = tag("tr", {}, ...columns.map((name, i) => tag("th", { scope: "col", class: alignments[i] }, escape(name))));
  const body = rows.map((row) => tag("tr", {}, ...row.map((one, i) => cellMarkup(one, i === 0, alignments[i], link))));
  const whole = tag("table", {}, tag("thead", {}, head), tag("tbody", {}, ...body));
  const scrolled = tag(
    "div",
    { class: "scrolled", tabindex: 0, role: "region", "aria-label": title === "" ? columns.join(", ") : title },
    whole,
  );
  if (folded) return tag("details", {}, tag("summary", {}, escape(title)), scrolled);
  return (title === "" ? "" : tag("h3", {}, escape(title))) + scrolled;
}

function cellMarkup(
  { text: plain, detail, to, hint, bar, strong, tone }: Cell,
  isHead: boolean,
  alignment: string | undefined,
  link: (id: string) => string | undefined,
): string {
  const target = to === undefined ? undefined : link(to);
  const words = target === undefined ? escape(plain) : tag("a", { href: `#${target}` }, escape(plain));
  const classes = [alignment, strong === true ? "strong" : undefined, tone].filter((name) => name !== undefined).join(" ");
  const inner = [words, detail === undefined ? "" : tag("small", {}, escape(detail)), bar === undefined ? "" : meter(bar)];
  return tag(
    isHead ? "th" : "td",
    { scope: isHead ? "row" : undefined, class: classes === "" ? undefined : classes, title: hint },
    ...inner,
  );
}

/** Under its own number, so that no bar can be taken for that of another. */
function meter(bar: number): string {
  return tag("svg", { class: "meter", "aria-hidden": "true" }, tag("rect", { width: `${(100 * bar).toFixed(1)}%`, height: 4, rx: 1.5 }));
}

/** What stands under other numbers of its kind: "−1.5", "3 ms", "12 %", "≤ 4", "–", "". */
function isNumeric(plain: string): boolean {
  return /^$|^[–—]$|^[×<>≤≥~±+−-]?\s?[\d∞.]|^NaN$/.test(plain);
}
