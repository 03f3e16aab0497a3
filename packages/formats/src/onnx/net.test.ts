import { type Backend, hostArray, square, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import { adam, dense, input, learn, model as layered } from "@sluice/nn";
import { open as openWorkers } from "@sluice/workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fixture, fixtureBytes } from "../testing/fixtures.ts";
import { compileOnnx, fromOnnx, inspectOnnx, onnxLayer } from "./index.ts";
import { NotSupported } from "./read/failures.ts";
import { readModel, writeModel } from "./schema/model.ts";
import { TensorProto_DataLocation, TensorProto_DataType as Type } from "./schema/onnx_pb.ts";
import { tensorProto } from "./schema/tensor.ts";
import { graph, info, model, node } from "./testing/build.ts";
import { room } from "./values/value.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

const floats = (name: string, shape: readonly number[], ...values: number[]) =>
  tensorProto(name, "float32", shape, Float32Array.from(values));

test("a file is told before anything is made of it", () => {
  const told = inspectOnnx(fixtureBytes("onnx/gru.legacy.onnx"));
  expect(told).toMatchObject({
    opsets: { "": 17 },
    producer: { name: "pytorch", version: "2.13.0" },
    inputs: [{ name: "in0", type: "float32", shape: [2, 5, 3] }],
    operators: { GRU: 1, Transpose: 2, Constant: 6 },
    initialisers: 3,
    unsupported: [],
    warnings: [],
  });
});

test("weights go by the names of the file: floats that are read, but for states to start from", () => {
  const { weights, inputs, outputs, declared } = fromOnnx(fixtureBytes("onnx/gru.dynamo.onnx"));
  expect(Object.entries(weights).map(([name, { shape }]) => [name, shape])).toEqual([
    ["val_27", [1, 12, 3]],
    ["val_28", [1, 12, 4]],
    ["val_44", [1, 24]],
  ]);
  expect(Object.keys(declared)).toEqual(Object.keys(weights));
  expect(inputs).toEqual({ in0: { shape: [2, 5, 3], dtype: "f32" } });
  expect(outputs).toEqual({ getitem: { shape: [2, 5, 4], dtype: "f32" }, getitem_1: { shape: [1, 2, 4], dtype: "f32" } });
});

test("the caller may say what trains", () => {
  const bytes = fixtureBytes("onnx/gru.dynamo.onnx");
  expect(Object.keys(fromOnnx(bytes, { weights: ["val_10", "val_44"] }).weights)).toEqual(["val_44", "val_10"]);
  expect(() => fromOnnx(bytes, { weights: ["val_4"] })).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("Did you mean val_4") as string }),
  );
});

test("constants of branches are weights too where a file has no initialisers, masks and single numbers are none", () => {
  const constants = [
    node("Constant", [], ["w"], { value: floats("", [2, 2], 1, 2, 3, 4) }),
    node("Constant", [], ["mask"], { value: floats("", [2], 0, -Infinity) }),
    node("Constant", [], ["half"], { value: floats("", [1], 0.5) }),
  ];
  const bytes = (inner: ReturnType<typeof graph>) =>
    model({
      inputs: [info("x", [1, 2]), info("is", [], Type.BOOL)],
      outputs: ["y"],
      nodes: [node("If", ["is"], ["y"], { then_branch: inner, else_branch: inner })],
    });
  const inner = graph({
    outputs: ["c"],
    nodes: [...constants, node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "mask"], ["b"]), node("Mul", ["b", "half"], ["c"])],
  });
  expect(Object.keys(fromOnnx(bytes(inner), { constants: { is: 1 } }).weights)).toEqual(["w"]);
  expect(Object.keys(fromOnnx(bytes(inner), { constants: { is: 0 } }).weights)).toEqual(["w (2)"]);
});

test("sizes that are not known are asked for, all at once", () => {
  const bytes = model({
    inputs: [info("x", ["batch", "steps", 3]), info("h", [1, "batch", 4])],
    outputs: ["y", "z"],
    nodes: [node("Relu", ["x"], ["y"]), node("Relu", ["h"], ["z"])],
  });
  expect(() => fromOnnx(bytes, { dims: { steps: 5 } })).toThrow(
    expect.objectContaining({
      code: "INVALID_ARGUMENT",
      facts: { inputs: ["x [batch, steps, 3]", "h [1, batch, 4]"], dims: ["batch", "steps"] },
    }),
  );
  expect(() => fromOnnx(bytes, { dims: { batch: 1, step: 5 } })).toThrow("Did you mean steps?");
  expect(() => fromOnnx(bytes, { inputs: { x: [1, 5, 4], h: [1, 1, 4] } })).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => fromOnnx(bytes, { dim: {} } as never)).toThrow("Did you mean dims?");
  expect(fromOnnx(bytes, { dims: { batch: 2 }, inputs: { x: [2, 7, 3] } }).outputs).toMatchObject({
    y: { shape: [2, 7, 3] },
    z: { shape: [1, 2, 4] },
  });
});

