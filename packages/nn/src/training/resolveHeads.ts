// What `compile` is told to measure: losses and metrics, by name or as they are, for each output. Importing it imports the common ones.
import { SluiceError } from "@sluice/core";
import { check, options as known, refused } from "@sluice/core/arguments";
import { resolveLoss } from "../losses/resolveLoss.ts";
import { resolveMetric } from "../losses/resolveMetric.ts";
import type { Scheduled } from "../schedules/schedule.ts";
import type { AnyModel } from "../model/model.ts";
import { maybeEntryOf } from "../host/entryOf.ts";
import { single, type Names } from "../model/names.ts";
import type { AnyLoss, AnyMetric, CompileOptions } from "../model/options.ts";
import { anyWeight } from "./lossWeights.ts";
import { validationName } from "./best.ts";
import { reportedOf, type Head } from "./heads.ts";

const who = "model.compile";

type Given = Pick<CompileOptions<Names>, "loss" | "lossWeights" | "metrics">;

/** None where there is no loss. Rejects with INVALID_ARGUMENT for names that are no outputs, for losses and metrics that there are not, and for two of one name. */
export async function headsOf({ ends: { outputs } }: AnyModel, given: Given): Promise<readonly Head[]> {
  const heads = await (outputs === null ? headOf(given) : headsByName(outputs, given));
  checkNames(heads);
  return heads;
}

/** Of one output without a name. */
async function headOf({ loss, lossWeights, metrics = [] }: Given): Promise<readonly Head[]> {
  if (loss === undefined) return [];
  if (lossWeights !== undefined) throw nameless("lossWeights", lossWeights);
  if (typeof loss !== "string" && !("perSample" in loss)) throw nameless("loss", loss);
  if (!Array.isArray(metrics)) throw nameless("metrics", metrics);
  const measured = await measuredBy(loss as AnyLoss, metrics as readonly AnyMetric[]); // as was just seen
  return [{ output: single.outputs, isNamed: false, lossWeight: 1, ...measured }];
}

async function measuredBy(loss: AnyLoss, metrics: readonly AnyMetric[]): Promise<Pick<Head, "loss" | "metrics">> {
  const own = await resolveLoss(loss);
  return { loss: own, metrics: await Promise.all(metrics.map((metric) => resolveMetric(metric, own))) };
}

async function headsByName(outputs: readonly string[], { loss, lossWeights = {}, metrics = [] }: Given): Promise<readonly Head[]> {
  const losses = byOutput<AnyLoss>("loss", outputs, loss ?? {}),
    weights = byOutput<Scheduled>("lossWeights", outputs, lossWeights),
    lists = byOutput<readonly AnyMetric[]>("metrics", outputs, Array.isArray(metrics) && metrics.length === 0 ? {} : metrics);
  const without = [...Object.keys(weights), ...Object.keys(lists)].find((name) => !Object.hasOwn(losses, name));
  if (without !== undefined && loss !== undefined) throw lossless(without);
  const heads = Object.entries(losses).map(async ([output, given]) => {
    const lossWeight = maybeEntryOf(weights, output) ?? 1;
    check(who, `lossWeights.${output}`, lossWeight, anyWeight);
    return { output, isNamed: true, lossWeight, ...(await measuredBy(given, maybeEntryOf(lists, output) ?? [])) };
  });
  return Promise.all(heads);
}

function byOutput<T>(option: string, outputs: readonly string[], given: unknown): Readonly<Record<string, T>> {
  if (typeof given !== "object" || given === null || Array.isArray(given) || "perSample" in given) throw unnamed(option, outputs);
  const names = Object.fromEntries(outputs.map((name) => [name, true as const]));
  const found = known(who, given, names, option) as Readonly<Record<string, T | undefined>>; // the table checks what they are
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

/** Throws INVALID_ARGUMENT where an epoch's log would have two numbers of one name: output "a" with a metric "bLoss" and output "aB", or "a" validated and "valA". */
function checkNames(heads: readonly Head[]): void {
  const names = reportedOf(heads).map(({ name }) => name);
  const seen = new Set(["epoch", "examplesPerSecond"]);
  for (const name of [...names, ...names.map(validationName)]) {
    if (seen.has(name)) throw sameName(name);
    seen.add(name);
  }
}

function sameName(name: string): SluiceError {
  const what = `two numbers of an epoch's log would be named "${name}"`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Give the metric or the output another name", facts: { name } });
}

function nameless(option: string, got: unknown): SluiceError {
  return refused(
    who,
    option,
    got,
    option === "lossWeights" ? "left out: the output has no name" : "that of the one output, which has no name",
  );
}

function unnamed(option: string, outputs: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the model has the outputs ${outputs.join(", ")}, and ${option} says nothing of which`,
    fix: `Write ${option}: { ${outputs[0]}: … }`,
  });
}

function lossless(output: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the output "${output}" has metrics or a weight, and no loss`,
    fix: "Give it a loss, with lossWeights 0 where it is only to be measured",
  });
}
