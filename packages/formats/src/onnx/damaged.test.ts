import { SluiceError } from "@sluice/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fixtureBytes } from "../testing/fixtures.ts";
import { fromOnnx, inspectOnnx } from "./index.ts";
import { TensorProto_DataType as Type } from "./schema/onnx_pb.ts";
import { tensorProto } from "./schema/tensor.ts";
import { casesOf } from "./testing/cases.ts";
import { graph, info, model, node } from "./testing/build.ts";

beforeEach(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const loop = model({
  inputs: [info("x", [2])],
  outputs: ["last", "all"],
  initialisers: [tensorProto("turns", "int64", [], BigInt64Array.of(5n)), tensorProto("yes", "bool", [], Uint8Array.of(1))],
  nodes: [
    node("Loop", ["turns", "yes", "x"], ["last", "all"], {
      body: graph({
        inputs: [info("i", [], Type.INT64), info("going", [], Type.BOOL), info("s")],
        outputs: ["going", "next", "row"],
        nodes: [node("Mul", ["s", "s"], ["next"]), node("Identity", ["next"], ["row"])],
      }),
    }),
  ],
});
const files = [
  loop,
  ...["gru.legacy", "conv-gru-classifier.legacy", "multihead.legacy", "lstm.dynamo"].map((name) => fixtureBytes(`onnx/${name}.onnx`)),
  ...[...casesOf("operators"), ...casesOf("recurrent")]
    .filter((_, i) => i % 12 === 0)
    .map((each) => new Uint8Array(Buffer.from(each.model, "base64"))),
];

/** Numbers from 0 to below n, the same in every run (a linear congruential generator; its upper bits). */
function drawing(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** One of: bits turned, the end cut off, two stretches swapped, a byte as large as it may be, a stretch twice, a varint that never ends. */
function mutated(bytes: Uint8Array, draw: (n: number) => number): Uint8Array {
  const at = draw(bytes.length),
    length = 1 + draw(16),
    copy = new Uint8Array(bytes);
  switch (draw(6)) {
    case 0:
      for (let i = 0; i <= draw(4); i++) copy[draw(bytes.length)]! ^= 1 << draw(8);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2: {
      const other = draw(bytes.length);
      copy.copyWithin(at, other, other + length);
      copy.set(bytes.subarray(at, Math.min(at + length, bytes.length)).subarray(0, bytes.length - other), other);
      return copy;
    }
    case 3:
      copy[at] = 0x7f + draw(2) * 0x80;
      return copy;
    case 4:
      return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - length)));
    default:
      copy.fill(0xff, at, at + length);
      return copy;
  }
}

const rounds = process.env["SLUICE_THOROUGH"] === "1" ? 20_000 : 500;

test(`${rounds} mutated files each give a net or a typed error, in good time, and touch no prototype`, () => {
  const draw = drawing(Number(process.env["SLUICE_SEED"])),
    prototypes = [Object.prototype, Array.prototype, Map.prototype].map((each) => Reflect.ownKeys(each).length),
    outcomes = new Set<string>();
  let slowest = 0;
  for (let i = 0; i < rounds; i++) {
    const bytes = mutated(files[i % files.length]!, draw),
      start = performance.now();
    for (const load of [inspectOnnx, fromOnnx]) outcomes.add(outcomeOf(() => load(bytes)));
    slowest = Math.max(slowest, performance.now() - start);
  }
  expect([Object.prototype, Array.prototype, Map.prototype].map((each) => Reflect.ownKeys(each).length)).toEqual(prototypes);
  const typed = [
    "a net",
    "FILE_CORRUPT",
    "FILE_FOREIGN",
    "UNSUPPORTED",
    "INVALID_ARGUMENT",
    "SHAPE_MISMATCH",
    "DTYPE_MISMATCH",
    "OUT_OF_MEMORY",
  ];
  expect([...outcomes].filter((outcome) => !typed.includes(outcome))).toEqual([]);
  expect(outcomes.size).toBeGreaterThan(3);
  expect(slowest).toBeLessThan(10_000);
});

function outcomeOf(load: () => unknown): string {
  try {
    load();
    return "a net";
  } catch (error) {
    return error instanceof SluiceError ? error.code : `${String(error)} ${error instanceof Error ? error.stack : ""}`;
  }
}
