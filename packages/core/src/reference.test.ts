import { expect, test } from "vitest";
import type { Backend, Instruction, Program, Slot, Step, TypedArray, View } from "./backend.ts";
import { lstmForward } from "./program/example.ts";
import { dense } from "./program/views.ts";
import { open } from "./reference.ts";

const copy: Instruction[] = [{ op: "load", input: 0 }];

/** Runs a program of bound f64 slots (unless told otherwise) on fresh buffers; returns their contents. */
async function run(steps: Step[], contents: TypedArray[], slots: Slot[] = []): Promise<number[][]> {
  const backend = await open();
  const bound = contents.map((data, binding): Slot => ({
    dtype: data instanceof Int32Array ? "i32" : data instanceof Float32Array ? "f32" : "f64",
    length: data.length,
    binding,
  }));
  const buffers = contents.map((data, at) => {
    const buffer = backend.create(bound[at]!.dtype, data.length);
    backend.write(buffer, data);
    return buffer;
  });
  (await backend.compile({ name: "test", slots: [...bound, ...slots], steps })).run(buffers);
  return Promise.all(buffers.map(async (buffer) => Array.from(await backend.read(buffer))));
}
const f64 = (...values: number[]): Float64Array => Float64Array.from(values);

test("an LSTM of one hoisted product and one scan equals straight code", async () => {
  const [T, B, I, H] = [5, 2, 3, 4];
  const program = lstmForward({ steps: T, batch: B, input: I, units: H, dtype: "f64" });
  const inputs = program.slots.slice(0, 3).map(({ length }, phase) => Float64Array.from({ length }, (_, i) => Math.sin(i * 1.3 + phase)));
  const backend = await open();
  const buffers = program.slots.flatMap(({ binding, length }) => (binding === undefined ? [] : [backend.create("f64", length)]));
  inputs.forEach((data, at) => backend.write(buffers[at]!, data));
  (await backend.compile(program)).run(buffers);
  const [x, wx, wh] = inputs as [Float64Array, Float64Array, Float64Array];
  const got = await backend.read(buffers[3]!, T * B * H);
  for (let b = 0; b < B; b++) {
    let [h, c] = [new Array<number>(H).fill(0), new Array<number>(H).fill(0)];
    for (let t = 0; t < T; t++) {
      const z = Array.from(
        { length: 4 * H },
        (_, n) => sum(I, (i) => x[(t * B + b) * I + i]! * wx[i * 4 * H + n]!) + sum(H, (k) => h[k]! * wh[k * 4 * H + n]!),
      );
      c = c.map((v, j) => logistic(z[H + j]!) * v + logistic(z[j]!) * Math.tanh(z[2 * H + j]!));
      h = c.map((v, j) => logistic(z[3 * H + j]!) * Math.tanh(v));
    }
    h.forEach((v, j) => expect(got[b * H + j]).toBeCloseTo(v, 14));
  }
});

test("nested scans move views by both advances", async () => {
  const at = (slot: number): View => dense(slot, [], { advance: [4, 1] });
  const step: Step = {
    kind: "scan",
    length: 3,
    body: [
      { kind: "scan", length: 4, body: [{ kind: "map", shape: [], body: copy, inputs: [at(0)], outputs: [{ view: at(1), value: 0 }] }] },
    ],
  };
  const data = Float64Array.from({ length: 12 }, (_, i) => i + 1);
  expect((await run([step], [data, new Float64Array(12)]))[1]).toEqual(Array.from(data));
});

test("folding nothing gives 0 for a sum and −∞ for a maximum; accumulating folds into what is there", async () => {
  const fold = (combine: "sum" | "max", size: number, accumulate: boolean): Step => ({
    kind: "reduce",
    shape: [size],
    folded: 1,
    combine,
    body: copy,
    inputs: [dense(0, [size])],
    output: dense(1, []),
    accumulate,
  });
  const of = async (step: Step): Promise<number | undefined> => (await run([step], [f64(1, 5, 2), f64(7)]))[1]![0];
  expect(await of(fold("sum", 0, false))).toBe(0);
  expect(await of(fold("max", 0, false))).toBe(-Infinity);
  expect(await of(fold("sum", 3, true))).toBe(15);
  expect(await of(fold("max", 3, true))).toBe(7);
  expect(await of(fold("max", 3, false))).toBe(5);
});

test("a matmul batches, transposes by strides and accumulates", async () => {
  const a = dense(0, [2, 1, 3]);
  const b: View = { slot: 1, offset: 0, shape: [2, 3, 2], strides: [0, 1, 3], advance: [] }; // the transpose of a dense [2, 3], for both
  const [, , out] = await run(
    [{ kind: "matmul", a, b, out: dense(2, [2, 1, 2]), accumulate: true }],
    [f64(1, 2, 3, 4, 5, 6), f64(1, 0, 1, 0, 2, 0), f64(10, 10, 10, 10)],
  );
  expect(out).toEqual([14, 14, 20, 20]);
});

test("gather gives NaN outside the table and scatter drops what is outside", async () => {
  const index = Int32Array.of(2, -1, 0, 3, 0);
  const table = f64(1, 2, 3, 4, 5, 6);
  const gather: Step = { kind: "gather", table: dense(1, [3, 2]), index: dense(0, [5]), out: dense(2, [5, 2]) };
  expect((await run([gather], [index, table, new Float64Array(10)]))[2]).toEqual([5, 6, NaN, NaN, 1, 2, NaN, NaN, 1, 2]);
  const scatter: Step = { kind: "scatter", source: dense(2, [5, 2]), index: dense(0, [5]), out: dense(1, [3, 2]) };
  expect((await run([scatter], [index, f64(0, 0, 0, 0, 0, 1), f64(1, 2, 9, 9, 3, 4, 9, 9, 5, 6)]))[1]).toEqual([8, 10, 0, 0, 1, 3]);
});

