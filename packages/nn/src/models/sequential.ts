// Layers one after the other: the graph in which each reads what the one before gives.
import { SluiceError } from "@sluice/core";
import { check, text, type Rule } from "@sluice/core/arguments";
import { isLayer } from "../layers/callable.ts";
import { Symbolic, type AnyLayer } from "../layers/layer.ts";
import { graphOf } from "../model/graph.ts";
import type { Model } from "../model/model.ts";
import { single } from "../model/names.ts";
import { given, optional, type Table } from "../options/table.ts";
import { listOf } from "../options/rules.ts";
import { createModel } from "./createModel.ts";
import { isModel, modelLayer } from "./modelLayer.ts";
import type { WeightsOf } from "./weightsOf.ts";

const sequentialTable = { name: optional(text) } satisfies Table<{ readonly name?: string }>;

/** What may stand in a sequence: a layer of one input, or a model of one input and one output. */
export type InSequence = AnyLayer | Model;

const inSequence: Rule<InSequence> = {
  expected: "a layer, such as dense({ units: 1 })",
  accepts: (value): value is InSequence => isLayer(value) || isModel(value),
};
const anyLayers = listOf(inSequence);

/**
 * A model that runs its layers in order. Layers without a name take their kind: "dense", "dense_1", ….
 *
 * Throws INVALID_ARGUMENT for no layers or what is none, a name used twice, or one that is not letters, digits, "_" and "-".
 */
export function sequential<L extends readonly InSequence[] | readonly [InSequence], const N extends string = "sequential">(
  layers: L,
  options: { readonly name?: N } = {},
): Model<null, null, WeightsOf<L>, NoInfer<N>> {
  const { name = "sequential" } = given<{ readonly name?: string }>("sequential", sequentialTable, options);
  check("sequential", "layers", layers, anyLayers);
  if (layers.length === 0) throw refused("a model needs at least one layer");
  const start = new Symbolic();
  const end = layers.reduce<Symbolic>((x, each) => {
    const layer = isModel(each) ? modelLayer(each) : each;
    if (layer.gives !== undefined) throw severalOutputs(layer);
    return new Symbolic({ layer, x, beside: {} });
  }, start);
  const graph = graphOf("sequential", { inputs: { [single.inputs]: start }, outputs: { [single.outputs]: end } });
  return createModel({ name, graph, ends: { inputs: null, outputs: null } }) as unknown as Model<null, null, WeightsOf<L>, N>; // of these ends and layers
}

function severalOutputs({ kind, gives }: AnyLayer): SluiceError {
  return refused(
    `${kind} gives ${Object.keys(gives ?? {}).join(", ")}, and a sequence has one value from layer to layer`,
    "Call the layers on input(…) and make model({ inputs, outputs }) of it",
  );
}

function refused(what: string, fix?: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "sequential", what, ...(fix !== undefined && { fix }) });
}
