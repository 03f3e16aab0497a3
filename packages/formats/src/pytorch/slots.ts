// The layers of a model that have weights, each where it stands: those within models, blocks and wrappers too.
import { isWeight, leavesOf, type Shape, type Tree, type Weight } from "@sluice/core";
import type { BuiltModel } from "@sluice/nn";
import type { AnyModel } from "@sluice/nn/kit";
import type { Named } from "./part.ts";

export interface Slot {
  /** Names of layers, from outside to inside: "encoder.lstm". */
  readonly path: string;
  readonly kind: string;
  readonly config: Named<unknown>;
  /** By path below the layer: "wx", "forward.wx". */
  readonly weights: Named<Shape>;
}

interface Placed {
  readonly path: string;
  readonly kind: string;
  readonly config: object;
  readonly tree: unknown;
}

export function slotsOf(model: AnyModel, built: BuiltModel): readonly Slot[] {
  return model.layers.flatMap(({ name, layer: { kind, config } }) => slotsIn({ path: name, kind, config, tree: built.weights[name] }));
}

function slotsIn({ path, kind, config, tree }: Placed): readonly Slot[] {
  const weights = weightsIn(tree);
  if (Object.keys(weights).length === 0) return [];
  const below = (name: string, record: LayerRecord): readonly Slot[] =>
    slotsIn({ path: `${path}.${name}`, ...record, tree: (tree as Named<unknown>)[name] }); // a record of layers
  const { layers, layer } = config as { readonly layers?: readonly LayerRecord[]; readonly layer?: LayerRecord }; // as these kinds have it
  if (kind === "model" && layers !== undefined) return named(layers).flatMap(([name, record]) => below(name, record));
  if (kind === "timeDistributed" && layer !== undefined) return slotsIn({ path, ...layer, tree });
  if (kind === "tokenAndPositionEmbedding")
    return [
      ...below("tokenEmbedding", { kind: "embedding", config: {} }),
      ...below("positionEmbedding", { kind: "positionEmbedding", config: {} }),
    ];
  if (kind === "attentionDecoder" && layer !== undefined) {
    const others = Object.entries(weights).filter(([name]) => !name.startsWith("cell."));
    const own: Slot = { path, kind, config: config as Named<unknown>, weights: Object.fromEntries(others) }; // a config is a record
    return [...below("cell", layer), ...(others.length > 0 ? [own] : [])];
  }
  return [{ path, kind, config: config as Named<unknown>, weights }]; // likewise
}

function weightsIn(tree: unknown): Named<Shape> {
  if (tree === undefined) return {};
  const leaves = leavesOf(tree as Tree<Weight>, isWeight) as [string, Weight][]; // `isWeight` says so
  return Object.fromEntries(leaves.map(([path, { axes }]) => [path, Object.values(axes)]));
}

interface LayerRecord {
  readonly kind: string;
  readonly config: object;
}

/** As nn names the layers of a model: those without a name by their kind, "dense", "dense_1", …, past names that are taken. */
function named(layers: readonly LayerRecord[]): readonly (readonly [name: string, layer: LayerRecord])[] {
  const own = ({ config }: LayerRecord): string | undefined => (config as { readonly name?: string }).name; // of every layer
  const taken = new Set(layers.flatMap((layer) => own(layer) ?? []));
  return layers.map((layer) => {
    const given = own(layer);
    if (given !== undefined) return [given, layer];
    let name = layer.kind;
    for (let i = 1; taken.has(name); i++) name = `${layer.kind}_${i}`;
    taken.add(name);
    return [name, layer];
  });
}
