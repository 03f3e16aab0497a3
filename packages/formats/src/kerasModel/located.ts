// Where the variables of the layers of a model that was read stand, in Keras's files and here, and what is known of its masks.
import type { AnyLayer, Model } from "@sluice/nn";
import { lookup } from "./json.ts";
import type { MappedLayer } from "./layerIn.ts";
import { Names } from "../naming/names.ts";
import { snakeCase } from "./names.ts";
import { aliases, isOperation } from "./operations.ts";
import type { LayerConfig } from "./topology.ts";
import type { Value } from "./values.ts";

/** A layer that may have variables: where they stand in Keras's files, and where here. */
export interface Located {
  /** "layers/dense_1" */
  readonly path: string;
  /** As the file names it. */
  readonly name: string;
  /** Of the model's weights: ["encoder", "dense_1"]. */
  readonly at: readonly string[];
  readonly layer: AnyLayer;
}

export interface ModelIn {
  readonly model: Model<string | null, string | null>;
  readonly located: readonly Located[];
  /** Samples by input, "x" where there is one without a name; null where any size does. */
  readonly samples: ReadonlyMap<string, readonly (number | null)[]>;
  /** What is known of the masks of its outputs. */
  readonly masks: readonly OutputMask[];
}

/** The mask of an input, by its number, one of its own, or none. */
export interface OutputMask {
  readonly of: number | "own" | undefined;
  readonly isSame: boolean;
}

/** A layer of a model while it is made. */
export interface Entry {
  readonly config: LayerConfig;
  /** Here. */
  readonly name: string;
  mapped: MappedLayer | undefined;
  nested: ModelIn | undefined;
  isUsed: boolean;
}

export function outputMasks(inputs: readonly (Value | undefined)[], outputs: readonly (Value | undefined)[]): readonly OutputMask[] {
  const given = inputs.map((value) => value?.mask);
  return outputs.map((value) => {
    const at = given.indexOf(value?.mask);
    return { of: value?.mask === undefined ? undefined : at === -1 ? "own" : at, isSame: value?.isSame ?? true };
  });
}

/** By Keras's numbering: by class, in the order of the file. */
export function locatedIn({ layers }: ModelIn["model"], entries: readonly Entry[]): readonly Located[] {
  const groups = new Names(),
    names = new Map<unknown, string>(layers.map(({ name, layer }) => [layer, name])); // a layer of one's own may have another
  return entries.flatMap((entry): readonly Located[] => {
    const { config, name, mapped, nested } = entry;
    if (isOperation(config)) return [];
    const path = `layers/${groups.take(snakeCase(lookup(aliases, config.className) ?? config.className))}`;
    if (mapped === undefined) return [];
    if (nested === undefined) return [{ path, name: config.name, at: [names.get(mapped.layer) ?? name], layer: mapped.layer }];
    const inside = config.className === "TimeDistributed" ? `${path}/layer` : path;
    return nested.located.map((one) => ({ ...one, path: `${inside}/${one.path}`, at: [name, ...one.at] }));
  });
}
