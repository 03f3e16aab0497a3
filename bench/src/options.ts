// What the user may say on the command line.
import { parseArgs } from "node:util";
import { SluiceError } from "@sluice/core";
import { contenders } from "./contenders/index.ts";
import type { Contender } from "./contenders/contender.ts";
import type { Plan } from "./measure/plan.ts";
import type { AnyWorkload } from "./workloads/workload.ts";
import { workloads } from "./workloads/index.ts";

export interface Options {
  readonly workloads: readonly AnyWorkload[];
  readonly contenders: readonly Contender[];
  /** Backends run in a page of Chromium too. */
  readonly browser: boolean;
  readonly plan: Plan;
  readonly files: Files;
  /** What repeats the run, without the user's files. */
  readonly command: string;
}

/** Paths, as the user gave them. */
export interface Files {
  /** To write every sample to. */
  readonly json?: string;
  /** To write the page to. */
  readonly html?: string;
  /** An earlier run to compare with. */
  readonly compare?: string;
  /** An earlier run to show, instead of measuring. */
  readonly from?: string;
}

export const usual: Plan = {
  ...{ rounds: 11, slowMs: 10_000, turnMs: 200, warmUpMs: 1000, restMs: 50 },
  ...{ fresh: 5, freshMs: 10_000, heapRuns: 1000, heapMs: 10_000, peakMs: 20 },
};
export const quick: Plan = {
  ...{ rounds: 6, slowMs: 10_000, turnMs: 50, warmUpMs: 200, restMs: 50 },
  ...{ fresh: 2, freshMs: 2000, heapRuns: 1000, heapMs: 1000, peakMs: 10 },
};

/** `--help` and `--list` ask for an explanation instead. Throws INVALID_ARGUMENT for what there is not or does not fit. */
export function parseOptions(args: readonly string[]): Options | "help" | "list" {
  const { values, positionals } = tokens(args);
  if (values.help) return "help";
  if (values.list) return "list";
  return {
    workloads: chosen(positionals, workloads, "workload"),
    contenders: values.on === undefined ? contenders.filter((one) => one.usual) : chosen(values.on.split(","), contenders, "contender"),
    browser: values.browser ?? false,
    plan: planOf(values),
    files: Object.fromEntries(fileFlags.flatMap((flag) => (values[flag] === undefined ? [] : [[flag, file(values[flag], flag)]]))),
    command: commandOf(values, positionals),
  };
}

type Values = ReturnType<typeof tokens>["values"];

const fileFlags = ["json", "html", "compare", "from"] as const satisfies readonly (keyof Files)[];

function planOf({ quick: short, rounds, heap }: Values): Plan {
  return {
    ...(short ? quick : usual),
    ...(rounds === undefined ? {} : { rounds: whole(rounds, "--rounds", 1) }),
    ...(heap === undefined ? {} : { heapRuns: whole(heap, "--heap", 0), heapMs: Infinity }),
  };
}

function commandOf({ on, quick: short, rounds, heap, browser }: Values, positionals: readonly string[]): string {
  const flags = [
    ...(on === undefined ? [] : ["--on", on]),
    ...(short ? ["--quick"] : []),
    ...(rounds === undefined ? [] : ["--rounds", rounds]),
    ...(heap === undefined ? [] : ["--heap", heap]),
    ...(browser ? ["--browser"] : []),
  ];
  const words = [...positionals, ...flags].map((word) => (/[*?\s]/.test(word) ? `"${word}"` : word));
  return ["npm run bench", ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
}

function tokens(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const ways = { on: text, quick: flag, rounds: text, heap: text, browser: flag } as const;
  const files = { json: text, html: text, compare: text, from: text } as const;
  const options = { ...ways, ...files, list: flag, help: { ...flag, short: "h" } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    const [what = ""] = (cause as Error).message.split(/\.\s|\n/); // Node's own remedies are not ours
    throw refused(`${what.charAt(0).toLowerCase()}${what.slice(1)}`, "npm run bench -- --help lists the options");
  }
}

/** In the order of `all`. Each pattern must choose something. */
function chosen<T extends { readonly name: string }>(patterns: readonly string[], all: readonly T[], what: string): readonly T[] {
  const tests = patterns.map((pattern) => matching(pattern, all, what));
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

function file(text: string, flag: keyof Files): string {
  if (text.trim() !== "") return text;
  throw refused(`--${flag} takes a file, got nothing`, `For example --${flag} out/bench.${flag === "html" ? "html" : "json"}`);
}

function refused(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bench.options", what, fix });
}
