// What a file of weights holds, before anything is made of it.
import { fileBytes } from "./fileBytes.ts";
import { openVariables } from "./variableStore.ts";

/** A variable of a layer. */
export interface KerasVariable {
  /** Where it stands: "layers/lstm/cell/vars/0". */
  readonly path: string;
  /** What the layer was called in Keras, where the file says it. */
  readonly layer: string | undefined;
  /** As it is stored: "f32". */
  readonly type: string;
  readonly shape: readonly number[];
}

/** The variables of a `.weights.h5` of Keras 3. Throws INVALID_ARGUMENT for what is no bytes, FILE_FOREIGN, FILE_CORRUPT and UNSUPPORTED as `loadKerasWeights`. */
export function inspectKerasWeights(bytes: ArrayBufferView | ArrayBufferLike): readonly KerasVariable[] {
  const who = "inspectKerasWeights";
  const { paths, layerNames, stored } = openVariables(fileBytes(bytes, who), who);
  return [...paths].map((path) => ({ path, layer: layerOf(path, layerNames), ...stored(path) }));
}

/** Of the outermost group around it that has a name, but for the file's own. */
function layerOf(path: string, names: ReadonlyMap<string, string>): string | undefined {
  const parts = path.split("/"),
    around = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
  return around.map((group) => names.get(group)).find((name) => name !== undefined);
}
