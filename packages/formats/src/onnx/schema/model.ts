// A whole ONNX file as its messages, and back. What they mean is said elsewhere.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { SluiceError } from "@sluice/core";
import { type ModelProto, ModelProtoSchema } from "./onnx_pb.ts";

/**
 * The messages of an ONNX file. Their byte fields are views of `bytes`, which must not change while they are in use; fields that the schema does
 * not name are passed over.
 *
 * Throws FILE_CORRUPT where the bytes are no protocol buffer or end too early, and FILE_FOREIGN where they are one without a graph.
 */
export function readModel(bytes: Uint8Array): ModelProto {
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