test("shapes that the file leaves open may change from run to run", async () => {
  const bytes = model({
    inputs: [info("x", ["batch", 2])],
    outputs: ["y"],
    initialisers: [floats("w", [2, 1], 1, 10)],
    nodes: [node("MatMul", ["x", "w"], ["y"])],
  });
  using run = await compileOnnx(backend, fromOnnx(bytes, { dims: { batch: 1 } }));
  expect([...(await run({ x: [[1, 2]] }))["y"]!.data]).toEqual([21]); // prettier-ignore
  expect([...(await run({ x: [[1, 2], [3, 4]] }))["y"]!.data]).toEqual([21, 43]); // prettier-ignore
  expect([...(await run({ x: Float32Array.of(5, 6) }))["y"]!.data]).toEqual([65]);
  await expect(run({ x: [[1, 2, 3]] })).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  await expect(run({ z: [[1, 2]] })).rejects.toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  run.dispose();
  await expect(run({ x: [[1, 2]] })).rejects.toThrow(expect.objectContaining({ code: "DISPOSED" }));
});

test("everything that is not supported is listed at once, with what would do, before anything runs", () => {
  const bytes = model({
    inputs: [info("x", [1, 1, 4, 4])],
    outputs: ["d", "e", "y", "h"],
    domains: ["com.microsoft"],
    initialisers: [floats("k", [1, 1, 2, 2], 1, 2, 3, 4)],
    nodes: [
      node("Conv", ["x", "k"], ["c"]),
      node("Relu", ["c"], ["d"]),
      node("FusedGelu", ["d"], ["e"], {}, "com.microsoft"),
      node("NonMaxSuppression", ["e"], ["y"]),
      node("Relu", ["x"], ["h"], { consumed_inputs: [0] }),
    ],
  });
  expect(() => fromOnnx(bytes)).toThrow(
    expect.objectContaining({
      code: "UNSUPPORTED",
      facts: {
        unsupported: [
          {
            operator: "Conv",
            version: 17,
            node: "Conv:c",
            what: "is over 2 axes",
            instead: "over one axis, [batch, channels, steps], it is supported",
          },
          expect.objectContaining({ operator: "com.microsoft::FusedGelu", version: 1 }),
          expect.objectContaining({ operator: "NonMaxSuppression", node: "NonMaxSuppression:y" }),
          expect.objectContaining({ operator: "Relu", node: "Relu:h", what: "has the attribute consumed_inputs" }),
        ],
      },
    }),
  );
});

test("versions that mean something else are refused", () => {
  const bytes = (opset: number) => model({ opset, inputs: [info("x", [2])], outputs: ["y"], nodes: [node("Add", ["x", "x"], ["y"])] });
  for (const opset of [6, 99]) expect(() => fromOnnx(bytes(opset))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
});

/** As PyTorch's newer exporter wrote it until July 2026. */
function wrongGru(): Uint8Array {
  const file = readModel(fixtureBytes("onnx/gru.dynamo.onnx"));
  for (const { attribute } of file.graph!.node) for (const each of attribute) if (each.name === "linear_before_reset") each.i = 0n;
  return writeModel(file);
}

test("a GRU of PyTorch that resets before the product is warned of, and mended by an option", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { inputs, outputs } = fixture("torch/gru"),
    x = Float32Array.from(inputs[0]!.data);
  const far = async (net: ReturnType<typeof fromOnnx>): Promise<number> => {
    using run = await compileOnnx(backend, net);
    const { data } = (await run({ in0: x }))["getitem"]!;
    return Math.max(...outputs[0]!.data.map((y, i) => Math.abs(y - data[i]!)));
  };
  const asWritten = fromOnnx(wrongGru());
  expect(asWritten.warnings).toEqual([expect.stringContaining('the GRU "node_gru__1" of PyTorch 2.13.0+cpu')]);
  expect(warn).toHaveBeenCalledOnce();
  expect(await far(asWritten)).toBeGreaterThan(1e-3);
  const mended = fromOnnx(wrongGru(), { linearBeforeReset: true });
  expect(mended.warnings).toEqual([]);
  expect(await far(mended)).toBeLessThanOrEqual(2e-6);
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
});

