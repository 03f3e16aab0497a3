// What is measured of a model: for each output that has a loss, the loss, what it counts in the whole, and metrics.
import { SluiceError, type Shape } from "@sluice/core";
import type { Loss } from "../losses/loss.ts";
import type { Measure, Target } from "../measures/measure.ts";
import type { Metric, Sums } from "../metrics/metric.ts";
import { scheduledAt, type Scheduled } from "../schedules/schedule.ts";
import type { BuiltModel, BuiltOutput } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { entryOf } from "../host/entryOf.ts";
import type { Wanted } from "./wanted.ts";

const who = "model.compile";

export interface Head {
  /** Of the model; "y" where it has one without a name. */
  readonly output: string;
  readonly isNamed: boolean;
  readonly loss: Loss;
  readonly lossWeight: Scheduled;
  readonly metrics: readonly Metric[];
}

/** What its loss counts after so many updates. Throws INVALID_ARGUMENT where a schedule gives no finite number. */
export function lossWeightAt({ output, lossWeight }: Head, updates: number): number {
  return scheduledAt(who, `lossWeights.${output}`, lossWeight, updates);
}

/** As reported: "accuracy" of an output without a name, "nextAccuracy" of "next". */
export interface Reported {
  readonly name: string;
  readonly better: "lower" | "higher";
  /** Whose it is; of the whole loss there is none. */
  readonly output?: string;
  readonly sums?: Sums;
}

/** Of all heads in the order of the sums: the loss, and of outputs with names each loss and each metric. */
export function reportedOf(heads: readonly Head[]): readonly Reported[] {
  const loss: Reported = { name: "loss", better: "lower" };
  return [loss, ...heads.flatMap(ofHead)];
}

function ofHead(head: Head): readonly Reported[] {
  const { output, isNamed, metrics } = head;
  const own = metrics.map(({ name, better, sums }) => ({
    ...{ name: isNamed ? reportedName(head, name) : name, better, output },
    ...(sums !== undefined && { sums }),
  }));
  return isNamed ? [{ name: reportedName(head, "loss"), better: "lower", output }, ...own] : own;
}

/** By output, where the data's targets have these rows. */
export function targetsOf(heads: readonly Head[], { outputs }: BuiltModel, rows: Named<Shape>): Named<Target> {
  return Object.fromEntries(
    heads.map(({ output, loss }) => [output, loss.target(entryOf(outputs, output).spec.shape, entryOf(rows, output))]),
  );
}

/** What each reads as its targets, and whose lengths they have: none where a measure of whole sequences has others. */
export function wantedBy(heads: readonly Head[], { outputs }: BuiltModel): Named<Wanted> {
  const wanted = ({ output, loss, metrics }: Head): Wanted => {
    const { spec, lengthsOf } = entryOf(outputs, output);
    return {
      targetFor: (rows) => narrowed(loss.target(spec.shape, rows), spec.shape, metrics),
      lengthsOf: loss.takesMask === true ? [] : lengthsOf,
      wholeBy: loss.takesMask === true ? loss.name : undefined,
    };
  };
  return Object.fromEntries(heads.map((head) => [head.output, wanted(head)]));
}

/** Within what all metrics read, too. */
function narrowed(target: Target, output: Shape, metrics: readonly Metric[]): Target {
  const ranges = [target, ...metrics.map((metric) => metric.target(output, undefined, target))].flatMap(({ range }) =>
    range === undefined ? [] : [range],
  );
  if (ranges.length === 0) return target;
  return { ...target, range: [Math.max(...ranges.map(([low]) => low)), Math.min(...ranges.map(([, high]) => high))] };
}

export function reportedName({ output }: Head, name: string): string {
  return `${output}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Throws INVALID_ARGUMENT for metrics that read other targets than the loss, and for a measure that applies another activation than the output ends with. */
export function checkHeads(heads: readonly Head[], { outputs }: BuiltModel): void {
  for (const head of heads) {
    const output = entryOf(outputs, head.output);
    for (const measure of [head.loss, ...head.metrics]) checkEnding(measure, head, output);
    for (const metric of head.metrics) checkReading(metric, head.loss);
    checkMetrics(head, output);
  }
}

function checkEnding({ name, includes }: Measure, head: Head, { activation }: BuiltOutput): void {
  if (includes === undefined || includes === activation || (activation !== "sigmoid" && activation !== "softmax")) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${name} is of a ${includes}, but ${named(head)} ends with ${activation}`,
    fix: `End with ${includes}, or take another ${name === head.loss.name ? "loss" : 'metric: of classes such as f1Score({ average: "macro" })'}`,
    facts: { activation },
  });
}

/** Throws INVALID_ARGUMENT for a metric that reads outputs as the logits of a sigmoid where the loss reads those of a softmax, or the other way. */
function checkReading({ name, includes }: Metric, loss: Loss): void {
  if (includes === undefined || loss.includes === undefined || includes === loss.includes) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${name} is of a ${includes}, and ${loss.name} beside it of a ${loss.includes}`,
    fix: includes === "sigmoid" ? `Take one of classes, such as ${name}({ average: "macro" }) where it has that` : "Take one of yes or no",
  });
}

function checkMetrics({ loss, metrics }: Head, { spec: { shape } }: BuiltOutput): void {
  const read = loss.target(shape);
  for (const metric of metrics) {
    const wanted = metric.target(shape, undefined, read);
    if (wanted.dtype === read.dtype && wanted.shape.join() === read.shape.join()) continue;
    const what = `${metric.name} reads targets ${wanted.dtype} [${wanted.shape.join(", ")}], ${loss.name} reads ${read.dtype} [${read.shape.join(", ")}]`;
    const fix =
      loss.takesMask === true ? "Leave it out: look at what is decoded" : 'Take the metric that goes with the loss, such as "accuracy"';
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
  }
}

function named({ output, isNamed }: Pick<Head, "output" | "isNamed">): string {
  return isNamed ? `the output "${output}"` : "the model";
}

/** Whether it reads what lies in front of the activation. */
export function readsLogits({ includes }: Measure, { activation }: BuiltOutput): boolean {
  return includes !== undefined && includes === activation;
}
