// What must fit together before a trainer is made.
import { SluiceError } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Loss } from "../losses/loss.ts";
import type { Metric } from "../metrics/metric.ts";
import type { Model } from "../model/model.ts";
import type { SavedTraining } from "../model/saved.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { trainedPart, type Layout } from "../weights/layout.ts";

const who = "model.compile";

/** Throws INVALID_ARGUMENT where the loss applies the activation that the model ends with: twice would train, and badly. */
export function checkEnding({ layers }: Model, loss: Loss | undefined): void {
  const last = layers.at(-1);
  const activation = last !== undefined && "activation" in last.layer.config ? last.layer.config.activation : undefined;
  if (loss?.includes === undefined || (activation !== "sigmoid" && activation !== "softmax")) return;
  const what = `${loss.name} applies ${loss.includes} itself and reads logits, but layer "${last?.name}" ends with ${activation}`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Leave the activation of the last layer out", facts: { activation } });
}

/** Throws INVALID_ARGUMENT for a metric that reads other targets than the loss, or two of one name. */
export function checkMetrics(loss: Loss, metrics: readonly Metric[], { shape }: Spec): void {
  const read = loss.target(shape);
  const names = new Set(["loss"]);
  for (const metric of metrics) {
    const wanted = metric.target(shape);
    if (names.has(metric.name)) throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `two metrics are named "${metric.name}"` });
    names.add(metric.name);
    if (wanted.dtype === read.dtype && wanted.shape.join() === read.shape.join()) continue;
    const what = `${metric.name} reads targets ${wanted.dtype} [${wanted.shape.join(", ")}], ${loss.name} reads ${read.dtype} [${read.shape.join(", ")}]`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: 'Take the metric that goes with the loss, such as "accuracy"' });
  }
}

/** Throws INVALID_ARGUMENT where the saved state is another optimizer's. */
export function checkState(state: SavedTraining | undefined, optimizer: Optimizer | undefined): void {
  if (state === undefined || optimizer === undefined) return;
  const same = state.optimizer === optimizer.name && Object.keys(state.slots).join() === optimizer.slots.join();
  if (same) return;
  const kept = `${state.optimizer} with [${Object.keys(state.slots).join(", ")}]`;
  const what = `the model was saved in training by ${kept}, not ${optimizer.name} with [${optimizer.slots.join(", ")}]`;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what,
    fix: "Compile with the optimizer it had, or load it with { optimizer: false } to start that anew",
  });
}

/** Throws INVALID_ARGUMENT where other weights train than when the model was saved. */
export function checkTrained(layout: Layout, { frozen = [] }: SavedTraining): void {
  const trained = trainedPart(layout).entries;
  const now = Object.keys(layout.entries).filter((name) => !Object.hasOwn(trained, name));
  if (frozen.toSorted().join() === now.toSorted().join()) return;
  const text = (names: readonly string[]): string => (names.length === 0 ? "all weights" : `all weights but ${names.join(", ")}`);
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the model was saved while ${text(frozen)} trained, now ${text(now)} would`,
    fix: "Compile with the groups it had, or load it with { optimizer: false } to train others from here on",
  });
}
