// The variables of a file of weights by their paths, and the layers that have them by the names that they had in Keras.
import { type HostArray, SluiceError } from "@sluice/core";
import { hostArray } from "../hdf5/numbers.ts";
import { readHdf5 } from "../hdf5/read.ts";
import type { Hdf5Array, Hdf5Group } from "../hdf5/tree.ts";
import { pathsOf, type Variable } from "../kerasModel/variables.ts";

export interface VariableStore {
  /** A variable of the layer whose group is `at`, "layers/dense", under any of the names that it has in Keras; undefined where there is none. */
  find(at: string, variable: Pick<Variable, "path">): { readonly name: string; readonly array: HostArray } | undefined;
  /** How one of `paths` is stored. */
  stored(path: string): { readonly type: string; readonly shape: readonly number[] };
  /** Paths of all variables of layers. What optimizers, metrics and generators of random numbers keep are none. */
  readonly paths: ReadonlySet<string>;
  /** Of groups that have variables or are a layer's: "layers/dense" → "my_dense". */
  readonly layerNames: ReadonlyMap<string, string>;
}

/** Throws as `readHdf5`; FILE_FOREIGN for a `.keras` file, and for HDF5 files of Keras 2. */
export function openVariables(bytes: Uint8Array, who: string): VariableStore {
  if (isZip(bytes)) throw ofModel(who);
  const root = readHdf5(bytes, who);
  if (["model_config", "layer_names"].some((name) => root.attributes.has(name)) || root.children.has("model_weights")) throw ofKeras2(who);
  const arrays = new Map<string, Hdf5Array>(),
    layerNames = new Map<string, string>();
  collect(root, "", arrays, layerNames);
  return {
    find(at, variable) {
      const name = pathsOf(variable)
          .map((path) => `${at}/${path}`)
          .find((path) => arrays.has(path)),
        found = name === undefined ? undefined : arrays.get(name),
        array = found && hostArray(found);
      return name === undefined || array === undefined ? undefined : { name, array };
    },
    stored(path) {
      const { dtype = "", shape = [] } = arrays.get(path) ?? {};
      return { type: dtype, shape };
    },
    paths: new Set(arrays.keys()),
    layerNames,
  };
}

const beside = ["optimizer", "seed_generator", "_metrics", "metrics", "_loss_tracker", "_compile_metrics", "_compile_loss"];

function collect(group: Hdf5Group, path: string, arrays: Map<string, Hdf5Array>, names: Map<string, string>): void {
  for (const [name, child] of group.children) {
    const at = path === "" ? name : `${path}/${name}`;
    if (child.kind === "array") arrays.set(at, child);
    else if (!beside.includes(name)) {
      const own = child.attributes.get("name");
      if (name === "vars" && own !== undefined) names.set(path, own);
      collect(child, at, arrays, names);
    }
  }
}

/** "PK", 3, 4: how a zip file begins. */
function isZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 3, 4].every((one, i) => bytes[i] === one);
}

function ofModel(who: string): SluiceError {
  return new SluiceError({
    code: "FILE_FOREIGN",
    who,
    what: "the file is a zip file, as Keras saves a whole model to (.keras), and this reads weights alone (.weights.h5)",
    fix: 'Read the model with its weights: fromKeras(bytes), or save weights alone: model.save_weights("model.weights.h5")',
  });
}

function ofKeras2(who: string): SluiceError {
  return new SluiceError({
    code: "FILE_FOREIGN",
    who,
    what: "the file is one of Keras 2's (its layers stand in attributes), and this reads those of Keras 3",
    fix: 'Save it again with Keras 3: model.save_weights("model.weights.h5"), or model.save("model.keras")',
  });
}
