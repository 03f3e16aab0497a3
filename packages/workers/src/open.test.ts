import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Backend, type Program, type Tensor, type TypedArray, array, compile, gradient, lstm, recurrence } from "@sluice/core";
import { lstmForward } from "@sluice/core/kit";
import { open as openCpu } from "@sluice/cpu";
import { rowGroupSize } from "@sluice/cpu/kit";
import { expect, test, vi } from "vitest";
import { type Buffer, type Options, open } from "./open.ts";
import { after, all, code, double, wave } from "./testing/programs.ts";
import { running } from "./testing/threads.ts";

/** The groups of rows of each scan. */
const groupsOf = ({ steps }: Program) => steps.flatMap((step) => (step.kind === "scan" ? [rowGroupSize(step, [])] : []));

const cell = recurrence(lstm());
/** The gradients of an LSTM over a sequence. */
const step = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => gradient(cell.run(w, x).outputs.sum(), { x, w });

async function gradients(backend: Backend): Promise<unknown[]> {
  const [batch, steps, input, units] = [9, 7, 13, 24];
  const give = (shape: number[], phase: number) => array(backend, wave(shape.reduce((a, b) => a * b), phase), { shape }); // prettier-ignore
  const w = { wx: give([input, 4 * units], 1), wh: give([units, 4 * units], 2), b: give([4 * units], 3) };
  const { x, w: d } = await compile(backend, step)(give([batch, steps, input], 0), w);
  return Promise.all([x.read(), d.wx.read(), d.wh.read(), d.b.read()]);
}

test.each([2, 3, 4])("%i threads give the bits of one, where rows run in groups and where steps are partitioned", async (threads) => {
  const [backend, one] = await Promise.all([all(threads), all(1)]);
  const [some, many] = [
    lstmForward({ steps: 6, batch: 21, input: 17, units: 40 }),
    lstmForward({ steps: 3, batch: 6, input: 65, units: 384 }),
  ];
  expect([groupsOf(some), groupsOf(many)]).toEqual([[7], [undefined]]);
  for (const program of [some, many]) expect(await after(backend, program)).toEqual(await after(one, program));
  expect(await gradients(backend)).toEqual(await gradients(one));
  await Promise.all([backend.close(), one.close()]);
});

test("`executor` says how many threads run a Program", async () => {
  const program = lstmForward({ steps: 2, batch: 2, input: 2, units: 4 });
  const backend = await open({ threads: 2 });
  expect((await backend.compile(program)).executor).toBe("wasm simd f32x4, 1 thread");
  const split = await all(2);
  expect((await split.compile(program)).executor).toBe("wasm simd f32x4, 2 threads");
  await Promise.all([backend.close(), split.close()]);
});

test("a Program that has nothing to do is not split: its threads would meet nowhere", async () => {
  const backend = await all(2);
  const [empty, full] = [await backend.compile(double(0)), await backend.compile(double(64))];
  expect(empty.executor).toBe("wasm simd f32x4, 1 thread");
  const [none, nothing, x, y] = [0, 0, 64, 64].map((length) => backend.create("f32", length)) as [Buffer, Buffer, Buffer, Buffer];
  backend.write(x, new Float32Array(64).fill(3));
  full.run([x, y]); // so that runs are queued, for the threads
  for (let i = 0; i < 20_000; i++) empty.run([none, nothing]);
  full.run([y, x]);
  expect(await backend.read(x)).toEqual(new Float32Array(64).fill(12));
  await backend.close();
});

test("a Program of more slots than a command names is refused by its code, and the backend works on", async () => {
  const backend = await all(2);
  const many = double(4);
  const slots = [...many.slots, ...Array.from({ length: 17_000 }, () => ({ dtype: "f32" as const, length: 1 }))];
  await expect(backend.compile({ ...many, slots })).rejects.toThrow(code("UNSUPPORTED"));
  expect((await backend.compile(many)).executor).toBe("wasm simd f32x4, 2 threads");
  await backend.close();
});

test("an executable that is destroyed behind its queued runs is run all the same, and nothing waits for ever", async () => {
  const backend = await all(2);
  const length = 64;
  const [x, y] = [backend.create("f32", length), backend.create("f32", length)];
  backend.write(x, new Float32Array(length).fill(3));
  const executable = await backend.compile(double(length));
  for (let i = 0; i < 5000; i++) executable.run([x, y]); // several times what the ring holds
  executable.destroy();
  expect(await backend.read(y)).toEqual(new Float32Array(length).fill(6));
  await backend.close();
});

test("writes, runs and reads take effect in call order, also behind a full queue", async () => {
  const backend = await all(2);
  const length = 4096;
  const [x, y] = [backend.create("f32", length), backend.create("f32", length)];
  const executable = await backend.compile(double(length));
  const reads: Promise<unknown>[] = [];
  const rounds = 5000; // several times what the ring holds
  for (let i = 0; i < rounds; i++) {
    if (i % 100 === 0) backend.write(x, new Float32Array(length).fill(i));
    executable.run([x, y]);
    if (i % 500 === 499) reads.push(backend.read(y, length - 1, 1));
  }
  expect(await Promise.all(reads)).toEqual(Array.from({ length: rounds / 500 }, (_, i) => Float32Array.of(2 * (i * 500 + 400))));
  await backend.close();
});

test("memory destroyed behind queued runs is not given away before they are done", async () => {
  const backend = await all(2);
  const length = 2 ** 16;
  const executable = await backend.compile(double(length));
  const x = backend.create("f32", length);
  backend.write(x, new Float32Array(length).fill(3));
  for (let i = 0; i < 50; i++) {
    const y = backend.create("f32", length);
    executable.run([x, y]);
    backend.destroy(y);
    const fresh = backend.create("f32", length);
    expect((await backend.read(fresh)).every((value) => value === 0)).toBe(true);
    backend.destroy(fresh);
  }
  await backend.close();
});