test("less is 0 beside NaN, max and min are NaN, select takes x for a NaN test", async () => {
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "const", value: 1 },
    { op: "less", x: 0, y: 1 },
    { op: "less", x: 1, y: 0 },
    { op: "max", x: 0, y: 1 },
    { op: "min", x: 1, y: 0 },
    { op: "select", test: 0, x: 1, y: 2 },
  ];
  const outputs = [2, 3, 4, 5, 6].map((value, at) => ({ value, view: dense(1, [], { offset: at }) }));
  expect((await run([{ kind: "map", shape: [], body, inputs: [dense(0, [])], outputs }], [f64(NaN), new Float64Array(5)]))[1]).toEqual([
    0,
    0,
    NaN,
    NaN,
    1,
  ]);
});

test("scratch is NaN whenever a run starts, data is what was given", async () => {
  const steps: Step[] = [0, 1].map((at): Step => ({
    kind: "map",
    shape: [],
    body: copy,
    inputs: [dense(1 + at, [])],
    outputs: [{ view: dense(0, [], { offset: at }), value: 0 }],
  }));
  const set: Step = { kind: "map", shape: [], body: [{ op: "const", value: 3 }], inputs: [], outputs: [{ view: dense(1, []), value: 0 }] };
  const backend = await open();
  const out = backend.create("f64", 2);
  const slots: Slot[] = [
    { dtype: "f64", length: 2, binding: 0 },
    { dtype: "f64", length: 1 },
    { dtype: "f64", length: 1, data: f64(5) },
  ];
  const executable = await backend.compile({ name: "test", slots, steps: [...steps, set] });
  for (let i = 0; i < 2; i++) {
    executable.run([out]);
    expect(Array.from(await backend.read(out))).toEqual([NaN, 5]);
  }
});

test("an f32 result is the float64 one, rounded once", async () => {
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "const", value: 3 },
    { op: "div", x: 0, y: 1 },
    { op: "tanh", x: 2 },
  ];
  const [, y] = await run(
    [{ kind: "map", shape: [], body, inputs: [dense(0, [])], outputs: [{ view: dense(1, []), value: 3 }] }],
    [Float32Array.of(0.7), new Float32Array(1)],
  );
  expect(y![0]).toBe(Math.fround(Math.tanh(Math.fround(0.7) / 3)));
});

test("a read gives the contents as of its call", async () => {
  const backend = await open();
  const buffer = backend.create("f64", 3);
  backend.write(buffer, f64(1, 2, 3));
  const first = backend.read(buffer, 1);
  backend.write(buffer, f64(9), 2);
  expect(Array.from(await first)).toEqual([2, 3]);
  const into = new Float64Array(2);
  expect(await backend.read(buffer, 1, 2, into)).toBe(into);
  expect(Array.from(into)).toEqual([2, 9]);
});

test("every misuse has its code", async () => {
  const backend: Backend<TypedArray> = await open();
  const [x, y, z] = [backend.create("f64", 2), backend.create("f64", 2), backend.create("f32", 2)];
  const foreign = (await open()).create("f64", 2);
  const program: Program = {
    name: "copy",
    slots: [0, 1].map((binding) => ({ dtype: "f64", length: 2, binding })),
    steps: [{ kind: "map", shape: [2], body: copy, inputs: [dense(0, [2])], outputs: [{ view: dense(1, [2]), value: 0 }] }],
  };
  const executable = await backend.compile(program);
  const code = (code: string) => expect.objectContaining({ name: "SluiceError", code });
  expect(() => backend.create("f64", -1)).toThrow(code("INVALID_ARGUMENT"));
  expect(() => backend.create("f64", 2 ** 40)).toThrow(code("UNSUPPORTED"));
  expect(() => backend.write(x, Float32Array.of(1))).toThrow(code("INVALID_ARGUMENT"));
  expect(() => backend.write(x, f64(1, 2), 1)).toThrow(code("INVALID_ARGUMENT"));
  await expect(backend.read(x, 1, 2)).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(backend.read(x, 0, 2, new Float64Array(1))).rejects.toThrow(code("INVALID_ARGUMENT"));
  expect(() => executable.run([x])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => executable.run([x, x])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => executable.run([x, z])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => executable.run([x, foreign])).toThrow(code("INVALID_ARGUMENT"));
  expect(() => backend.compile({ ...program, slots: [] })).toThrow(code("ILLEGAL_PROGRAM"));
  executable.run([x, y]); // it still works
  backend.destroy(y);
  expect(() => executable.run([x, y])).toThrow(code("DISPOSED"));
  expect(() => backend.destroy(y)).toThrow(code("DISPOSED"));
  executable.destroy();
  expect(() => executable.run([x, y])).toThrow(code("DISPOSED"));
  expect(() => executable.destroy()).toThrow(code("DISPOSED"));
  await backend.close();
  expect(() => backend.create("f64", 1)).toThrow(code("DISPOSED"));
  await expect(backend.read(x)).rejects.toThrow(code("DISPOSED"));
});

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function sum(n: number, term: (i: number) => number): number {
  return Array.from({ length: n }, (_, i) => term(i)).reduce((x, y) => x + y, 0);
}
