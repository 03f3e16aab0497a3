import { array, compile, type Instruction, type Program, type Slot, type Step, type Tensor, type View } from "@sluice/core";
import { dense, lstmForward } from "@sluice/core/kit";
import { open as openReference } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const code = (code: string) => expect.objectContaining({ name: "SluiceError", code });
const copy: readonly Instruction[] = [{ op: "load", input: 0 }];
const move = (from: View, to: View): Step => ({
  kind: "map",
  shape: from.shape,
  body: copy,
  inputs: [from],
  outputs: [{ view: to, value: 0 }],
});
const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

/** The bindings of `program` after one run from waves, on any backend. */
async function after(
  backend: Awaited<ReturnType<typeof open>> | Awaited<ReturnType<typeof openReference>>,
  program: Program,
): Promise<number[][]> {
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ dtype, length }, at) => {
    const buffer = backend.create(dtype, length);
    backend.write(buffer as never, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers as never);
  return Promise.all(buffers.map(async (buffer) => Array.from(await backend.read(buffer as never))));
}

test("an LSTM in f32 gives the numbers of the reference, bit by bit", async () => {
  const program = lstmForward({ steps: 6, batch: 5, input: 7, units: 9 });
  expect(await after(await open(), program)).toEqual(await after(await openReference(), program));
});

test("products of every shape, order and batch are within rounding of the reference", async () => {
  const side = fc.constantFrom(1, 2, 4, 5, 8, 70);
  const sizes = fc.record({
    m: side,
    n: side,
    k: fc.constantFrom(0, 1, 3, 130, 1100),
    batch: fc.constantFrom(1, 3),
    shared: fc.boolean(),
    turned: fc.boolean(),
    accumulate: fc.boolean(),
  });
  const [cpu, reference] = [await open(), await openReference()];
  await fc.assert(
    fc.asyncProperty(sizes, async ({ m, n, k, batch, shared, turned, accumulate }) => {
      const b = turned ? dense(1, [batch, n, k]) : dense(1, [batch, k, n]);
      const [outer, row, column] = b.strides as [number, number, number];
      const right: View = { ...b, shape: [batch, k, n], strides: [shared ? 0 : outer, ...(turned ? [column, row] : [row, column])] };
      const lengths = [batch * m * k, batch * k * n, batch * m * n];
      const program: Program = {
        name: "product",
        slots: lengths.map((length, binding) => ({ dtype: "f32", length, binding })),
        steps: [{ kind: "matmul", a: dense(0, [batch, m, k]), b: right, out: dense(2, [batch, m, n]), accumulate }],
      };
      const [got, want] = [(await after(cpu, program))[2]!, (await after(reference, program))[2]!];
      got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThanOrEqual(2 ** -23 * Math.abs(want[i]!) + 1e-12 * k));
    }),
    { numRuns: 60, interruptAfterTimeLimit: 5_000 },
  );
});

test("the error of a long sum does not grow with its length", async () => {
  const backend = await open();
  const n = 1_000_003;
  const [x, sum] = [backend.create("f64", n), backend.create("f64", 1)];
  backend.write(x, new Float64Array(n).fill(0.1));
  const slots: Slot[] = [
    { dtype: "f64", length: n, binding: 0 },
    { dtype: "f64", length: 1, binding: 1 },
  ];
  const step: Step = {
    kind: "reduce",
    shape: [n],
    folded: 1,
    combine: "sum",
    body: copy,
    inputs: [dense(0, [n])],
    output: dense(1, []),
    accumulate: false,
  };
  (await backend.compile({ name: "sum", slots, steps: [step] })).run([x, sum]);
  const exact = 100_000.3 + n * 5.551115123125783e-18; // what the nearest float64 to 0.1 is off by
  expect(Math.abs((await backend.read(sum))[0]! - exact)).toBeLessThanOrEqual(4 * 2 ** -52 * exact); // added one by one: 1.4e-6
});

test("a run allocates nothing: the heap is flat over 1,000 runs", async () => {
  const backend = await open();
  const program = lstmForward({ steps: 4, batch: 4, input: 4, units: 8 });
  const index: Slot = { dtype: "i32", length: 4, data: Int32Array.of(3, 1, 9, 0) };
  const at = program.slots.length;
  const more: Step[] = [
    {
      kind: "reduce",
      shape: [4, 4],
      folded: 1,
      combine: "sum",
      body: copy,
      inputs: [dense(0, [4, 4])],
      output: dense(at + 1, [4]),
      accumulate: true,
    },
    { kind: "gather", table: dense(0, [4, 4]), index: dense(at, [4]), out: dense(at + 2, [4, 4]) },
    { kind: "scatter", source: dense(0, [4, 4]), index: dense(at, [4]), out: dense(at + 2, [4, 4]) },
  ];
  const slots = [
    ...program.slots,
    index,
    { dtype: "f32", length: 4, binding: 5 } as const,
    { dtype: "f32", length: 16, binding: 6 } as const,
  ];
  const executable = await backend.compile({ ...program, slots, steps: [...program.steps, ...more] });
  const buffers = slots.flatMap(({ binding, dtype, length }) => (binding === undefined ? [] : [backend.create(dtype, length)]));
  const runs = (count: number): void => {
    for (let i = 0; i < count; i++) executable.run(buffers);
  };
  runs(3_000); // until the engine has compiled what it compiles
  // The least of several tries: other threads of the engine allocate now and then.
  const grown = Array.from({ length: 5 }, () => {
    const before = process.memoryUsage().heapUsed;
    runs(1_000);
    return process.memoryUsage().heapUsed - before;
  });
  expect(Math.min(...grown.map(Math.abs))).toBeLessThan(50_000); // 50 bytes a run; one boxed number per kernel would be twice that
});

