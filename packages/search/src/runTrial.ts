// One run of a trial, as plain data: a trial that fails says so, and the search goes on.
import { isRecord, written, type Written } from "@sluice/nn/kit";
import type { Outcome } from "./trial.ts";

export interface Result {
  readonly score: Written;
  readonly details: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

export async function resultOf(run: () => Outcome | Promise<Outcome>): Promise<Result> {
  try {
    const outcome: unknown = await run();
    const { score, ...details } = isRecord(outcome) ? outcome : { score: outcome };
    if (typeof score !== "number") throw new TypeError("a trial must return a number, or { score } with more");
    return { score: written(score), details: JSON.parse(JSON.stringify(details)) as Readonly<Record<string, unknown>> };
  } catch (error) {
    return { score: "NaN", details: {}, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
