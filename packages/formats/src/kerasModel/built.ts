// A model that was read, built for a sample of some size and given its weights.
import { SluiceError } from "@sluice/core";
import { field, isList, type Json, type JsonRecord, textField } from "./json.ts";
import type { ModelIn } from "./located.ts";
import { modelIn } from "./modelIn.ts";
import { Problems, said } from "./problems.ts";
import type { Reading } from "./reading.ts";
import type { WeightTree } from "./assign.ts";

/** A model of whatever ends, as its verbs are called here. */
interface Buildable {
  readonly ends: { readonly inputs: readonly string[] | null };
  sample(shape: unknown): unknown;
  build(sample: unknown): { readonly weights: unknown; readonly layers: readonly { readonly name: string; readonly output: unknown }[] };
  withWeights(weights: WeightTree, shape: unknown): unknown;
}

/** A model that was read, and what it was built for. */
export interface ReadModel extends ModelIn {
  readonly shapes: unknown;
  /** As `build` declares them. */
  readonly declared: unknown;
}

/** Throws UNSUPPORTED with all that there is not here, FILE_CORRUPT for what is no model of Keras. */
export function readModel(json: Json, given: Omit<Reading, "problems" | "ranks">): ReadModel {
  const problems = new Problems(),
    ranks = new Map<string, number>();
  const found = modelIn(json, { ...given, problems, ranks });
  problems.check(given.who);
  if (found === undefined)
    throw new SluiceError({ code: "FILE_CORRUPT", who: given.who, what: "the model of the file is not whole", fix: "Save it again" });
  const model = found.model as unknown as Buildable; // of its own ends
  const { shapes, built } = builtFor(model, found, given.who);
  for (const { name, output } of built.layers) {
    const wanted = ranks.get(name),
      rank = (output as { readonly shape?: readonly number[] }).shape?.length; // of one value
    if (wanted !== undefined && rank !== undefined && wanted !== rank + 1)
      problems.add(name, `normalises along axis ${wanted - 1} of ${rank + 1}`, "move the features to the last axis");
  }
  for (const { at, name, layer } of found.located) {
    const rank = (
      built.layers.find((one) => at.length === 1 && one.name === at[0])?.output as { readonly shape?: readonly number[] } | undefined
    )?.shape?.length; // of one value
    if (layer.kind === "embedding" && "maskIndex" in layer.config && (rank ?? 0) > 2)
      problems.add(
        name,
        "(Embedding) makes a mask of more than the steps",
        "wrap it and what reads it in TimeDistributed: a model of sentences within one of documents",
      );
  }
  problems.check(given.who);
  return { ...found, shapes, declared: built.weights };
}

/** Where a file says that any number of steps will do: the first of these that all layers can be built for. */
const anySizes = [16, 64, 256, 1024, 1];

function builtFor(
  model: Buildable,
  { samples }: ModelIn,
  who: string,
): { readonly shapes: unknown; readonly built: ReturnType<Buildable["build"]> } {
  const isFixed = [...samples.values()].every((shape) => !shape.includes(null));
  let cause: unknown;
  for (const size of isFixed ? [1] : anySizes) {
    const each = [...samples].map(([name, shape]) => [name, shape.map((n) => n ?? size)] as const);
    const shapes = model.ends.inputs === null ? each[0]?.[1] : Object.fromEntries(each);
    try {
      return { shapes, built: model.build(model.sample(shapes)) };
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      cause ??= error;
    }
  }
  const error = cause as SluiceError; // there was one
  throw new SluiceError({
    code: "UNSUPPORTED",
    who,
    what: `the model cannot be built here: ${said(error)}`,
    ...(error.fix !== undefined && { fix: error.fix }),
    cause,
  });
}

/** The same model with these weights. */
export function weighted({ model, shapes }: ReadModel, weights: WeightTree): ModelIn["model"] {
  return (model as unknown as Buildable).withWeights(weights, shapes) as ModelIn["model"]; // of the same ends
}

/** Names of the layers, in a model within "encoder.dense", that the file says do not train. */
export function frozenIn(json: Json, located: ModelIn["located"]): readonly string[] {
  const frozen = new Set<string>();
  const visit = (model: Json, isFrozen: boolean): void => {
    for (const layer of layersIn(model)) {
      const config = (layer as JsonRecord)["config"] ?? null, // records, as they were read
        own = isFrozen || (config as JsonRecord)["trainable"] === false;
      if (own) frozen.add(nameOf(layer));
      visit(layer, own);
    }
  };
  visit(json, (json as JsonRecord)["trainable"] === false);
  return located.filter(({ name }) => frozen.has(name)).map(({ at }) => at.join("."));
}

function layersIn(model: Json): readonly Json[] {
  const config = (model as JsonRecord)["config"] as JsonRecord | undefined, // likewise
    layers = isList(config ?? null) ? config : config?.["layers"];
  return isList(layers as Json) ? (layers as unknown as readonly Json[]) : [];
}

function nameOf(layer: Json): string {
  return textField(layer, "name") ?? textField(field(layer, "config"), "name") ?? "";
}
