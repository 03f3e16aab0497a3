import { setTimeout } from "node:timers/promises";
import { array, compile, type Instruction, type Program, type Slot, type Step, type Tensor, type View } from "@sluice/core";
import { dense, lstmForward } from "@sluice/core/kit";
import { describe, expect, test, vi } from "vitest";
import { type Options, open } from "./open.ts";

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

describe.each([
  ["on WebAssembly SIMD", true],
  ["on the block interpreter", false],
])("%s", (_, simd) => {
  const opened = (options: Options = {}) => open({ simd, ...options });

  test("a run allocates nothing: the heap is flat over 1,000 runs", async () => {
    const backend = await opened();
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
    // The least of several tries: the engine compiles on other threads, when they have time for it, and code that it still interprets allocates.
    const grown: number[] = [];
    for (let tries = 0; tries < 100 && Math.min(...grown) >= 50_000; tries++) {
      await setTimeout(5);
      const before = process.memoryUsage().heapUsed;
      runs(1_000);
      grown.push(Math.abs(process.memoryUsage().heapUsed - before));
    }
    expect(Math.min(...grown)).toBeLessThan(50_000); // 50 bytes a run; one boxed number per kernel would be twice that
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
    const backend = await opened({ memory: 4 * 2 ** 20 });
    const x = backend.create("f32", 1);
    const executables = await Promise.all([1, 2, 3, 2, 3].map((size) => backend.compile(program(size * megabyte))));
    for (const executable of executables) executable.run([x]);
    expect(() => backend.create("f32", megabyte)).toThrow(code("OUT_OF_MEMORY"));
    for (const executable of executables) executable.destroy();
    expect(() => executables[0]!.run([x])).toThrow(code("DISPOSED"));
    backend.create("f32", 3 * megabyte);
  });

  test("what does not fit is refused with the bytes wanted, in use and allowed, and everything works on", async () => {
    const backend = await opened({ memory: 2 ** 20 });
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
    for (let i = 0; i < 30; i++) await expect(async () => backend.compile(large)).rejects.toThrow(code("OUT_OF_MEMORY"));
    expect(() => backend.compile({ ...large, slots, steps: [move(dense(0, [1000]), dense(1, [1000]))] })).toThrow(code("ILLEGAL_PROGRAM"));
    const small = await backend.compile({ name: "small", slots, steps: [move(dense(1, [10]), dense(0, [10]))] });
    small.run([x]);
    expect(Array.from(await backend.read(x, 0, 12))).toEqual([...wave(10, 1), ...wave(12, 0).slice(10)]);
  });

  test("contents survive the growth of the memory, and new buffers are zero where old ones lay", async () => {
    const backend = await opened();
    const first = backend.create("f32", 100);
    backend.write(first, wave(100, 2));
    const many = Array.from({ length: 50 }, (_, i) => backend.create("f64", 1000 * i));
    for (const buffer of many) backend.write(buffer, new Float64Array(buffer.length).fill(1));
    for (const buffer of many) backend.destroy(buffer);
    expect(Array.from(await backend.read(first))).toEqual(Array.from(wave(100, 2)));
    expect(await backend.read(backend.create("f32", 5000))).toEqual(new Float32Array(5000));
  });

  test("after close every verb is refused", async () => {
    const backend = await opened();
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
  expect([await of("f32"), await of("f64")]).toEqual(["wasm simd f32x4", "block interpreter f64"]);
});

test("an option that there is not, or is of another type, is refused by name", async () => {
  await expect(open({ memroy: 2 ** 20 } as Options)).rejects.toThrow("Did you mean memory?");
  await expect(open({ simd: "no" as never })).rejects.toThrow(code("INVALID_ARGUMENT"));
});

test("a memory that is no number of bytes is refused", async () => {
  for (const memory of [0, -1, 2 ** 33, NaN, 70_000.5]) await expect(open({ memory })).rejects.toThrow(code("INVALID_ARGUMENT"));
});

test("a compile for which the engine has no room is refused by its code and keeps no memory", async () => {
  const backend = await open({ simd: true, memory: 2 ** 20 });
  const slots: Slot[] = [
    { dtype: "f32", length: 2 ** 14, data: new Float32Array(2 ** 14) },
    { dtype: "f32", length: 2 ** 14, binding: 0 },
  ];
  const program: Program = { name: "copy", slots, steps: [move(dense(0, [2 ** 14]), dense(1, [2 ** 14]))] };
  const full = vi.spyOn(WebAssembly, "Instance").mockImplementation(function () {
    throw new RangeError("Out of memory");
  });
  for (let i = 0; i < 100; i++) await expect(backend.compile(program)).rejects.toThrow(code("OUT_OF_MEMORY")); // 64 KiB of constants each
  full.mockRestore();
  const buffer = backend.create("f32", 2 ** 14);
  (await backend.compile(program)).run([buffer]);
  expect(await backend.read(buffer)).toEqual(new Float32Array(2 ** 14));
  await backend.close();
});
