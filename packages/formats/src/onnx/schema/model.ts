// A whole ONNX file as its messages, and back. What they mean is said elsewhere.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { SluiceError } from "@sluice/core";
import { type ModelProto, ModelProtoSchema } from "./onnx_pb.ts";

/**
 * The messages of an ONNX file. Their byte fields are views of `bytes`, which must not change while they are in use; fields that the schema does
 * not name are passed over.
 *
 * Throws FILE_CORRUPT where the bytes are no protocol buffer or end too early, and FILE_FOREIGN where they are one without a graph, or begin as other files do.
 */
export function readModel(bytes: Uint8Array): ModelProto {
  const seeming = seemingOf(bytes);
  if (seeming !== undefined)
    throw new SluiceError({
      code: "FILE_FOREIGN",
      who: "onnx",
      what: `the file seems to be ${seeming}, not an ONNX model`,
      fix: "Load it by what reads such files, or export it as ONNX",
    });
  const model = decode(bytes);
  if (model.graph !== undefined && model.opsetImport.length > 0) return model;
  throw new SluiceError({
    code: "FILE_FOREIGN",
    who: "onnx",
    what: `the file has no ${model.graph === undefined ? "graph" : "operator set"}`,
    fix: "Is it an ONNX model?",
  });
}

/** The bytes of an ONNX file, new ones. */
export function writeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}

/** How other files of models begin; none of it is the field of a graph or a version. */
function seemingOf(bytes: Uint8Array): string | undefined {
  const starts = (text: string, at = 0): boolean => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  if (starts("PK\x03\x04")) return "a zip archive, as .keras, .npz and PyTorch's .pt are";
  if (starts("\x89HDF\r\n\x1a\n")) return "HDF5, as .h5 is";
  if (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5) return "a pickle, as older .pt files are";
  if (starts("{", 8) && bytes.subarray(4, 8).every((byte) => byte === 0)) return "safetensors";
  return /^\s*[{[]\s*["{\]}\d[]/.test(String.fromCharCode(...bytes.subarray(0, 64))) ? "JSON" : undefined;
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw new SluiceError({
      code: "FILE_CORRUPT",
      who: "onnx",
      what: `the file is not the protocol buffer of an ONNX model, or was cut: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: "Fetch or export it again",
      cause,
    });
  }
}