test("what is carried stays on the backend from run to run", async () => {
  const bytes = model({
    inputs: [info("x", [1]), info("s", [1])],
    outputs: ["y", "next"],
    nodes: [node("Add", ["x", "s"], ["next"]), node("Mul", ["next", "x"], ["y"])],
  });
  using run = await compileOnnx(backend, fromOnnx(bytes), { carry: { s: "next" } });
  const seen: number[] = [];
  for (const x of [1, 2, 3]) seen.push((await run({ x: [x] }))["y"]!.data[0]!);
  run.reset();
  seen.push((await run({ x: [5] }))["y"]!.data[0]!);
  expect(seen).toEqual([1, 6, 18, 25]);
  await expect(compileOnnx(backend, fromOnnx(bytes), { carry: { t: "next" } })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT" }),
  );
});

test("threads give the bits of one", async () => {
  const bytes = fixtureBytes("onnx/transformer-encoder.legacy.onnx"),
    x = Float32Array.from(fixture("torch/transformer-encoder").inputs[0]!.data);
  const workers = await openWorkers();
  const [one, many] = await Promise.all(
    [backend, workers].map(async (each) => {
      using run = await compileOnnx(each, fromOnnx(bytes));
      return run({ in0: x });
    }),
  );
  expect(many).toEqual(one);
  await workers.close();
});

test("it trains further from where it was, by a loss of one's own", async () => {
  const net = fromOnnx(fixtureBytes("onnx/gru.legacy.onnx")),
    { inputs, outputs } = fixture("torch/gru"),
    [first] = net.summary.outputs.map(({ name }) => name) as [string];
  const learner = await learn(backend, {
    weights: net.declared,
    inputs: { x: "float", y: "float" },
    optimizer: adam({ learningRate: 0.01 }),
    loss: (weights, { x, y }) => square(net.output(weights, { in0: x }).sub(y)).mean(),
  });
  await learner.setWeights(net.weights);
  const x = { shape: inputs[0]!.shape, data: Float32Array.from(inputs[0]!.data), dtype: "f32" as const },
    own = { shape: outputs[0]!.shape, data: Float32Array.from(outputs[0]!.data), dtype: "f32" as const },
    other = { ...own, data: own.data.map((y) => 0.5 * y) };
  expect((await learner.evaluate({ x, y: own })).loss).toBeLessThan(1e-12);
  const before = (await learner.evaluate({ x, y: other })).loss;
  for (let i = 0; i < 60; i++) await learner.step({ x, y: other });
  expect((await learner.evaluate({ x, y: other })).loss).toBeLessThan(before / 20);
  using run = await compileOnnx(backend, net, { weights: await learner.weights() });
  const { data } = (await run({ in0: x }))[first]!;
  expect(Math.abs(data[0]! - other.data[0]!)).toBeLessThan(Math.abs(data[0]! - own.data[0]!));
  learner.dispose();
});