test("close waits for what runs and ends every thread", async () => {
  const backend = await all(3);
  const [x, y] = [backend.create("f32", 64), backend.create("f32", 64)];
  const executable = await backend.compile(double(64));
  for (let i = 0; i < 100; i++) executable.run([x, y]);
  const read = backend.read(y);
  await backend.close();
  expect(await read).toEqual(new Float32Array(64));
  expect(running()).toEqual([]);
  expect(() => backend.create("f32", 1)).toThrow(code("DISPOSED"));
});

test("an option that there is not is refused by name", async () => {
  await expect(open({ thread: 2 } as Options)).rejects.toThrow("Did you mean threads?");
});

test.each<[Options]>([[{ threads: 0 }], [{ threads: 1.5 }], [{ threads: 1000 }], [{ memory: 1 }], [{ threshold: -1 }]])(
  "options out of range are refused: %o",
  async (options) => {
    await expect(open(options)).rejects.toThrow(code("INVALID_ARGUMENT"));
    expect(running()).toEqual([]);
  },
);

test("opening and closing again and again leaves no thread and no memory", async () => {
  const cycles = process.env["SLUICE_THOROUGH"] === "1" ? 1000 : 10;
  const length = 2 ** 23;
  collect();
  const before = process.memoryUsage().rss;
  for (let i = 0; i < cycles; i++) {
    const backend = await all(2);
    const [x, y] = [backend.create("f32", length), backend.create("f32", length)]; // 64 MiB, which the run touches
    (await backend.compile(double(length))).run([x, y]);
    await backend.close();
    if (i % 10 === 9) collect();
  }
  expect(running()).toEqual([]);
  const kept = (): number => (collect(), process.memoryUsage().rss - before);
  await vi.waitFor(() => expect(kept()).toBeLessThan(300 * 2 ** 20), 5000); // memory goes a moment after what held it
});

/** Collects garbage now: an engine that sees only small objects may wait for long with the memory they hold. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

test("a long run on which threads gain nothing is one thread's, with the bits of the cpu backend", async () => {
  const backend = await open({ threads: 2 });
  const program = lstmForward({ steps: 4000, batch: 1, input: 16, units: 64 });
  const executable = await backend.compile(program);
  expect(executable.executor).toBe("wasm simd f32x4, 1 thread");
  expect(await after(backend, program)).toEqual(await after(await openCpu(), program));
  await backend.close();
});

test("a full and busy backend reads and writes all the same, in call order, to the last element", async () => {
  const length = 100 * 1024;
  const backend = await all(2, { memory: 2 ** 20 }); // two buffers of 400 KiB, and room for no third
  const [x, y] = [backend.create("f32", length), backend.create("f32", length)];
  const executable = await backend.compile(double(length));
  expect(() => backend.create("f32", length)).toThrow(code("OUT_OF_MEMORY"));
  const reads: Promise<boolean>[] = [];
  const says = (i: number) => (read: TypedArray) => read.every((value) => value === i);
  for (let i = 1; i <= 8; i++) {
    const data = new Float32Array(length).fill(i);
    backend.write(x, data);
    data.fill(-1); // the caller's own again
    for (let k = 0; k < 20; k++) executable.run([x, y]);
    reads.push(backend.read(y).then(says(2 * i)), backend.read(x, length - 1, 1).then(says(i)));
  }
  expect(await Promise.all(reads)).toEqual(reads.map(() => true));
  backend.write(x, new Float32Array(length).fill(9));
  executable.run([x, y]);
  const last = backend.read(y);
  await backend.close();
  expect(says(18)(await last)).toBe(true);
});

test.each([
  ["a full", 2 ** 20],
  ["a busy", 2 ** 24],
])("%s backend refuses the target that was transferred while its read waited, and goes on", async (_, memory) => {
  const length = 100 * 1024;
  const backend = await all(2, { memory });
  const [x, y] = [backend.create("f32", length), backend.create("f32", length)];
  backend.write(x, new Float32Array(length).fill(1));
  const executable = await backend.compile(double(length));
  for (let i = 0; i < 40; i++) executable.run([x, y]);
  const into = new Float32Array(length);
  const read = backend.read(y, 0, length, into);
  structuredClone(into, { transfer: [into.buffer] });
  await expect(read).rejects.toThrow(code("INVALID_ARGUMENT"));
  expect((await backend.read(y)).every((value) => value === 2)).toBe(true);
  await backend.close();
});

test("a compile for which the engine has no room is refused by its code and keeps no memory", async () => {
  const backend = await open({ threads: 2, memory: 2 ** 20 });
  const program = double(2 ** 14),
    [x, y] = [backend.create("f32", 2 ** 14), backend.create("f32", 2 ** 14)];
  const slots = [...program.slots, { dtype: "f32", length: 2 ** 14, data: new Float32Array(2 ** 14) } as const];
  const full = vi.spyOn(WebAssembly, "Instance").mockImplementation(function () {
    throw new RangeError("Out of memory");
  });
  for (let i = 0; i < 100; i++) await expect(backend.compile({ ...program, slots })).rejects.toThrow(code("OUT_OF_MEMORY")); // 64 KiB each
  full.mockRestore();
  backend.write(x, new Float32Array(2 ** 14).fill(2));
  (await backend.compile({ ...program, slots })).run([x, y]);
  expect(await backend.read(y)).toEqual(new Float32Array(2 ** 14).fill(4));
  await backend.close();
});
