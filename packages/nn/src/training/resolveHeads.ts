// What `compile` is told to measure: losses and metrics, by name or as they are, for each output. Importing it imports them all.
import { SluiceError } from "@sluice/core";
import { check, finite, options as known } from "@sluice/core/arguments";
import { resolveLoss } from "../losses/resolveLoss.ts";
import { resolveMetric } from "../metrics/resolveMetric.ts";
import type { AnyModel } from "../model/model.ts";
import { single, type Names } from "../model/names.ts";
import type { AnyLoss, AnyMetric, CompileOptions } from "../model/options.ts";
import type { Head } from "./heads.ts";

const who = "model.compile";

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
