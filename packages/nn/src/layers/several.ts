// Samples of layers that read a list of values: which there are, and how errors speak of them.
import { SluiceError } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import { describe, isSpec, type Spec } from "./spec.ts";

/** The samples of a list. Throws INVALID_ARGUMENT for anything else, DTYPE_MISMATCH for indices. */
export function severalOf(who: string, input: unknown): readonly Spec[] {
  if (!Array.isArray(input) || input.length === 0 || !input.every(isSpec)) throw noList(who, input);
  const indices = input.findIndex(({ dtype }) => dtype !== "float");
  if (indices === -1) return input;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `reads numbers, got indices (i32) ${described(input, indices)}`,
    fix: "Put an embedding before it, or declare the input as float",
    facts: { input: indices },
  });
}

/** Throws SHAPE_MISMATCH: `needs` says what two of them are not. */
export function unlike(who: string, needs: string, samples: readonly Spec[], i: number, j: number): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `needs ${needs}, got ${described(samples, i)} and ${described(samples, j)}`,
    facts: { inputs: [i, j], shapes: [samples[i]?.shape, samples[j]?.shape] },
  });
}

/** What an axis is called that all of them have: as in the first, but steps where one has those. */
export function nameOf(names: readonly string[]): string {
  return names.find((name) => name === "steps") ?? names[0] ?? "features";
}

/** Whether each step of what comes is made of the same step of each of `samples`, so that one at a time gives the same. */
export function isStepByStep(samples: readonly Spec[]): boolean {
  const rank = Math.max(...samples.map(({ shape }) => shape.length));
  const hasSteps = ({ axes }: Spec): boolean => axes[0] === "steps";
  return !samples.some(hasSteps) || samples.every((sample) => hasSteps(sample) === (sample.shape.length === rank));
}

/** "x[1] [batch, features 3]" */
function described(samples: readonly Spec[], i: number): string {
  const sample = samples[i];
  return `x[${i}] ${sample === undefined ? "" : describe(sample)}`;
}

function noList(who: string, input: unknown): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `reads a list of values, got ${isSpec(input) ? `one, x ${describe(input)}` : show(input)}`,
    fix: "Call it on a list, as in add()([a, b]), and make model({ inputs, outputs }) of it",
  });
}
