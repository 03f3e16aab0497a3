// A model of any graph of layers: several inputs and outputs, by name.
import { leavesOf } from "@sluice/core";
import { check, refused, text, type Rule } from "@sluice/core/arguments";
import { isSymbolic } from "../layers/callable.ts";
import { Symbolic } from "../layers/layer.ts";
import { graphOf, type Named } from "../model/graph.ts";
import type { Model } from "../model/model.ts";
import { byName, single, type ByName, type Names } from "../model/names.ts";
import { layerName } from "../options/rules.ts";
import { given, isRecord, optional, required, type Table } from "../options/table.ts";
import { createModel } from "./createModel.ts";

/** One value, or several by name. */
export type Ends = Symbolic | Named<Symbolic>;

/** The names of several, or null. */
export type NamesOf<E extends Ends> = E extends Symbolic ? null : keyof E & string;

export interface ModelConfig<I extends Ends, O extends Ends> {
  /** What `input(…)` gave: one, or several by name. */
  readonly inputs: I;
  /** What layers gave that were called on them: one, or several by name. */
  readonly outputs: O;
  /** Default "model". */
  readonly name?: string;
}

const ends: Rule<Ends> = {
  expected: "what input(…) or a layer gives, or a record of several by name",
  accepts: (value): value is Ends =>
    isSymbolic(value) ||
    (isRecord(value) &&
      Object.keys(value).length > 0 &&
      leavesOf(value, isSymbolic).every(([path, leaf]) => isSymbolic(leaf) && !path.includes("."))),
};

export const modelTable = {
  inputs: required(ends),
  outputs: required(ends),
  name: optional(text),
} satisfies Table<ModelConfig<Ends, Ends>>;

/**
 * A model of the layers that lie between `inputs` and `outputs`. Their names are those of data, losses, metrics and predictions.
 *
 * Throws INVALID_ARGUMENT for inputs that are missing, given twice or not read, names that are used twice, or are not letters, digits, "_" and "-".
 *
 * ```ts
 * const days = input({ shape: [30, 9] });
 * const shared = gru({ units: 32 })(days);
 * const weather = model({
 *   inputs: { days },
 *   outputs: { tomorrow: dense({ units: 1 })(shared), rain: dense({ units: 1, activation: "sigmoid" })(shared) },
 * });
 * ```
 */
export function model<const I extends Ends, const O extends Ends>(options: ModelConfig<I, O>): Model<NamesOf<I>, NamesOf<O>> {
  const { inputs, outputs, name = "model" } = given("model", modelTable, options as ModelConfig<Ends, Ends>);
  const names = { inputs: namesIn("inputs", inputs), outputs: namesIn("outputs", outputs) };
  const graph = graphOf("model", {
    inputs: byName(inputs as ByName<Names, Symbolic>, names.inputs, single.inputs), // which is one, or several
    outputs: byName(outputs as ByName<Names, Symbolic>, names.outputs, single.outputs), // likewise
  });
  return createModel({ name, graph, ends: names }) as unknown as Model<NamesOf<I>, NamesOf<O>>; // of these ends
}

function namesIn(option: string, given: Ends): readonly string[] | null {
  if (given instanceof Symbolic) return null;
  for (const name of Object.keys(given)) check("model", `a name of the ${option}`, name, layerName);
  if (Object.keys(given).length === 0) throw refused("model", option, given, ends.expected);
  return Object.keys(given);
}
