// The targets and how far a run is from them, for the terminal.
import type { Reach } from "../measure/reach.ts";
import { ends, figures, time } from "./format.ts";
import { aligned } from "./table.ts";

/** Empty where none of the targets was measured. */
export function reachText(reached: readonly Reach[]): string {
  if (reached.length === 0) return "";
  const head = ["workload", "contender", "beside", "at most", "is", ""];
  return [`Targets, by the time of the one beside: ${reachSummary(reached)}`, ...aligned([head, ...reached.map(reachCells)], 3), ""].join(
    "\n",
  );
}

export function reachCells({ target, is, verdict }: Reach): string[] {
  const beside = `${target.of}${target.ofWorkload === undefined ? "" : ` on ${target.ofWorkload}`}`;
  const [written, more] = target.in === "ms" ? [time, " more"] : [figures, ""];
  return [
    target.workload,
    target.contender,
    beside,
    `${written(target.most)}${more}`,
    `${written(is.value)} ${ends(is, written)}`,
    verdict,
  ];
}

/** "31 met, 2 missed, 1 unclear" */
export function reachSummary(reached: readonly Reach[]): string {
  return (["met", "missed", "unclear"] as const)
    .map((kind) => `${reached.filter(({ verdict }) => verdict === kind).length} ${kind}`)
    .join(", ");
}
