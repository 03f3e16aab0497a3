// A model that Keras 3 saved, with its weights.
import { check, options as optionTable, refused, type Rule } from "@sluice/core/arguments";
import type { Model, WeightGroup } from "@sluice/nn";
import { assign } from "../kerasModel/assign.ts";
import { frozenIn, readModel, type ReadModel, weighted } from "../kerasModel/built.ts";
import type { OwnLayers } from "../kerasModel/reading.ts";
import { type Archive, openArchive } from "./archive.ts";
import { fileBytes } from "./fileBytes.ts";
import { openVariables } from "./variableStore.ts";

export interface KerasOptions {
  /**
   * Makers of layers of one's own, by the name that Keras registered ("MyPackage>MyLayer") or by class: each gets the layer's configuration as the file has it, with `name` as it is to
   * be here, and gives a layer of @sluice/nn. Its weights are the file's variables in order.
   */
  readonly layers?: OwnLayers;
}

/** The names of a model's several inputs or outputs, null for one without a name. */
type Names = string | null;

/**
 * The model of a `.keras` file, with the weights of the file, from which `compile` goes on: to predict, to stream, to train further. Inputs and outputs of a functional model that has several go by the names
 * that its InputLayers and last layers have, or by those of its dictionaries; they are yours to say as types: `fromKeras<"query" | "text", "answer">(bytes)`.
 *
 * `bytes` is any view of memory or an ArrayBuffer; arrays are views of it where they can be, so it must stay as it is until `compile` has read them. What does not train (`trainable=False`) is told by `frozenInKeras`;
 * optimizer, loss and metrics of the file are left aside.
 *
 * Throws INVALID_ARGUMENT for what is no bytes or no maker; UNSUPPORTED naming every layer and option that there is not here, each with what to do instead (`facts.problems`); FILE_FOREIGN for what Keras 3 did
 * not save; FILE_CORRUPT for what is damaged; SHAPE_MISMATCH with all variables that are missing, too many or of another shape; NOT_FINITE for weights that are no numbers.
 *
 * ```ts
 * const model = fromKeras(await readFile("tagger.keras"));
 * const trainer = await model.compile({ backend });
 * ```
 */
export function fromKeras<I extends Names = null, O extends Names = null>(
  bytes: ArrayBufferView | ArrayBufferLike,
  options: KerasOptions = {},
): Model<I, O> {
  const who = "fromKeras",
    own = ownLayers(who, options),
    archive = openArchive(fileBytes(bytes, who), who);
  return loaded(readModel(archive.config, { who, era: "keras3", own }), archive, who) as unknown as Model<I, O>; // whose ends the caller knows
}

/**
 * What of the model of a `.keras` file does not train, as groups for `compile`: `{ groups: frozenInKeras(bytes) }`. Empty where all does. Throws as `fromKeras`.
 */
export function frozenInKeras(bytes: ArrayBufferView | ArrayBufferLike, options: KerasOptions = {}): readonly WeightGroup[] {
  const who = "frozenInKeras",
    { config } = openArchive(fileBytes(bytes, who), who);
  const { located, declared } = readModel(config, { who, era: "keras3", own: ownLayers(who, options) });
  const names = frozenIn(config, located).filter((name) => hasWeights(declared, name.split(".")));
  return names.length === 0 ? [] : [{ weights: names, trainable: false }];
}

function loaded(read: ReadModel, { weights }: Archive, who: string): ReadModel["model"] {
  const store = openVariables(weights, who);
  const tree = assign({
    who,
    places: read.located,
    declared: read.declared,
    names: [...store.paths],
    wanted: ({ path }, variable) => `${path}/${variable.path}`,
    find: ({ path }, variable) => store.find(`${path}`, variable),
  });
  return weighted(read, tree);
}

function hasWeights(declared: unknown, at: readonly string[]): boolean {
  const found = at.reduce<unknown>(
    (tree, key) => (typeof tree === "object" && tree !== null ? (tree as Readonly<Record<string, unknown>>)[key] : undefined),
    declared,
  );
  return found !== undefined;
}

const makers: Rule<OwnLayers> = {
  expected: 'a record of functions that make layers, by name: { "MyPackage>MyLayer": (config) => layer }',
  accepts: (value): value is OwnLayers =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((one) => typeof one === "function"),
};

/** Throws INVALID_ARGUMENT for an option that there is not. */
export function ownLayers(who: string, options: KerasOptions): OwnLayers {
  if (typeof options !== "object" || (options as unknown) === null)
    throw refused(who, "the options", options, "a record such as { layers }");
  const { layers } = optionTable<KerasOptions>(who, options, { layers: true });
  if (layers !== undefined) check(who, "layers", layers, makers);
  return layers ?? {};
}
