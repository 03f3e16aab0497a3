// What must fit together before a trainer is made.
import { describe, type Spec } from "../layers/spec.ts";
import type { Named } from "../model/graph.ts";
import { SluiceError } from "@sluice/core";
import type { SavedTraining } from "../model/saved.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { trainedPart, type Layout } from "../weights/layout.ts";

/** Throws INVALID_ARGUMENT where the saved state is another optimizer's, or one of updates by another number of batches. */
export function checkState(who: string, state: SavedTraining | undefined, optimizer: Optimizer | undefined, batches: number): void {
  if (state === undefined || optimizer === undefined) return;
  const { gradientAccumulationSteps: saved = 1 } = state;
  if (saved !== batches) throw otherGroups(who, saved, batches);
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

function otherGroups(who: string, saved: number, batches: number): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the model was saved in training with ${saved} gradientAccumulationSteps, not ${batches}`,
    fix: "Give as many as it had, which say what batches are one update, or load it with { optimizer: false } to start anew",
  });
}

/** Throws INVALID_ARGUMENT where other weights train than when the model was saved. */
export function checkTrained(who: string, layout: Layout, { frozen = [] }: SavedTraining): void {
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

/** Throws SHAPE_MISMATCH for samples that need other weights than the trainer holds. */
export function checkLayout(own: Layout, other: Layout, sample: Named<Spec>): void {
  for (const [name, { shape }] of Object.entries(own.entries)) {
    const wanted = other.entries[name]?.shape ?? [];
    if (wanted.join() === shape.join()) continue;
    const samples = Object.entries(sample).map(([input, spec]) => `${input} ${describe(spec)}`);
    const what = `samples ${samples.join(", ")} need weight "${name}" [${wanted.join(", ")}], the trainer holds [${shape.join(", ")}]`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who: "trainer", what, facts: { weight: name, expected: shape, got: wanted } });
  }
}
