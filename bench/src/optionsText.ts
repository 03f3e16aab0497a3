// What the command says of itself.
import type { Contender } from "./contenders/contender.ts";
import { contenders } from "./contenders/index.ts";
import { quick, usual } from "./options.ts";
import { workloads } from "./workloads/index.ts";

export const helpText = `Runs the same work on every backend of Sluice and on the libraries one would use instead.

npm run bench -- [workloads] [options]

Workloads are chosen by name or pattern ("lstm-*"); all of them run unless some are named.

  --on NAMES      backends and peers, by name or pattern, separated by commas (all but reference)
  --browser       backends in a page of Chromium too, webgl nowhere else
  --quick         fewer and shorter turns
  --rounds N      turns of each contender (${usual.rounds}; quick ${quick.rounds})
  --heap N        runs beside the heap, to their end; 0 for none (${usual.heapRuns} or ${usual.heapMs / 1000} s; quick ${quick.heapMs / 1000} s)
  --json FILE     writes every sample
  --html FILE     writes a page with plots
  --compare FILE  says what got better or worse since a run that --json wrote
  --from FILE     shows a run that --json wrote, instead of measuring
  --list          what there is to choose from
  --help          this text

Peers take part once they are installed: npm run bench:peers
Ctrl-C ends the run after the turn under way and shows what was measured; a second one quits at once.
`;

export function listText(): string {
  const all = [
    ["Workloads", ...workloads.map(({ name, help }) => [name, help] as const)],
    ["Backends", ...named("backend")],
    ["Peers", ...named("peer")],
  ] as const;
  const width = Math.max(...all.flatMap(([, ...rows]) => rows.map(([name]) => name.length)));
  return all
    .map(([title, ...rows]) => [title, ...rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`.trimEnd()), ""].join("\n"))
    .join("\n");
}

function named(kind: Contender["kind"]): readonly (readonly [string, string])[] {
  return contenders.filter((one) => one.kind === kind).map((one) => [one.name, noteOn(one)]);
}

function noteOn({ usual: takesPart, where = ["node"] }: Contender): string {
  if (!takesPart) return "only when named by --on";
  return where.includes("node") ? "" : "only in a page: --browser";
}
