// Weights and states by name: each one that a cell declares, and no other.
import { record } from "../arguments/checks.ts";
import { meant } from "../arguments/options.ts";
import { show } from "../arguments/show.ts";
import { SluiceError } from "../errors.ts";
import { describe } from "../trace/describe.ts";
import { isTensor, type Tensor } from "../trace/tensor.ts";
import type { States } from "./cell.ts";

/** What messages call them, one and all. */
export interface Called {
  readonly who: string;
  readonly cell: string;
  /** "state" */
  readonly one: string;
  /** "weights": the argument. */
  readonly all: string;
}

/** Throws INVALID_ARGUMENT for one that is missing, unknown, or no tensor. */
export function checkNamed({ who, cell, one, all }: Called, known: readonly string[], given: object): void {
  const tensors = record(who, given, all) as Readonly<Record<string, unknown>>;
  for (const name of [...known, ...Object.keys(tensors)]) {
    const isKnown = known.includes(name),
      value = tensors[name];
    if (isKnown && isTensor(value)) continue;
    const what = isKnown ? `${all}.${name} must be a tensor, got ${show(value)}` : `there is no ${one} ${show(name)}`,
      fix = isKnown ? remedy(value, `The ${all} of ${cell}: ${known.join(", ")}`) : meant(name, known);
    throw new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix, facts: { [one]: name, known } });
  }
}

/** Throws SHAPE_MISMATCH for a state that has another rank than the cell declares, or not one for each row. */
export function checkRows(who: string, declared: States, given: Readonly<Record<string, Tensor>>, batch: number): void {
  for (const [name, { axes }] of Object.entries(declared)) {
    const state = given[name]!, // `checkNamed` has seen it
      expected = [`batch ${batch}`, ...Object.keys(axes)].join(", ");
    if (state.shape[0] === batch && state.rank === 1 + Object.keys(axes).length) continue;
    const what = `state.${name} must be [${expected}], got ${describe(state.derive(state.node, state.axes, name))}`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who, what, facts: { state: name, shape: state.shape, batch } });
  }
}

function remedy(value: unknown, known: string): string {
  if (value === undefined) return known;
  return value instanceof Promise ? "Await it first" : "Pass it as an argument of the traced function";
}
