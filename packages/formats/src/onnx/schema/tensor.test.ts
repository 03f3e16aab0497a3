import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { fixtureBytes } from "../../testing/fixtures.ts";
import { readModel, writeModel } from "./model.ts";
import { ModelProtoSchema, TensorProto_DataLocation, TensorProto_DataType as Type, TensorProtoSchema } from "./onnx_pb.ts";
import { type TensorArrays, type TensorType, tensorProto, tensorValue } from "./tensor.ts";

test("a file written again has the same bytes in its tensors and the same nodes", () => {
  const model = readModel(fixtureBytes("onnx/tagger.dynamo.onnx")),
    again = readModel(writeModel(model));
  expect(again.graph?.node.map((node) => [node.opType, node.input, node.output])).toEqual(
    model.graph?.node.map((node) => [node.opType, node.input, node.output]),
  );
  expect(again.graph?.initializer.map((tensor) => tensorValue(tensor))).toEqual(
    model.graph?.initializer.map((tensor) => tensorValue(tensor)),
  );
});

test("what is no protocol buffer, was cut or has no graph is refused by code", () => {
  expect(() => readModel(Uint8Array.of(255, 255, 255))).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
  expect(() => readModel(fixtureBytes("onnx/lstm.legacy.onnx").subarray(0, 500))).toThrow(
    expect.objectContaining({ code: "FILE_CORRUPT" }),
  );
  expect(() => readModel(new Uint8Array())).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
  expect(() => readModel(writeModel(create(ModelProtoSchema, {})))).toThrow(expect.objectContaining({ code: "FILE_FOREIGN" }));
});

test("a tensor has the numbers that it was made of, whatever its type", () => {
  const of: Partial<TensorArrays> = {
    float32: Float32Array.of(1.5, -Infinity),
    float64: Float64Array.of(0.1, NaN),
    int8: Int8Array.of(-128, 127),
    uint16: Uint16Array.of(0, 65535),
    int64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n),
    uint64: BigUint64Array.of(0n, 2n ** 64n - 1n),
    bool: Uint8Array.of(0, 1),
  };
  for (const [dtype, data] of Object.entries(of) as [Exclude<TensorType, "float16" | "bfloat16">, Float32Array][]) {
    const value = tensorValue(tensorProto("w", dtype, [1, 2], data as never)); // each dtype's own array
    expect(value).toEqual({ name: "w", dtype, shape: [1, 2], data });
  }
});

test("a tensor read from a Buffer, which may lie in the middle of other memory, is the same", () => {
  const tensor = create(TensorProtoSchema, {
    dataType: Type.FLOAT,
    dims: [2n],
    rawData: Buffer.from(new Uint8Array(Float32Array.of(1, 2).buffer)),
  });
  const { data } = tensorValue(tensor);
  expect([...data]).toEqual([1, 2]);
  tensor.rawData.fill(0);
  expect([...data]).toEqual([1, 2]);
});

test("numbers in the fields of the message are read as those in bytes", () => {
  const read = (dataType: Type, fields: object) => [...tensorValue(create(TensorProtoSchema, { dataType, dims: [2n], ...fields })).data];
  expect(read(Type.FLOAT, { floatData: [1, 2.5] })).toEqual([1, 2.5]);
  expect(read(Type.DOUBLE, { doubleData: [1, 0.1] })).toEqual([1, 0.1]);
  expect(read(Type.INT64, { int64Data: [-1n, 2n] })).toEqual([-1n, 2n]);
  expect(read(Type.UINT32, { uint64Data: [1n, 4294967295n] })).toEqual([1, 4294967295]);
  expect(read(Type.UINT8, { int32Data: [1, 255] })).toEqual([1, 255]);
  expect(read(Type.FLOAT16, { int32Data: [0x3c00, 0x8001] })).toEqual([1, -(2 ** -24)]);
  expect(read(Type.BFLOAT16, { int32Data: [0x3fc0, 0xff80] })).toEqual([1.5, -Infinity]);
  expect(read(Type.FLOAT16, { rawData: Uint8Array.of(0xff, 0x7b, 0, 0xfc) })).toEqual([65504, -Infinity]);
});

test("numbers that do not fill the shape, or a shape that no array has, are refused", () => {
  const corrupt = expect.objectContaining({ code: "FILE_CORRUPT" }) as Error;
  const read = (fields: object) => tensorValue(create(TensorProtoSchema, { dataType: Type.FLOAT, ...fields }));
  expect(() => read({ dims: [3n], floatData: [1] })).toThrow(corrupt);
  expect(() => read({ dims: [2n ** 40n], rawData: Uint8Array.of(0, 0, 0, 0) })).toThrow(corrupt);
  expect(() => read({ dims: [-1n] })).toThrow(corrupt);
  expect(() => read({ dims: [65536n, 65536n] })).toThrow(corrupt);
  expect(() => read({ dims: [1n], dataType: Type.STRING })).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
});

test("external data is read by the caller alone, and its place is told", () => {
  const tensor = create(TensorProtoSchema, {
    name: "w",
    dataType: Type.FLOAT,
    dims: [1n],
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [
      { key: "location", value: "../../etc/passwd" },
      { key: "offset", value: "8" },
    ],
  });
  expect(() => tensorValue(tensor)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  const asked: object[] = [];
  const value = tensorValue(tensor, (place) => {
    asked.push(place);
    return new Uint8Array(Float32Array.of(7).buffer);
  });
  expect([...value.data]).toEqual([7]);
  expect(asked).toEqual([{ location: "../../etc/passwd", offset: 8, length: undefined }]);
});
