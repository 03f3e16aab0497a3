import { array, compile, gradient, lstm, recurrence, type Program, type Tensor } from "@sluice/core";
import { dense, lstmForward } from "@sluice/core/kit";
import { open as openCpu } from "@sluice/cpu";
import { groupOf } from "@sluice/cpu/kit";
import { expect, test, vi } from "vitest";
import { type Options, open } from "./open.ts";
import { running, startWith } from "./testing/threads.ts";

const code = (code: string) => expect.objectContaining({ name: "SluiceError", code });
const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);
const all = (threads: number, more: Options = {}) => open({ threads, threshold: 0, ...more });
type Opened = Awaited<ReturnType<typeof open>> | Awaited<ReturnType<typeof openCpu>>;

/** The bindings of `program` after one run from waves. */
async function after(backend: Opened, program: Program): Promise<unknown[]> {
  const bound = program.slots.filter(({ binding }) => binding !== undefined);
  const buffers = bound.map(({ dtype, length }, at) => {
    const buffer = backend.create(dtype, length);
    backend.write(buffer, wave(length, at));
    return buffer;
  });
  (await backend.compile(program)).run(buffers);
  return Promise.all(buffers.map((buffer) => backend.read(buffer)));
}

/** The groups of rows of each scan. */
const groupsOf = ({ steps }: Program) => steps.flatMap((step) => (step.kind === "scan" ? [groupOf(step, [])] : []));

const cell = recurrence(lstm());
/** An LSTM over a sequence, its gradients, and a step down them. */
const step = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => gradient(cell.run(w, x).outputs.sum(), { x, w });

async function gradients(backend: Opened): Promise<unknown[]> {
  const [batch, steps, input, units] = [9, 7, 13, 24];
  const give = (shape: number[], phase: number) => array(backend, wave(shape.reduce((a, b) => a * b), phase), { shape }); // prettier-ignore
  const w = { wx: give([input, 4 * units], 1), wh: give([units, 4 * units], 2), b: give([4 * units], 3) };
  const { x, w: d } = await compile(backend, step)(give([batch, steps, input], 0), w);
  return Promise.all([x.read(), d.wx.read(), d.wh.read(), d.b.read()]);
}

test.each([2, 3, 4])("%i threads give the bits of one, where rows run apart and where steps are cut", async (threads) => {
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

/** y = 2x, many times over, so that runs queue up. */
const double = (length: number): Program => ({
  name: "double",
  slots: [
    { dtype: "f32", length, binding: 0 },
    { dtype: "f32", length, binding: 1 },
  ],
  steps: [
    {
      kind: "map",
      shape: [length],
      body: [
        { op: "load", input: 0 },
        { op: "add", x: 0, y: 0 },
      ],
      inputs: [dense(0, [length])],
      outputs: [{ view: dense(1, [length]), value: 1 }],
    },
  ],
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

test("a thread that is terminated while it runs makes reads reject, and hangs nothing; others go on", async () => {
  const [backend, other] = [await all(2), await all(2)];
  const program = lstmForward({ steps: 3, batch: 4, input: 5, units: 8 });
  const expected = await after(other, program);
  const length = 2 ** 20;
  const executable = await backend.compile(double(length));
  const [x, y] = [backend.create("f32", length), backend.create("f32", length)];
  for (let i = 0; i < 2000; i++) executable.run([x, y]);
  const read = backend.read(y);
  await Promise.all([expect(read).rejects.toThrow(code("BACKEND_FAILED")), running()[1]!.terminate()]);
  await expect(backend.read(y)).rejects.toThrow(code("BACKEND_FAILED"));
  expect(() => executable.run([x, y])).toThrow(code("BACKEND_FAILED"));
  await backend.close();

  expect(await after(other, program)).toEqual(expected);
  const anew = await all(2);
  expect(await after(anew, program)).toEqual(expected);
  await Promise.all([other.close(), anew.close()]);
  expect(running()).toEqual([]);
});

test("a thread that is gone while nothing runs is noticed", async () => {
  const backend = await all(2);
  const x = backend.create("f32", 4);
  await running()[0]!.terminate();
  await expect(backend.read(x)).rejects.toThrow(code("BACKEND_FAILED"));
  await backend.close();
});

test.each<[Options]>([[{ threads: 0 }], [{ threads: 1.5 }], [{ threads: 1000 }], [{ memory: 1 }], [{ threshold: -1 }]])(
  "options out of range are refused: %o",
  async (options) => {
    await expect(open(options)).rejects.toThrow(code("INVALID_ARGUMENT"));
    expect(running()).toEqual([]);
  },
);

test("a page that is not cross-origin isolated is told the two headers", async () => {
  vi.stubGlobal("crossOriginIsolated", false);
  await expect(open()).rejects.toThrow(
    expect.objectContaining({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy: require-corp/),
    }),
  );
  vi.unstubAllGlobals();
  vi.stubGlobal("SharedArrayBuffer", undefined);
  await expect(open()).rejects.toThrow(code("BACKEND_UNAVAILABLE"));
  vi.unstubAllGlobals();
});

test("a worker's script that does not load, or may not, makes open reject with the remedy", async () => {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  startWith(
    class extends Worker {
      constructor() {
        super(new URL("./nowhere.js", import.meta.url));
      }
    },
  );
  await expect(open({ threads: 2 })).rejects.toThrow(
    expect.objectContaining({ code: "BACKEND_UNAVAILABLE", message: expect.stringContaining("worker-src") }),
  );
  const forbidden = (): never => {
    throw new Error("refused by policy");
  };
  startWith(
    class extends Worker {
      constructor() {
        super(forbidden());
      }
    },
  );
  await expect(open({ threads: 2 })).rejects.toThrow(
    expect.objectContaining({ code: "BACKEND_UNAVAILABLE", message: expect.stringContaining("refused by policy") }),
  );
  expect(running()).toEqual([]);
});

test("opening and closing again and again leaves no thread", async () => {
  for (let i = 0; i < 10; i++) await (await open({ threads: 2 })).close();
  expect(running()).toEqual([]);
});

test("a long run on which threads gain nothing is one thread's, with the bits of the cpu backend", async () => {
  const backend = await open({ threads: 2 });
  const program = lstmForward({ steps: 4000, batch: 1, input: 16, units: 64 });
  const executable = await backend.compile(program);
  expect(executable.executor).toBe("wasm simd f32x4, 1 thread");
  expect(await after(backend, program)).toEqual(await after(await openCpu(), program));
  await backend.close();
});
