// Layers one after the other, each with a name of its own.
import { SluiceError } from "@sluice/core";
import type { Layer } from "../layers/layer.ts";
import { createModel, type Model, type NamedLayer } from "./model.ts";

/**
 * A model that runs its layers in order. Layers without a name take their kind: "dense", "dense_1", ….
 *
 * Throws INVALID_ARGUMENT for no layers, a name used twice, or one that is not letters, digits, "_" and "-".
 */
export function sequential(layers: readonly Layer[], { name = "sequential" }: { readonly name?: string } = {}): Model {
  if (layers.length === 0) throw refused("a model needs at least one layer");
  return createModel(name, named(layers));
}

function named(layers: readonly Layer[]): NamedLayer[] {
  const taken = new Set<string>();
  for (const { config } of layers) if (config.name !== undefined) claim(taken, config.name);
  return layers.map((layer) => ({ name: layer.config.name ?? free(taken, layer.kind), layer }));
}

function claim(taken: Set<string>, name: string): void {
  if (!/^[A-Za-z][\w-]*$/.test(name))
    throw refused(`a layer's name begins with a letter and has letters, digits, "_" and "-", got "${name}"`);
  if (taken.has(name)) throw refused(`two layers are named "${name}"`);
  taken.add(name);
}

function free(taken: Set<string>, kind: string): string {
  let name = kind;
  for (let i = 1; taken.has(name); i++) name = `${kind}_${i}`;
  claim(taken, name);
  return name;
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "sequential", what });
}
