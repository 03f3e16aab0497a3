// What the user may say on the command line.
import { parseArgs } from "node:util";
import { SluiceError } from "@sluice/core";
import { contenders } from "./contenders/index.ts";
import type { Contender } from "./contenders/contender.ts";
import type { Plan } from "./measure/race.ts";
import type { AnyWorkload } from "./workloads/workload.ts";
import { workloads } from "./workloads/index.ts";

export interface Options {
  readonly workloads: readonly AnyWorkload[];
  readonly contenders: readonly Contender[];
  readonly plan: Plan;
  /** File for the measurements. */
  readonly json?: string;
}

const usual: Plan = { rounds: 11, turnMs: 200, warmUpMs: 1000, compilations: 5, heapRuns: 1000, heapMs: 10_000 };
const quick: Plan = { rounds: 6, turnMs: 50, warmUpMs: 200, compilations: 3, heapRuns: 1000, heapMs: 2000 };

/** `--help` and `--list` ask for an explanation instead. Throws INVALID_ARGUMENT for what there is not or does not fit. */
export function parseOptions(args: readonly string[]): Options | "help" | "list" {
  const { values, positionals } = tokens(args);
  if (values.help) return "help";
  if (values.list) return "list";
  const plan = values.quick ? quick : usual;
  const { rounds, heap, json } = values;
  return {
    workloads: chosen(positionals, workloads, "workload"),
    contenders: values.on === undefined ? contenders.filter((one) => one.usual) : chosen(values.on, contenders, "contender"),
    plan: {
      ...plan,
      ...(rounds === undefined ? {} : { rounds: whole(rounds, "--rounds", 1) }),
      ...(heap === undefined ? {} : { heapRuns: whole(heap, "--heap", 0), heapMs: Infinity }),
    },
    ...(json === undefined ? {} : { json: file(json) }),
  };
}

export const helpText = `Runs the same work on every backend of Sluice and on the libraries one would use instead.

npm run bench -- [workloads] [options]

Workloads are chosen by name or pattern ("lstm-*"); all of them run unless some are named.

  --on NAMES     backends and peers, by name or pattern, separated by commas (all but reference)
  --quick        fewer and shorter turns
  --rounds N     turns of each contender (${usual.rounds}; quick ${quick.rounds})
  --heap N       runs beside the heap, to their end; 0 for none (${usual.heapRuns} or ${usual.heapMs / 1000} s; quick ${quick.heapMs / 1000} s)
  --json FILE    writes every sample
  --list         what there is to choose from
  --help         this text

Peers take part once they are installed: npm run bench:peers
`;

export function listText(): string {
  const all = [
    ["Workloads", ...workloads.map(({ name, help }) => [name, help] as const)],
    ["Backends", ...named("backend")],
    ["Peers", ...named("peer")],
  ] as const;
  return all
    .map(([title, ...rows]) => [title, ...rows.map(([name, help]) => `  ${name.padEnd(32)}${help}`.trimEnd()), ""].join("\n"))
    .join("\n");
}

function named(kind: Contender["kind"]): readonly (readonly [string, string])[] {
  return contenders.filter((one) => one.kind === kind).map(({ name, usual }) => [name, usual ? "" : "only when named by --on"]);
}

function tokens(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = { on: text, quick: flag, rounds: text, heap: text, json: text, list: flag, help: { ...flag, short: "h" } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    const [what = ""] = (cause as Error).message.split(/\.\s|\n/); // Node's own remedies are not ours
    throw refused(`${what.charAt(0).toLowerCase()}${what.slice(1)}`, "npm run bench -- --help lists the options");
  }
}

/** In the order of `all`. Each pattern must choose something. */
function chosen<T extends { readonly name: string }>(patterns: string | readonly string[], all: readonly T[], what: string): readonly T[] {
  const tests = (typeof patterns === "string" ? patterns.split(",") : patterns).map((pattern) => matching(pattern, all, what));
  return tests.length === 0 ? all : all.filter(({ name }) => tests.some((test) => test.test(name)));
}

function matching(pattern: string, all: readonly { readonly name: string }[], what: string): RegExp {
  const escaped = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  const test = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  if (all.some(({ name }) => test.test(name))) return test;
  throw refused(`no ${what} is called "${pattern}"`, `There are ${all.map(({ name }) => name).join(", ")}`);
}

function whole(text: string, flag: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw refused(`${flag} takes a whole number of at least ${least}, got "${text}"`, `For example ${flag} ${least + 10}`);
}

function file(text: string): string {
  if (text.trim() !== "") return text;
  throw refused("--json takes a file, got nothing", "For example --json out/bench.json");
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bench.options", what, fix });
}