test("as a layer it stands between others, starts from the file and trains", async () => {
  const bytes = model({
    inputs: [info("x", ["batch", "steps", 2])],
    outputs: ["y"],
    initialisers: [floats("kernel/w", [2, 2], 1, 2, 3, 4), floats("bias", [2], 0.5, -0.5)],
    nodes: [node("MatMul", ["x", "kernel/w"], ["a"]), node("Add", ["a", "bias"], ["y"])],
  });
  const net = fromOnnx(bytes, { dims: { batch: 1, steps: 3 } }),
    x = [[[1, 1], [2, 1], [0, 1], [1, 0]], [[0, 0], [2, 2], [1, 1], [3, 1]]], // prettier-ignore
    y = [[[1], [2], [3], [4]], [[1], [2], [3], [4]]]; // prettier-ignore
  const start = input({ shape: [4, 2] }),
    whole = layered({ inputs: start, outputs: dense({ units: 1 })(onnxLayer(net, { name: "front" })(start)) });
  const trainer = await whole.compile({ backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse" });
  expect((await trainer.weights())["front"]).toMatchObject({ "kernel/w": { data: Float32Array.of(1, 2, 3, 4) } });
  const { epochs } = await trainer.fit({ x, y }, { epochs: 30 });
  expect(epochs.at(-1)!.loss).toBeLessThan(epochs[0]!.loss / 2);
  expect([
    ...(((await trainer.weights())["front"] as Readonly<Record<string, { data: ArrayLike<number> }>>)["bias"]!.data as Float32Array),
  ]).not.toEqual([0.5, -0.5]);
  trainer.dispose();
});

test("tensors in other files are read by the caller", () => {
  const w = floats("w", [2], 3, 4);
  w.dataLocation = TensorProto_DataLocation.EXTERNAL;
  w.externalData = [{ $typeName: "onnx.StringStringEntryProto", key: "location", value: "weights.bin" }];
  w.rawData = new Uint8Array();
  const bytes = model({ inputs: [info("x", [2])], outputs: ["y"], initialisers: [w], nodes: [node("Mul", ["x", "w"], ["y"])] });
  expect(() => fromOnnx(bytes)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  const { weights } = fromOnnx(bytes, { external: () => new Uint8Array(Float32Array.of(7, 8).buffer) });
  expect(weights["w"]?.data).toEqual(Float32Array.of(7, 8));
});

test("names that objects have already are names like others", () => {
  const bytes = model({
    inputs: [info("__proto__", [2])],
    outputs: ["constructor"],
    initialisers: [floats("toString", [2], 3, 4)],
    nodes: [node("Mul", ["__proto__", "toString"], ["constructor"])],
  });
  const net = fromOnnx(bytes);
  expect(Object.keys(net.inputs)).toEqual(["__proto__"]);
  expect(Object.keys(net.weights)).toEqual(["toString"]);
  expect(({} as Readonly<Record<string, unknown>>)["shape"]).toBe(undefined);
});

test.each([
  ["a zip archive", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)],
  ["HDF5", Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10)],
  ["a pickle", Uint8Array.of(0x80, 2, 0x8a, 0x0a)],
  ["a pickle", Uint8Array.of(0x80, 5, 0x95)],
  ["safetensors", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d)],
  ["JSON", new TextEncoder().encode('{ "format": "layers-model" }')],
])("a file that seems to be %s is foreign", (what, bytes) => {
  for (const read of [fromOnnx, inspectOnnx])
    expect(() => read(bytes)).toThrow(
      expect.objectContaining({ code: "FILE_FOREIGN", message: expect.stringContaining(`seems to be ${what}`) as string }),
    );
});

test("a size below 0, which a damaged file may lead to, is not supported", () => {
  expect(() => room("float32", -8)).toThrow("would make -8 numbers");
  expect(() => room("int64", -1)).toThrow(NotSupported);
});

test("a path is told to be read first", () => {
  expect(() => fromOnnx("model.onnx" as never)).toThrow("Read it first");
});

test("what is no net, and weights that are none, are refused by name", async () => {
  for (const net of [undefined, null, 5, {}])
    expect(() => onnxLayer(net as never)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("onnxLayer") as string }),
    );
  const net = fromOnnx(fixtureBytes("onnx/gru.legacy.onnx"));
  await expect(compileOnnx(backend, net, { weights: null as never })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("weights") as string }),
  );
});

test("numbers in a row of another size than planned are told to take a shape", async () => {
  const bytes = model({ inputs: [info("x", ["batch", 7, 3])], outputs: ["y"], nodes: [node("Relu", ["x"], ["y"])] });
  using run = await compileOnnx(backend, fromOnnx(bytes, { dims: { batch: 2 } }));
  for (const x of [new Float32Array(105), new Array<number>(105).fill(0)])
    await expect(run({ x })).rejects.toThrow("Pass hostArray(data, { shape: [");
  expect((await run({ x: hostArray(new Float32Array(105), { shape: [5, 7, 3] }) }))["y"]?.shape).toEqual([5, 7, 3]);
});

test("it takes a tensor for each weight and input, no more and no less", () => {
  const net = fromOnnx(fixtureBytes("onnx/gru.dynamo.onnx"));
  expect(() => net.apply({}, {})).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining('weights lacks the tensor "val_27"') as string }),
  );
  expect(() => net.apply({ other: 1 as unknown as Tensor }, {})).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => net.output({}, {}, "getitem_2")).toThrow('Did you mean "getitem"?');
  expect(() => fromOnnx("file.onnx" as never)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
