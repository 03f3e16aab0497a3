import { type Backend, compile, gradient, type NDArray, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromOnnx } from "./import/fromOnnx.ts";
import type { OnnxOptions } from "./import/options.ts";
import { TensorProto_DataType as Type } from "./schema/onnx_pb.ts";
import { tensorProto } from "./schema/tensor.ts";
import { graph, info, model, node } from "./testing/build.ts";

let backend: Backend;
beforeAll(async () => void (backend = await open()));
afterAll(() => backend.close());

const ints = (name: string, ...values: number[]) => tensorProto(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
const int = (name: string, value: number) => tensorProto(name, "int64", [], BigInt64Array.of(BigInt(value)));
const floats = (name: string, ...values: number[]) => tensorProto(name, "float32", [values.length], Float32Array.from(values));
const truth = (name: string) => tensorProto(name, "bool", [], Uint8Array.of(1));

async function outputs(bytes: Uint8Array, inputs: Readonly<Record<string, number[] | number[][]>>, options: OnnxOptions = {}) {
  const net = fromOnnx(bytes, options);
  const results = (await compile(backend, net.apply)(net.weights, inputs)) as Readonly<Record<string, NDArray>>;
  return Object.fromEntries(await Promise.all(Object.entries(results).map(async ([name, x]) => [name, [...(await x.read())]] as const)));
}

test("a branch is taken where its condition follows from shapes, and the other is not looked at", async () => {
  const then = graph({
    outputs: ["a"],
    nodes: [node("Constant", [], ["two"], { value: floats("", 2, 2) }), node("Mul", ["x", "two"], ["a"])],
  });
  const otherwise = graph({ outputs: ["b"], nodes: [node("Resize", ["x"], ["b"])] });
  const bytes = model({
    inputs: [info("x", ["n"])],
    outputs: ["y"],
    initialisers: [int("two", 2), int("zero", 0)],
    nodes: [
      node("Shape", ["x"], ["shape"]),
      node("Gather", ["shape", "zero"], ["n"]),
      node("Equal", ["n", "two"], ["is"]),
      node("If", ["is"], ["y"], { then_branch: then, else_branch: otherwise }),
    ],
  });
  expect(await outputs(bytes, { x: [3, 4] }, { dims: { n: 2 } })).toEqual({ y: [6, 8] });
  expect(() => fromOnnx(bytes, { dims: { n: 3 } })).toThrow(
    expect.objectContaining({
      code: "UNSUPPORTED",
      facts: { unsupported: [expect.objectContaining({ operator: "Resize", node: "Resize:b" })] },
    }),
  );
});

test("a condition that is computed is not supported, and says so", () => {
  const branch = (name: string) => graph({ outputs: [name], nodes: [node("Identity", ["x"], [name])] });
  const bytes = model({
    inputs: [info("x", [1]), info("c", [1], Type.BOOL)],
    outputs: ["y"],
    nodes: [node("If", ["c"], ["y"], { then_branch: branch("a"), else_branch: branch("b") })],
  });
  expect(() => fromOnnx(bytes)).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining("its condition is computed") as string }),
  );
  expect(Object.keys(fromOnnx(bytes, { constants: { c: [1] } }).inputs)).toEqual(["x"]);
});

/** s ← s·w + turn, and each s gathered. */
const counting = (turns: number, condition: "given" | "below 3") =>
  model({
    inputs: [info("x", [2])],
    outputs: ["last", "all"],
    initialisers: [int("turns", turns), truth("yes"), floats("w", 2, 0.5), int("three", 3)],
    nodes: [
      node("Loop", ["turns", "yes", "x"], ["last", "all"], {
        body: graph({
          inputs: [info("i", [], Type.INT64), info("going", [], Type.BOOL), info("s")],
          outputs: ["goes", "next", "row"],
          nodes: [
            condition === "given" ? node("Identity", ["going"], ["goes"]) : node("Less", ["i", "three"], ["goes"]),
            node("Cast", ["i"], ["turn"], { to: 1 }),
            node("Mul", ["s", "w"], ["scaled"]),
            node("Add", ["scaled", "turn"], ["next"]),
            node("Identity", ["next"], ["row"]),
          ],
        }),
      }),
    ],
  });

test("a loop whose turns are alike is one scan, with its gradient", async () => {
  const bytes = counting(500, "given"),
    net = fromOnnx(bytes);
  const { program } = compile(backend, net.apply);
  expect(program(net.weights, { x: [1, 1] }).steps.length).toBeLessThan(20);
  expect((await outputs(counting(3, "given"), { x: [1, 1] })).all).toEqual([2, 0.5, 5, 1.25, 12, 2.625]);
  const slopes = compile(backend, (w: Tensor, x: Tensor) =>
    gradient(fromOnnx(counting(3, "given")).apply({ w }, { x })["last"]!.sum(), { w, x }),
  );
  const { w, x } = await slopes([2, 0.5], [1, 1]);
  expect([...(await x.read()), ...(await w.read())]).toEqual([8, 0.125, 13, 1.75]); // last = w³x + w + 2
});

