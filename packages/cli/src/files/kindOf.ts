// What a file is, by what stands in it: names lie.
import { SluiceError } from "@sluice/core";

/** What the command knows how to read. */
export type Kind = "sluice" | "checkpoint" | "safetensors" | "shards" | "keras" | "h5" | "tfjs" | "onnx";

export const titles = {
  sluice: "a model of Sluice",
  checkpoint: "a learner's checkpoint of Sluice",
  safetensors: "named tensors (safetensors), such as a PyTorch state dict",
  shards: "an index of sharded safetensors",
  keras: "a Keras 3 model",
  h5: "weights in HDF5, such as Keras's .weights.h5",
  tfjs: "a TensorFlow.js layers model",
  onnx: "an ONNX model",
} as const satisfies Readonly<Record<Kind, string>>;

/** Throws FILE_FOREIGN for what is none of these, with what to do where that is known. */
export function kindOf(bytes: Uint8Array, path: string): Kind {
  if (startsWith(bytes, [0x89, 0x48, 0x44, 0x46])) return "h5"; // \x89HDF
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return zipped(bytes, path); // PK
  if (bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] >= 2 && bytes[1] <= 5) throw pickle(path);
  if (bytes[8] === 0x7b && headerLength(bytes) <= BigInt(bytes.length - 8)) return safetensors(bytes);
  if (/^\s*\{/.test(text(bytes.subarray(0, 64)))) return json(bytes, path);
  if (bytes[0] === 0x08) return "onnx"; // the field ir_version, which comes first
  throw foreign(path, "it is none of the files that are known", `These are: ${Object.values(titles).join("; ")}`);
}

function zipped(bytes: Uint8Array, path: string): Kind {
  const names = text(bytes.subarray(Math.max(0, bytes.length - 2 ** 20))); // the directory stands at the end
  if (names.includes("model.weights.h5") && names.includes("config.json")) return "keras";
  if (names.includes("/data.pkl")) throw pickle(path);
  throw foreign(path, "it is a zip of something else than a Keras model");
}

function safetensors(bytes: Uint8Array): Kind {
  const header = text(bytes.subarray(8, 8 + Number(headerLength(bytes))));
  const metadata = /"__metadata__"\s*:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}/.exec(header)?.[0] ?? "";
  if (!/"sluice"\s*:/.test(metadata)) return "safetensors";
  return /"learner"\s*:/.test(metadata) ? "checkpoint" : "sluice";
}

function json(bytes: Uint8Array, path: string): Kind {
  let value: unknown;
  try {
    value = JSON.parse(text(bytes));
  } catch (cause) {
    throw foreign(path, "it begins like JSON and is none", undefined, cause);
  }
  const has = (key: string): boolean => typeof value === "object" && value !== null && Object.hasOwn(value, key);
  if (has("modelTopology") || has("weightsManifest")) return "tfjs";
  if (has("weight_map")) return "shards";
  throw foreign(
    path,
    "it is JSON of something else than a model",
    "Of TensorFlow.js give model.json, of sharded safetensors the file that ends in .index.json",
  );
}

const recipe = `Save its tensors in Python:

    import torch; from safetensors.torch import save_file
    state = torch.load("model.pt", map_location="cpu", weights_only=True)  # or model.state_dict()
    save_file({name: tensor.clone().contiguous() for name, tensor in state.items()}, "model.safetensors")`;

function pickle(path: string): SluiceError {
  return foreign(path, "it is a pickle of PyTorch, which may run any program when it is read", recipe);
}

function foreign(path: string, what: string, fix?: string, cause?: unknown): SluiceError {
  return new SluiceError({ code: "FILE_FOREIGN", who: path, what, ...(fix !== undefined && { fix }), cause });
}

function headerLength(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
