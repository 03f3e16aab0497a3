// Arrays of a file as the weights of a model: each variable of each layer one, all of them told that are missing, too many or of another shape.
import { type HostArray, SluiceError } from "@sluice/core";
import type { AnyLayer } from "@sluice/nn";
import { misfit, type Numbers, sizesOf, type Variable, variablesOf } from "./variables.ts";

export interface Place {
  /** As errors name it. */
  readonly name: string;
  /** Of the model's weights: ["encoder", "dense_1"]. */
  readonly at: readonly string[];
  readonly layer: Pick<AnyLayer, "kind" | "config">;
}

/** A tree of weights. */
export interface WeightTree {
  [key: string]: WeightTree | HostArray;
}

/** The weights declared for a layer where it stands in a model. */
export function declaredAt(weights: unknown, at: readonly string[]): unknown {
  return at.reduce<unknown>(
    (tree, key) =>
      typeof tree === "object" && tree !== null && Object.hasOwn(tree, key) ? (tree as Readonly<Record<string, unknown>>)[key] : undefined,
    weights,
  );
}

export interface Assigning<P extends Place> {
  readonly who: string;
  readonly places: readonly P[];
  /** As `model.build(…).weights` declares them. */
  readonly declared: unknown;
  /** The array of a variable, and what it is called; undefined where there is none. */
  find(place: P, variable: Variable): { readonly name: string; readonly array: HostArray } | undefined;
  /** What a variable that is not found would be called. */
  wanted(place: P, variable: Variable): string;
  /** Names of all arrays that should have been found. */
  readonly names: readonly string[];
}

/** Throws SHAPE_MISMATCH, with all that is wrong, where variables are missing, arrays are too many or of other shapes. */
export function assign<P extends Place>({ who, places, declared, find, wanted, names }: Assigning<P>): WeightTree {
  const left = new Set(names),
    tree: WeightTree = Object.create(null) as WeightTree; // whatever names layers have
  const missing: string[] = [],
    unlike: string[] = [];
  for (const place of places) {
    for (const variable of variablesOf(place.layer, sizesOf(declaredAt(declared, place.at) ?? {}))) {
      if (variable.isIdle === true) {
        left.delete(wanted(place, variable));
        continue;
      }
      const found = find(place, variable);
      if (found === undefined) missing.push(`${wanted(place, variable)} (${variable.name} of "${place.name}")`);
      else {
        left.delete(found.name);
        const what = misfit(variable, found.array);
        if (what === undefined) put(tree, place.at, variable, found.array, sizesOf(declaredAt(declared, place.at)));
        else unlike.push(`${found.name} (${variable.name} of "${place.name}") ${what}`);
      }
    }
  }
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(unlike.length > 0 ? [`of another shape: ${unlike.join(", ")}`] : []),
    ...(left.size > 0 ? [`too many: ${[...left].join(", ")}`] : []),
  ];
  if (parts.length === 0) return tree;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the file's variables are not those of the model; ${parts.join("; ")}`,
    fix: "Load the weights of a model of the same layers",
    facts: { missing, unlike, surplus: [...left] },
  });
}

function put(
  tree: WeightTree,
  at: readonly string[],
  variable: Variable,
  { data, dtype }: HostArray,
  sizes: ReadonlyMap<string, readonly number[]>,
): void {
  for (const [path, read] of Object.entries(variable.weights)) {
    const keys = [...at, ...path.split(".")],
      shape = sizes.get(path) ?? [];
    const parent = keys
      .slice(0, -1)
      .reduce<WeightTree>((node, key) => (node[key] ??= Object.create(null) as WeightTree) as WeightTree, tree); // leaves are no parents
    parent[keys.at(-1) ?? ""] = { dtype, shape, axes: shape.map((_, d) => `axis${d}`), data: read(data as Numbers) }; // floating, as they are read
  }
}
