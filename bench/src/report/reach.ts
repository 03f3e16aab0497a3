// The targets and how far a run is from them, for the terminal.
import type { Reach } from "../measure/reach.ts";
import { ends, figures } from "./format.ts";
import { aligned } from "./table.ts";

/** Empty where none of the targets was measured. */
export function reachText(reached: readonly Reach[]): string {
  if (reached.length === 0) return "";
  const head = ["workload", "contender", "beside", "at most", "is", ""];
  return [`Targets: ${reachSummary(reached)}`, ...aligned([head, ...reached.map(reachCells)], 3), ""].join("\n");
}

export function reachCells({ target, ratio, verdict }: Reach): string[] {
  const beside = `${target.of}${target.ofWorkload === undefined ? "" : ` on ${target.ofWorkload}`}`;
  return [target.workload, target.contender, beside, figures(target.most), `${figures(ratio.value)} ${ends(ratio)}`, verdict];
}

/** "31 met, 2 missed, 1 unclear" */
export function reachSummary(reached: readonly Reach[]): string {
  return (["met", "missed", "unclear"] as const)
    .map((kind) => `${reached.filter(({ verdict }) => verdict === kind).length} ${kind}`)
    .join(", ");
}
