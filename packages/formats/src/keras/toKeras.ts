// A model as Keras 3 saves one, so that Keras loads it.
import { check, oneOf, options as optionTable } from "@sluice/core/arguments";
import { SluiceError } from "@sluice/core";
import type { BuiltModel, Saved, Spec } from "@sluice/nn";
import { savedOf, type Source } from "@sluice/nn/kit";
import { graphOut, type Outward } from "../kerasModel/graphOut.ts";
import type { Ordering } from "../kerasModel/order.ts";
import { Problems } from "../kerasModel/problems.ts";
import { type AnyModel, declaredShape, type GraphRecord, recordOf } from "../kerasModel/record.ts";
import { sizesOf } from "../kerasModel/variables.ts";
import { store } from "../zip/store.ts";
import { files } from "./archive.ts";
import { kerasWeights, type Placed } from "./kerasWeights.ts";

export interface ToKerasOptions {
  /**
   * How the Keras model takes inputs and gives outputs where these have names here: as a dictionary by them (default), or as a list in the order they have here, as `m.predict([a, b])` wants it. A list
   * has no names of outputs: read again, they are called as the layers are that give them.
   */
  readonly ends?: Ordering;
}

/**
 * The bytes of a `.keras` file that `keras.models.load_model` reads: a functional model of the same layers under the same names, with the model's weights. Where `input(…)` says no shape sequences are of any length in Keras too, unless a weight depends on it. The bytes are the caller's; the same model gives the same.
 *
 * Of a trainer they are those it holds now. Throws INVALID_ARGUMENT for a model without weights, or for an option that there is not; UNSUPPORTED naming every layer and option that Keras has not, each with what to
 * do instead (`facts.problems`).
 *
 * ```ts
 * await writeFile("tagger.keras", await toKeras(trainer));
 * ```
 */
export async function toKeras(source: Source, options: ToKerasOptions = {}): Promise<Uint8Array> {
  const who = "toKeras",
    ordering = endsIn(who, options) ?? "dictionary",
    { config, weights } = written(who, weightedIn(await savedOf(who, source)), { ordering, weightsAlone: false });
  const encoded = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  return store({
    [files.metadata]: encoded({ keras_version: "3.15.1", date_saved: "1980-01-01@00:00:00" }),
    [files.config]: encoded(config),
    [files.weights]: weights,
  });
}

export interface ToKerasWeightsOptions {
  /** Whether the Keras model gives its several outputs (and reads, as a model within another, its several inputs) as a list, in the order they have here (default), or as a dictionary, which Keras puts in the order of the names. */
  readonly ends?: Ordering;
}

/**
 * The bytes of a `.weights.h5` that `load_weights` of a Keras model of the same layers reads, a Sequential within it where the layers of a model within stand one after another. Keras finds variables by class and number: in
 * the order from inputs to outputs, and of layers that stand beside each other in that of the outputs that they come to.
 * Throws INVALID_ARGUMENT for an option that there is not; otherwise as `toKeras`.
 */
export async function toKerasWeights(source: Source, options: ToKerasWeightsOptions = {}): Promise<Uint8Array> {
  const who = "toKerasWeights",
    ordering = endsIn(who, options) ?? "list";
  return written(who, weightedIn(await savedOf(who, source)), { ordering, weightsAlone: true }).weights;
}

/** Throws INVALID_ARGUMENT for an option that there is not. */
function endsIn(who: string, options: ToKerasOptions | ToKerasWeightsOptions): Ordering | undefined {
  const { ends } = optionTable<ToKerasOptions>(who, options, { ends: true });
  if (ends !== undefined) check(who, "ends", ends, oneOf("list", "dictionary"));
  return ends;
}

interface Weighted {
  readonly model: AnyModel;
  readonly saved: Saved;
}

function weightedIn({ model, saved }: Awaited<ReturnType<typeof savedOf>>): Weighted {
  return { model: model as unknown as AnyModel, saved }; // of whatever ends
}

type How = Pick<Outward, "ordering" | "weightsAlone">;

function written(who: string, { model, saved }: Weighted, how: How): { readonly config: unknown; readonly weights: Uint8Array } {
  const record = recordOf(model),
    problems = new Problems(),
    isAny = { steps: !dependsOnSteps(model, saved) },
    built = builtFor(model, saved.samples);
  const { config, groups } = graphOut(record, {
    ...{ ...how, problems, path: "", shapes: shapesOf(record, saved, isAny.steps), indices: indicesOf(saved) },
    columns: (layer) => saved.weights[`${layer}.wq`]?.shape[1],
    given: (layer, path) => {
      const spec = specAt(built.layers.find(({ name }) => name === layer)?.output, path);
      return spec && openShape(spec, isAny.steps);
    },
  });
  problems.check(who);
  const places = record.layers.flatMap((layer): Placed[] => {
    const name = layer.config.name ?? "",
      path = groups.get(name);
    return path === undefined ? [] : [{ path, name, layer }];
  });
  return {
    config,
    weights: kerasWeights({ places, saved: saved.weights, declared: built.weights, modelName: model.name, ordering: how.ordering }),
  };
}

function builtFor({ build, ends }: AnyModel, samples: Saved["samples"]): BuiltModel {
  return build((ends.inputs === null ? samples["x"] : samples) as never); // as it was saved for
}

/** Whether with more steps a weight would be another, or there would be no model. */
function dependsOnSteps(model: AnyModel, { samples }: Saved): boolean {
  const longer = Object.fromEntries(
    Object.entries(samples).map(([input, spec]) => [
      input,
      spec.axes[0] === "steps" && !isDeclared(model, input) ? { ...spec, shape: [(spec.shape[0] ?? 0) + 7, ...spec.shape.slice(1)] } : spec,
    ]),
  );
  const sizes = (given: Saved["samples"]): string => JSON.stringify([...sizesOf(builtFor(model, given).weights)]);
  try {
    return sizes(longer) !== sizes(samples);
  } catch (error) {
    if (error instanceof SluiceError) return true;
    throw error;
  }
}

function isDeclared({ graph }: AnyModel, input: string): boolean {
  const value = graph.inputs[input];
  return value !== undefined && ("input" in value || graph.nodes.some(({ call }) => call.x === value && call.layer.input !== undefined));
}

function openShape({ shape, axes }: Spec, isAny: boolean): readonly (number | null)[] {
  return isAny && axes[0] === "steps" ? [null, ...shape.slice(1)] : shape;
}

function specAt(output: unknown, path: string): Spec | undefined {
  const found = path
    .split(".")
    .reduce<unknown>((at, key) => (key === "" ? at : (at as Readonly<Record<string, unknown>> | undefined)?.[key]), output); // a tree of specs
  return found as Spec | undefined; // likewise
}

function shapesOf(record: GraphRecord, { samples }: Saved, isAny: boolean): ReadonlyMap<string, readonly (number | null)[]> {
  return new Map(
    Object.entries(samples).map(([input, spec]) => [input, openShape(spec, isAny && declaredShape(record, input) === undefined)]),
  );
}

function indicesOf({ samples }: Saved): ReadonlySet<string> {
  return new Set(Object.entries(samples).flatMap(([input, { dtype }]) => (dtype === "i32" ? [input] : [])));
}