test("scratch is one arena as large as the largest executable, and comes back", async () => {
  const megabyte = 2 ** 18;
  const program = (length: number): Program => ({
    name: `scratch ${length}`,
    slots: [
      { dtype: "f32", length: 1, binding: 0 },
      { dtype: "f32", length },
    ],
    steps: [move(dense(0, [1]), dense(1, [1])), move(dense(1, [1]), dense(0, [1]))],
  });
  const backend = await open({ memory: 4 * 2 ** 20 });
  const x = backend.create("f32", 1);
  const executables = await Promise.all([1, 2, 3, 2, 3].map((size) => backend.compile(program(size * megabyte))));
  for (const executable of executables) executable.run([x]);
  expect(() => backend.create("f32", megabyte)).toThrow(code("OUT_OF_MEMORY"));
  for (const executable of executables) executable.destroy();
  expect(() => executables[0]!.run([x])).toThrow(code("DISPOSED"));
  backend.create("f32", 3 * megabyte);
});

test("what does not fit is refused with the bytes wanted, in use and allowed, and everything works on", async () => {
  const backend = await open({ memory: 2 ** 20 });
  const x = backend.create("f32", 1000);
  backend.write(x, wave(1000, 0));
  expect(() => backend.create("f64", 2 ** 17)).toThrow(
    expect.objectContaining({
      code: "OUT_OF_MEMORY",
      facts: { wanted: 2 ** 20, used: 4032, limit: 2 ** 20 },
      message: expect.stringContaining("1048576 bytes wanted, 4032 in use, the limit is 1048576"),
    }),
  );
  const slots: Slot[] = [
    { dtype: "f32", length: 1000, binding: 0 },
    { dtype: "f32", length: 10, data: wave(10, 1) },
  ];
  const large: Program = { name: "large", slots: [...slots, { dtype: "f32", length: 2 ** 18 }], steps: [] };
  for (let i = 0; i < 30_000; i += 1000) expect(() => backend.compile(large)).toThrow(code("OUT_OF_MEMORY"));
  expect(() => backend.compile({ ...large, slots, steps: [move(dense(0, [1000]), dense(1, [1000]))] })).toThrow(code("ILLEGAL_PROGRAM"));
  const small = await backend.compile({ name: "small", slots, steps: [move(dense(1, [10]), dense(0, [10]))] });
  small.run([x]);
  expect(Array.from(await backend.read(x, 0, 12))).toEqual([...wave(10, 1), ...wave(12, 0).slice(10)]);
});

test("contents survive the growth of the memory, and new buffers are zero where old ones lay", async () => {
  const backend = await open();
  const first = backend.create("f32", 100);
  backend.write(first, wave(100, 2));
  const many = Array.from({ length: 50 }, (_, i) => backend.create("f64", 1000 * i));
  for (const buffer of many) backend.write(buffer, new Float64Array(buffer.length).fill(1));
  for (const buffer of many) backend.destroy(buffer);
  expect(Array.from(await backend.read(first))).toEqual(Array.from(wave(100, 2)));
  expect(await backend.read(backend.create("f32", 5000))).toEqual(new Float32Array(5000));
});

test("a traced function runs as the README shows", async () => {
  const backend = await open({ memory: 512 * 2 ** 20 });
  const double = compile(backend, (x: Tensor) => x.mul(2));
  const y = await double(array(backend, Float32Array.of(1, 2, 3)));
  expect(await y.read()).toEqual(Float32Array.of(2, 4, 6));
});

test("the executor says what runs", async () => {
  const backend = await open();
  const of = async (dtype: Slot["dtype"]) =>
    (await backend.compile({ name: "p", slots: [{ dtype, length: 1, binding: 0 }], steps: [] })).executor;
  expect([await of("f32"), await of("f64")]).toEqual(["block interpreter f32", "block interpreter f64"]);
});

test("a memory that is no number of bytes is refused; after close every verb is", async () => {
  for (const memory of [0, -1, 2 ** 33, NaN, 70_000.5]) await expect(open({ memory })).rejects.toThrow(code("INVALID_ARGUMENT"));
  const backend = await open();
  const x = backend.create("f32", 1);
  const executable = await backend.compile({ name: "p", slots: [{ dtype: "f32", length: 1, binding: 0 }], steps: [] });
  await backend.close();
  const verbs = [
    () => backend.create("f32", 1),
    () => backend.write(x, wave(1, 0)),
    () => backend.destroy(x),
    () => executable.run([x]),
    () => executable.destroy(),
    () => backend.compile({ name: "p", slots: [], steps: [] }),
  ];
  for (const verb of verbs) expect(verb).toThrow(code("DISPOSED"));
  await expect(backend.read(x)).rejects.toThrow(code("DISPOSED"));
});
