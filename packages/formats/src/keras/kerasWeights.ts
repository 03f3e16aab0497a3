// The weights of a model as the variables of Keras's files.
import type { HostArray } from "@sluice/core";
import { type GroupToWrite, writeHdf5 } from "../hdf5/write.ts";
import type { Ordering } from "../kerasModel/order.ts";
import type { LayerRecord } from "../kerasModel/record.ts";
import { type Numbers, sizesOf, variablesOf } from "../kerasModel/variables.ts";
import { declaredAt } from "../kerasModel/assign.ts";

export interface Placed {
  /** "layers/dense_1" */
  readonly path: string;
  readonly name: string;
  readonly layer: LayerRecord;
}

interface Group extends GroupToWrite {
  readonly attributes: Record<string, string>;
  readonly children: Map<string, Group | { readonly shape: readonly number[]; readonly data: Numbers }>;
}

interface ToWrite {
  readonly places: readonly Placed[];
  /** By layer and key, "lstm.wx". */
  readonly saved: Readonly<Record<string, HostArray>>;
  /** As a built model has them. */
  readonly declared: unknown;
  readonly modelName: string;
  readonly ordering: Ordering;
}

/** The bytes of a `.weights.h5`. */
export function kerasWeights({ places, saved, declared, modelName, ordering }: ToWrite): Uint8Array {
  const root = group();
  within(root, ["vars"]).attributes["name"] = modelName;
  within(root, ["layers"]);
  for (const { path, name, layer } of places) {
    within(root, [...path.split("/"), "vars"]).attributes["name"] = name;
    const own = Object.fromEntries(
      Object.entries(saved).flatMap(([key, array]) => (key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), numbers(array)]] : [])),
    );
    for (const variable of variablesOf(layer, sizesOf(declaredAt(declared, [name]) ?? {}), ordering)) {
      const keys = `${path}/${variable.path}`.split("/");
      within(root, keys.slice(0, -1)).children.set(keys.at(-1) ?? "", { shape: variable.shape, data: variable.back(own) });
    }
  }
  return writeHdf5(root);
}

function group(): Group {
  return { attributes: {}, children: new Map() };
}

function within(root: Group, keys: readonly string[]): Group {
  return keys.reduce<Group>((at, key) => {
    const found = at.children.get(key) ?? group();
    at.children.set(key, found);
    return found as Group; // of the keys before an array
  }, root);
}

function numbers({ data }: HostArray): Numbers {
  return data instanceof Float64Array || data instanceof Float32Array ? data : Float32Array.from(data);
}
