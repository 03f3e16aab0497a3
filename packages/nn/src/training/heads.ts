// What is measured of a model: for each output that has a loss, the loss, what it counts in the whole, and metrics.
import type { Names } from "../model/names.ts";
import { SluiceError, type Backend } from "@sluice/core";
import { check, finite, options as known } from "@sluice/core/arguments";
import { Totals } from "../learner/totals.ts";
import { resolveLoss } from "../losses/resolveLoss.ts";
import type { Loss } from "../losses/loss.ts";
import type { Measure, Target } from "../measures/measure.ts";
import { resolveMetric } from "../metrics/resolveMetric.ts";
import type { Metric } from "../metrics/metric.ts";
import type { BuiltModel, BuiltOutput } from "../model/built.ts";
import type { AnyLoss, AnyMetric, CompileOptions } from "../model/options.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { single } from "../model/names.ts";
import { entryOf } from "../host/entryOf.ts";

const who = "model.compile";

export interface Head {
  /** Of the model; "y" where it has one without a name. */
  readonly output: string;
  readonly isNamed: boolean;
  readonly loss: Loss;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
}

/** As reported: "accuracy" of an output without a name, "nextAccuracy" of "next". */
export interface Reported {
  readonly name: string;
  readonly better: "lower" | "higher";
}

type Given = Pick<CompileOptions<Names>, "loss" | "lossWeights" | "metrics">;

/** None where there is no loss. Throws INVALID_ARGUMENT for names that are no outputs, and for losses and metrics that there are not. */
export function headsOf({ ends: { outputs } }: AnyModel, { loss, lossWeights = {}, metrics = [] }: Given): readonly Head[] {
  if (outputs === null) {
    if (loss === undefined) return [];
    const own = resolveLoss(loss as AnyLoss); // the table took one
    return [
      {
        output: single.outputs,
        isNamed: false,
        loss: own,
        lossWeight: 1,
        metrics: (metrics as readonly AnyMetric[]).map((metric) => resolveMetric(metric, own)),
      },
    ];
  }
  const losses = byOutput<AnyLoss>("loss", outputs, loss ?? {}),
    weights = byOutput<number>("lossWeights", outputs, lossWeights),
    lists = byOutput<readonly AnyMetric[]>("metrics", outputs, Array.isArray(metrics) && metrics.length === 0 ? {} : metrics);
  const without = [...Object.keys(weights), ...Object.keys(lists)].find((name) => !Object.hasOwn(losses, name));
  if (without !== undefined && loss !== undefined) throw lossless(without);
  return Object.entries(losses).map(([output, given]) => {
    const own = resolveLoss(given);
    const lossWeight = weights[output] ?? 1;
    check(who, `lossWeights.${output}`, lossWeight, finite);
    return { output, isNamed: true, loss: own, lossWeight, metrics: (lists[output] ?? []).map((metric) => resolveMetric(metric, own)) };
  });
}

function byOutput<T>(option: string, outputs: readonly string[], given: unknown): Readonly<Record<string, T>> {
  if (typeof given !== "object" || given === null || Array.isArray(given) || "perSample" in given) throw unnamed(option, outputs);
  const names = Object.fromEntries(outputs.map((name) => [name, true as const]));
  const found = known(who, given, names, option) as Readonly<Record<string, T | undefined>>; // the table checks what they are
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

/** Of all heads in the order of the sums: the loss, and of outputs with names each loss and each metric. */
export function reportedOf(heads: readonly Head[]): readonly Reported[] {
  const [only] = heads;
  const loss: Reported = { name: "loss", better: "lower" };
  if (only?.isNamed !== true) return [loss, ...(only?.metrics ?? [])];
  return [loss, ...heads.flatMap((head) => [{ name: reportedName(head, "loss"), better: "lower" } as const, ...head.metrics.map(({ name, better }) => ({ name: reportedName(head, name), better }))])]; // prettier-ignore
}

/** Which of them count by the weight of each output; none where there is one output without a name, as the batch's weight is its. */
function ownWeightsOf(heads: readonly Head[]): readonly (readonly string[])[] {
  if (heads[0]?.isNamed === false) return [];
  return heads.map((head) => ["loss", ...head.metrics.map(({ name }) => name)].map((name) => reportedName(head, name)));
}

export function totalsOf(backend: Backend, heads: readonly Head[], dtype: "f32" | "f64"): Totals {
  return new Totals(backend, reportedOf(heads).map(({ name }) => name), dtype, ownWeightsOf(heads)); // prettier-ignore
}

/** By output. */
export function targetsOf(heads: readonly Head[], { outputs }: BuiltModel): Named<Target> {
  return Object.fromEntries(heads.map(({ output, loss }) => [output, loss.target(entryOf(outputs, output).spec.shape)]));
}

function reportedName({ output }: Head, name: string): string {
  return `${output}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Throws INVALID_ARGUMENT for metrics that read other targets than the loss, two of one name, and a loss that applies another activation than the output ends with. */
export function checkHeads(heads: readonly Head[], { outputs }: BuiltModel): void {
  for (const head of heads) {
    const output = entryOf(outputs, head.output);
    checkEnding(head, output);
    checkMetrics(head, output);
  }
}

function checkEnding({ loss, ...head }: Head, { activation }: BuiltOutput): void {
  if (loss.includes === undefined || loss.includes === activation || (activation !== "sigmoid" && activation !== "softmax")) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${loss.name} is of a ${loss.includes}, but ${named(head)} ends with ${activation}`,
    fix: `End with ${loss.includes}, or take another loss`,
    facts: { activation },
  });
}

function checkMetrics({ loss, metrics, ...head }: Head, { spec: { shape } }: BuiltOutput): void {
  const read = loss.target(shape);
  const names = new Set(["loss"]);
  for (const metric of metrics) {
    const wanted = metric.target(shape);
    if (names.has(metric.name))
      throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `two metrics of ${named(head)} are named "${metric.name}"` });
    names.add(metric.name);
    if (wanted.dtype === read.dtype && wanted.shape.join() === read.shape.join()) continue;
    const what = `${metric.name} reads targets ${wanted.dtype} [${wanted.shape.join(", ")}], ${loss.name} reads ${read.dtype} [${read.shape.join(", ")}]`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: 'Take the metric that goes with the loss, such as "accuracy"' });
  }
}

function named({ output, isNamed }: Pick<Head, "output" | "isNamed">): string {
  return isNamed ? `the output "${output}"` : "the model";
}

/** Whether it reads what lies in front of the activation. */
export function readsLogits({ includes }: Measure, { activation }: BuiltOutput): boolean {
  return includes !== undefined && includes === activation;
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
