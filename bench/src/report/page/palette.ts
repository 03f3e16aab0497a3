// Every contender keeps its colour and its mark through all plots: ours are full, peers are rings.
import { timedRows } from "../../measure/row.ts";
import type { Run } from "../../measure/run.ts";

export interface Palette {
  /** All contenders that were timed on some workload, ours first, in the order in which they took part. */
  readonly contenders: readonly string[];
  readonly peers: readonly string[];
}

export function paletteOf({ results }: Run): Palette {
  const kinds = new Map(results.flatMap(({ rows }) => rows.map(({ contender, kind }) => [contender, kind] as const)));
  const timed = new Set(results.flatMap(({ rows }) => timedRows(rows).map(({ contender }) => contender)));
  const all = [...kinds.keys()].filter((contender) => timed.has(contender));
  const peers = all.filter((contender) => kinds.get(contender) === "peer");
  return { contenders: [...all.filter((contender) => !peers.includes(contender)), ...peers], peers };
}
