// Options of whatever looks at what a model does with inputs.
import { size, type Rule } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import { listOf, optional, preset, type Table } from "@sluice/nn/kit";

export type Lengths = Numbers | Readonly<Record<string, Numbers>>;

export interface InputsOptions {
  /** Rows of x, the first ones. */
  readonly samples?: number;
  /** As `predict` takes them. */
  readonly lengths?: Lengths;
}

const anyLengths: Rule<Lengths> = {
  expected: "[samples] whole numbers, or a record of them by input",
  accepts: (value): value is Lengths => typeof value === "object" && value !== null,
};

const anyText: Rule<string> = { expected: "a name", accepts: (value): value is string => typeof value === "string" };

export const layerNames: Rule<readonly string[]> = listOf(anyText, "a list of layers' names");

export const inputsTable = { samples: preset(size, 32), lengths: optional(anyLengths) } satisfies Table<InputsOptions>; // which are checked with x

/** What `lookAtOutputs` reads. */
export function givenInputs<X>(x: X, lengths: Lengths | undefined): { readonly x: X; readonly lengths?: never } {
  return { x, ...(lengths !== undefined && { lengths: lengths as never }) }; // by the names of the model's inputs, as is checked there
}
