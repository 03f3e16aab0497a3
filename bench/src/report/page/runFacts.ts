// What the run was taken on, and how.
import { facts, type Facts } from "@sluice/report";
import { duration } from "../format.ts";
import type { Result, Run } from "../../measure/run.ts";

export function runFacts({ machine, date, command, plan, limit, results }: Run): Facts {
  const { processor, cores, platform, arch, node, browser } = machine;
  return facts({
    Processor: `${processor}, ${cores} cores, ${platform} ${arch}`,
    Node: node,
    ...(browser === undefined ? {} : { Browser: browser }),
    "What ran": versionsOf(results),
    Date: `${date.slice(0, 16).replace("T", " ")} UTC`,
    Command: command,
    Limit: `${limit.toFixed(1)} GFLOP/s on one thread: products and sums in WebAssembly SIMD, the best sample of the run`,
    Turns: `${plan.rounds} of ${plan.turnMs} ms for each contender, interleaved, after ${duration(plan.warmUpMs)} of warm-up`,
  });
}

/** Each contender with what it said of itself: "cpu: @sluice/cpu; tfjs-cpu: …". */
function versionsOf(results: readonly Result[]): string {
  const versions = new Map(results.flatMap(({ rows }) => rows.map(({ contender, version }) => [contender, version] as const)));
  return [...versions].flatMap(([contender, version]) => (version === undefined ? [] : [`${contender}: ${version}`])).join("; ");
}
