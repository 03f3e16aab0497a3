// What got better or worse since a baseline, for the terminal.
import type { Change } from "../measure/compare.ts";
import { ends, figures } from "./format.ts";
import { aligned } from "./table.ts";

const order = ["worse", "better", "unclear", "same"] as const;

/** Worst first. What is the same is only counted. */
export function comparisonText(changes: readonly Change[], baseline: string): string {
  const told = order.flatMap((kind) => changes.filter(({ change }) => change === kind && change !== "same"));
  const lines = told.map((one) => [one.change, one.workload, one.contender, ...ratios(one), `of ${one.anchor}`]);
  const head = ["", "workload", "contender", "before", "now", "factor", ""];
  return [`Against the run of ${baseline}: ${summary(changes)}`, ...(lines.length > 0 ? aligned([head, ...lines], 3) : []), ""].join("\n");
}

/** "1 worse, 2 better, 0 unclear, 14 the same" */
export function summary(changes: readonly Change[]): string {
  if (changes.length === 0) return "nothing that both runs timed";
  return order.map((kind) => `${changes.filter(({ change }) => change === kind).length} ${kind === "same" ? "the same" : kind}`).join(", ");
}

export function ratios({ before, now }: Change): readonly [before: string, now: string, factor: string] {
  return [`${figures(before.value)} ${ends(before)}`, `${figures(now.value)} ${ends(now)}`, `× ${figures(now.value / before.value)}`];
}