test("a loop that ends by a known condition is unrolled", async () => {
  expect(await outputs(counting(100, "below 3"), { x: [1, 1] })).toEqual({
    all: [2, 0.5, 5, 1.25, 12, 2.625, 27, 4.3125],
    last: [27, 4.3125],
  });
});

test("a loop whose state grows is unrolled", async () => {
  const bytes = model({
    inputs: [info("x", [1])],
    outputs: ["last"],
    initialisers: [int("turns", 3), truth("yes")],
    nodes: [
      node("Loop", ["turns", "yes", "x"], ["last"], {
        body: graph({
          inputs: [info("i", [], Type.INT64), info("going", [], Type.BOOL), info("s")],
          outputs: ["going", "next"],
          nodes: [node("Concat", ["s", "x"], ["next"], { axis: 0 })],
        }),
      }),
    ],
  });
  expect(await outputs(bytes, { x: [7] })).toEqual({ last: [7, 7, 7, 7] });
});

test("a loop without an end is refused before it runs", () => {
  const body = graph({
    inputs: [info("i", [], Type.INT64), info("going", [], Type.BOOL), info("s")],
    outputs: ["going", "next"],
    nodes: [node("Identity", ["s"], ["next"])],
  });
  const bytes = model({
    inputs: [info("x", [1])],
    outputs: ["y"],
    initialisers: [truth("yes")],
    nodes: [node("Loop", ["", "yes", "x"], ["y"], { body })],
  });
  expect(() => fromOnnx(bytes)).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining("1024 turns") as string }),
  );
});

test("Scan goes along any axis, in both directions", async () => {
  const bytes = (direction: number) =>
    model({
      inputs: [info("s", [2]), info("x", [2, 3])],
      outputs: ["last", "sums"],
      nodes: [
        node("Scan", ["s", "x"], ["last", "sums"], {
          num_scan_inputs: 1,
          scan_input_axes: [1],
          scan_input_directions: [direction],
          scan_output_axes: [-1],
          scan_output_directions: [direction],
          body: graph({
            inputs: [info("a"), info("b")],
            outputs: ["c", "d"],
            nodes: [node("Add", ["a", "b"], ["c"]), node("Identity", ["c"], ["d"])],
          }),
        }),
      ],
    });
  const inputs = { s: [0, 10], x: [[1, 2, 3], [4, 5, 6]] }; // prettier-ignore
  expect(await outputs(bytes(0), inputs)).toEqual({ last: [6, 25], sums: [1, 3, 6, 14, 19, 25] });
  expect(await outputs(bytes(1), inputs)).toEqual({ last: [6, 25], sums: [6, 5, 3, 25, 21, 16] });
});

test("functions of the file are inlined, with the attributes of the call", async () => {
  const alpha = node("LeakyRelu", ["a"], ["b"], { alpha: 0.5 });
  alpha.attribute[0]!.refAttrName = "slope";
  const bytes = model({
    inputs: [info("x", [2])],
    outputs: ["y"],
    domains: ["mine"],
    nodes: [node("Leaky", ["x"], ["y"], { slope: 0.25 }, "mine")],
    functions: [
      {
        name: "Leaky",
        domain: "mine",
        input: ["a"],
        output: ["b"],
        attribute: ["slope"],
        node: [alpha],
        opsetImport: [{ domain: "", version: 17n }],
      },
    ],
  });
  expect(await outputs(bytes, { x: [-4, 4] })).toEqual({ y: [-1, 4] });
});

test("a function that calls itself is refused", () => {
  const bytes = model({
    inputs: [info("x", [2])],
    outputs: ["y"],
    domains: ["mine"],
    nodes: [node("Self", ["x"], ["y"], {}, "mine")],
    functions: [
      {
        name: "Self",
        domain: "mine",
        input: ["a"],
        output: ["b"],
        node: [node("Self", ["a"], ["b"], {}, "mine")],
        opsetImport: [{ domain: "mine", version: 1n }],
      },
    ],
  });
  expect(() => fromOnnx(bytes)).toThrow(expect.objectContaining({ code: "FILE_CORRUPT" }));
});

test("sizes that a hostile file makes up are refused before memory is taken", () => {
  const many = (op: string, inputs: readonly string[], ...given: ReturnType<typeof ints>[]) =>
    model({ outputs: ["y"], initialisers: given, nodes: [node(op, inputs, ["y"])] });
  for (const bytes of [
    many("ConstantOfShape", ["s"], ints("s", 60000, 30000)),
    many("ConstantOfShape", ["s"], ints("s", 2 ** 40, 2 ** 40)),
    many("Expand", ["x", "s"], floats("x", 1), ints("s", 2 ** 31, 2 ** 31)),
    many("Tile", ["x", "s"], ints("x", 1), ints("s", 2 ** 40)),
    many("Range", ["a", "b", "c"], int("a", 0), int("b", 2 ** 50), int("c", 1)),
    many("Pad", ["x", "s"], ints("x", 1), ints("s", 0, 2 ** 45)),
  ])
    expect(() => fromOnnx(bytes)).toThrow(expect.objectContaining({ name: "SluiceError" }));
});
