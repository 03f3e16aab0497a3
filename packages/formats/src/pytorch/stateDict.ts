// A state dict as it comes: arrays by name, or an open safetensors file that is read as it is needed.
import { SluiceError, type HostArray, type Shape } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import { bytesOf } from "@sluice/nn/kit";
import { checkArray, isRecord } from "../safetensors/checkArray.ts";
import { elements } from "../safetensors/elements.ts";
import { refusePickle } from "../safetensors/failures.ts";
import type { SafetensorsFile, TensorInfo } from "../safetensors/file.ts";
import { prefixOf, type Named } from "./part.ts";

/** What `module.state_dict()` gives in PyTorch: an open file (`openSafetensors`, `openSharded`), or arrays by name. */
export type StateDict = SafetensorsFile | Named<HostArray>;

/** The same either way. */
export interface State {
  readonly names: readonly string[];
  has(name: string): boolean;
  shapeOf(name: string): Shape | undefined;
  /** Why its numbers can be no weights; undefined where they can. */
  unfit(name: string): string | undefined;
  read(names: readonly string[]): Promise<Named<HostArray>>;
}

/** Throws INVALID_ARGUMENT for what is none, FILE_FOREIGN for the bytes of a pickle. */
export function stateOf(who: string, given: StateDict): State {
  if (isFile(given)) {
    const { names, tensors, readAll } = given;
    const found = new Map(Object.entries(tensors));
    return {
      names,
      has: (name) => found.has(name),
      shapeOf: (name) => found.get(name)?.shape,
      unfit: (name) => unfit(found.get(name)),
      read: readAll,
    };
  }
  const found = new Map(Object.entries(arraysIn(who, given)));
  return {
    names: [...found.keys()],
    has: (name) => found.has(name),
    shapeOf: (name) => found.get(name)?.shape,
    unfit: (name) => (found.get(name)?.dtype === "i32" ? whole : undefined),
    read: async (names) => Object.fromEntries(names.map((name) => [name, found.get(name)!])), // each is there
  };
}

/** What lies below "prefix.", by the names without it; the whole for "". */
export function below(state: State, module: string): State {
  const prefix = prefixOf(module);
  return {
    names: state.names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
    has: (name) => state.has(prefix + name),
    shapeOf: (name) => state.shapeOf(prefix + name),
    unfit: (name) => state.unfit(prefix + name),
    async read(names) {
      const arrays = await state.read(names.map((name) => prefix + name));
      return Object.fromEntries(names.map((name) => [name, arrays[prefix + name]!])); // each was read
    },
  };
}

const whole = "holds no floating numbers";

function unfit(tensor: TensorInfo | undefined): string | undefined {
  if (tensor === undefined) return undefined;
  const dtype = elements[tensor.type]?.dtype;
  return dtype === undefined ? `is of type ${tensor.type}, which none here holds` : dtype === "i32" ? whole : undefined;
}

function isFile(given: unknown): given is SafetensorsFile {
  return typeof given === "object" && given !== null && "readAll" in given && typeof given.readAll === "function";
}

/** Throws INVALID_ARGUMENT for what is no record of arrays, each with as many numbers as its shape says. */
export function arraysIn(who: string, given: unknown): Named<HostArray> {
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) {
    refusePickle(who, bytesOf(given, who));
    throw notState(who, "bytes", "Open them first: await openSafetensors(bytes), of @sluice/formats/safetensors");
  }
  if (!isRecord(given)) throw notState(who, show(given));
  for (const [name, array] of Object.entries(given)) checkArray(who, name, array);
  return given as Named<HostArray>; // each was looked at
}

function notState(who: string, came: string, fix = "Take what openSafetensors or readAll gives"): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `the state dict must be an open safetensors file or a record of arrays by name, got ${came}`,
    fix,
  });
}
