// Layers one after the other, each with a name of its own.
import { SluiceError } from "@sluice/core";
import { check, text, type Rule } from "@sluice/core/arguments";
import type { Layer } from "../layers/layer.ts";
import { isRecord, given, optional, type Table } from "../options/table.ts";
import { layerName, listOf } from "../options/rules.ts";
import { createModel } from "./createModel.ts";
import type { Model, NamedLayer } from "../model/model.ts";

const modelTable = { name: optional(text) } satisfies Table<{ readonly name?: string }>;

const anyLayer: Rule<Layer> = {
  expected: "a layer, such as dense({ units: 1 })",
  accepts: (value): value is Layer =>
    isRecord(value) &&
    typeof value["kind"] === "string" &&
    typeof value["build"] === "function" &&
    isRecord(value["config"]) &&
    (value["config"]["name"] === undefined || text.accepts(value["config"]["name"])),
};
const anyLayers = listOf(anyLayer);

/**
 * A model that runs its layers in order. Layers without a name take their kind: "dense", "dense_1", ….
 *
 * Throws INVALID_ARGUMENT for no layers or what is none, a name used twice, or one that is not letters, digits, "_" and "-".
 */
export function sequential(layers: readonly Layer[], options: { readonly name?: string } = {}): Model {
  const { name = "sequential" } = given("sequential", modelTable, options);
  check("sequential", "layers", layers, anyLayers);
  if (layers.length === 0) throw refused("a model needs at least one layer");
  return createModel(name, named(layers));
}

function named(layers: readonly Layer[]): NamedLayer[] {
  const taken = new Set<string>();
  for (const { config } of layers) if (config.name !== undefined) claim(taken, config.name);
  const next = new Map<string, number>();
  return layers.map((layer) => ({ name: layer.config.name ?? free(taken, next, layer.kind), layer }));
}

function claim(taken: Set<string>, name: string): void {
  check("sequential", "the name of a layer", name, layerName);
  if (taken.has(name)) throw refused(`two layers are named "${name}"`);
  taken.add(name);
}

/** `next` goes on where the last of a kind was found: a number is looked at once. */
function free(taken: Set<string>, next: Map<string, number>, kind: string): string {
  for (let i = next.get(kind) ?? 0; ; i++) {
    const name = i === 0 ? kind : `${kind}_${i}`;
    if (taken.has(name)) continue;
    claim(taken, name);
    next.set(kind, i + 1);
    return name;
  }
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "sequential", what });
}
