// One number of every contender on every workload: limits, memory, compiling, first runs.
import { dots, type Figure } from "@sluice/report";
import { type Summary, summaries } from "../../measure/summary.ts";
import type { Run } from "../../measure/run.ts";
import { percent, short, time } from "../format.ts";
import type { Palette } from "./palette.ts";

/** A figure for each measure of which there is a number. */
export function measureDots(run: Run, { contenders, peers }: Palette): Figure[] {
  return measures.flatMap(({ of, format, rules, ...about }) => {
    const rows = run.results.map((result) => {
      const known = summaries(result, run.limit).filter((one) => of(one) > 0);
      return [result.name, Object.fromEntries(known.map((one) => [one.row.contender, of(one)]))] as const;
    });
    const seen = rows.filter(([, row]) => Object.keys(row).length > 0);
    if (seen.length === 0) return [];
    const written = { format: (value: number) => short(format(value)), palette: contenders, hollow: peers, scale: "log" } as const;
    return [dots({ ...about, ...written, rows: Object.fromEntries(seen), ...(rules === undefined ? {} : { rules }) })];
  });
}

interface Measure {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** NaN where there is none. */
  readonly of: (summary: Summary) => number;
  readonly format: (value: number) => string;
  readonly rules?: Readonly<Record<string, number>>;
}

const measures: readonly Measure[] = [
  {
    id: "share",
    title: "Share of the machine's limit",
    description:
      "Of what the peak loop does on as many threads, in plain WebAssembly SIMD. Native code has wider registers, and may pass 100 %.",
    of: ({ share }) => share,
    format: percent,
    rules: { "the limit": 1 },
  },
  {
    id: "memory",
    title: "Peak memory",
    description: "By how much a fresh process grew at its largest, since before the library was loaded; for a page, those of its browser.",
    of: ({ memory }) => memory / 2 ** 20,
    format: (value) => `${Number(value.toPrecision(3))} MiB`,
  },
  {
    id: "compile",
    title: "Compile time",
    description: "From the function or the model to something that runs, in fresh processes. Libraries without such a stage have no mark.",
    of: ({ compileMs }) => compileMs,
    format: time,
  },
  {
    id: "first",
    title: "First run",
    description: "The first run after compiling, cold, in fresh processes.",
    of: ({ firstMs }) => firstMs,
    format: time,
  },
];
