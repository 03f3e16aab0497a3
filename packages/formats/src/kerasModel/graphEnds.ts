// Models of Keras brought to one form: a sequence as the graph that it is, and the uses of models within counted from 0.
import { SluiceError } from "@sluice/core";
import type { Era } from "./activations.ts";
import { field, isList, type Json } from "./json.ts";
import { type Ends, isModel, type LayerConfig, type Reference, type Topology, type Use } from "./topology.ts";

/**
 * Its outputs with the uses of a model within counted from 0, as everywhere else: what makes such a model is its first use to Keras, which Keras 3 counts where it tells outputs. Where a file of
 * Keras 2 counts it there are as many uses as numbers.
 */
export function counted(topology: Topology, era: Era): Topology {
  const models = new Map(topology.layers.filter(({ className }) => isModel(className)).map((layer) => [layer.name, layer]));
  const one = (reference: Reference): Reference => {
    const model = models.get(reference.layer);
    if (model === undefined) return reference;
    const isCounted = era === "keras3" ? model.className !== "Sequential" : reference.use >= model.uses.length;
    return isCounted ? { ...reference, use: reference.use - 1 } : reference;
  };
  const all = (ends: Ends): Ends =>
    ends.kind === "one"
      ? { ...ends, value: one(ends.value) }
      : { ...ends, values: new Map([...ends.values].map(([name, each]) => [name, one(each)])) };
  return { ...topology, ends: topology.ends && { inputs: topology.ends.inputs, outputs: all(topology.ends.outputs) } };
}

/** A sequence as the graph that it is. */
export function chained(topology: Topology, who: string): Topology {
  const { layers } = topology,
    [first] = layers;
  if (first === undefined) throw new SluiceError({ code: "FILE_CORRUPT", who, what: `the model "${topology.name}" has no layers` });
  const shape =
    first.className === "InputLayer" ? undefined : (field(first.config, "batch_input_shape") ?? inputShape(first) ?? topology.builtFor);
  if (first.className !== "InputLayer" && shape === undefined)
    throw new SluiceError({
      code: "UNSUPPORTED",
      who,
      what: `the model "${topology.name}" does not say what it reads: it was never built`,
      fix: "Call it on data in Keras, or begin it with keras.Input(shape), and save it again",
    });
  const input: LayerConfig = {
    className: "InputLayer",
    registeredName: undefined,
    module: "keras.layers",
    name: freeName(layers),
    config: { batch_shape: shape ?? null },
    uses: [],
    inputRank: undefined,
  };
  const all = first.className === "InputLayer" ? layers : [input, ...layers];
  const use = (before: LayerConfig): Use => ({ args: [{ tensor: { layer: before.name, use: 0, output: 0 } }], kwargs: new Map() });
  const linked = all.map((layer, i) => ({ ...layer, uses: i === 0 ? [] : [use(all[i - 1]!)] })); // there is one before
  const end = (at: LayerConfig): Ends => ({ kind: "one", value: { layer: at.name, use: 0, output: 0 } });
  return { ...topology, kind: "functional", layers: linked, ends: { inputs: end(linked[0]!), outputs: end(linked.at(-1)!) } }; // there is one
}

function freeName(layers: readonly LayerConfig[]): string {
  const taken = new Set(layers.map(({ name }) => name));
  let name = "input";
  while (taken.has(name)) name += "_";
  return name;
}

/** Of a model that stands first in a sequence. */
function inputShape({ className, config }: LayerConfig): Json | undefined {
  if (!isModel(className)) return undefined;
  const layers = field(config, "layers"),
    [first] = isList(layers) ? layers : [];
  return field(field(first, "config"), "batch_shape") ?? field(field(first, "config"), "batch_input_shape");
}
