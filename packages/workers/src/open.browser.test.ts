// In a real browser: the page is cross-origin isolated, as the README asks for.
import { format, runSuite } from "@sluice/conformance";
import { array, compile, lstm, recurrence, type Tensor } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { expect, test } from "vitest";
import { open } from "./open.ts";
import { startThreads } from "./threads.ts";
import { started, uncaught, withScript } from "./testing/workers.ts";

declare function requestAnimationFrame(callback: () => void): number; // of the page

interface Locks {
  query(): Promise<Record<"held" | "pending", { readonly name: string }[]>>;
  request(name: string, granted: () => void): Promise<void>;
}
const { locks } = (globalThis as unknown as { readonly navigator: { readonly locks: Locks } }).navigator;

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

test("every law holds on 2 threads", async () => {
  const report = await runSuite(() => open({ threads: 2, threshold: 0 }), {
    ...(process.env["SLUICE_THOROUGH"] === "1" ? { milliseconds: 4_000 } : { milliseconds: 500, examples: 2_000 }),
    seed: Number(process.env["SLUICE_SEED"]),
  });
  console.log(`in the browser, ${format(report)}`);
  expect(report.verdicts.filter(({ counterexample }) => counterexample !== undefined)).toEqual([]);
}, 600_000);

const cell = recurrence(lstm());
const outputs = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => cell.run(w, x).outputs;
const [batch, steps, input, units] = [32, 200, 64, 128];

async function bound(backend: Awaited<ReturnType<typeof open>>) {
  const give = (shape: number[], phase: number) => array(backend, wave(shape.reduce((a, b) => a * b), phase), { shape }); // prettier-ignore
  const w = { wx: give([input, 4 * units], 1), wh: give([units, 4 * units], 2), b: give([4 * units], 3) };
  return compile(backend, outputs).bind(give([batch, steps, input], 0), w);
}

test("2 threads give the bits of the cpu backend", async () => {
  const [backend, cpu] = [await open({ threads: 2 }), await openCpu()];
  const [split, alone] = [await bound(backend), await bound(cpu)];
  split.run();
  alone.run();
  expect(split.executor).toContain("2 threads");
  expect(await split.outputs.read()).toEqual(await alone.outputs.read());
  await backend.close();
});

test("the page goes on drawing while threads compute", async () => {
  const backend = await open({ threads: 2 });
  const job = await bound(backend);
  let frames = 0;
  let isOver = false;
  const draw = (): void => {
    frames++;
    if (!isOver) requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  while (frames < 30) {
    for (let i = 0; i < 10; i++) job.run();
    const before = frames;
    await job.outputs.read(); // some 0.2 s of work
    expect(frames).toBeGreaterThan(before);
  }
  isOver = true;
  await backend.close();
});

const lost = expect.objectContaining({ name: "SluiceError", code: "BACKEND_FAILED" });

/** The names of the locks that threads hold and that the page has asked for. */
async function names() {
  const { held, pending } = await locks.query();
  const sorted = (of: typeof held): string[] => of.map(({ name }) => name).toSorted();
  return { held: sorted(held), pending: sorted(pending) };
}

/** Expects that the page asks for no lock, and that all that are held are those of threads on their way out. */
async function expectNoLocks(): Promise<void> {
  const { held, pending } = await names();
  expect(pending).toEqual([]);
  await Promise.all(held.map((name) => locks.request(name, () => undefined)));
  expect(await names()).toEqual({ held: [], pending: [] });
}

test("each thread holds a lock for which the page waits, until close", async () => {
  const backend = await open({ threads: 3 });
  const { held, pending } = await names();
  expect(new Set(held).size).toBe(3);
  expect(pending).toEqual(held);
  await backend.close();
  await expectNoLocks();
});

/** For a worker: as thread `thread` it does this instead of its 5th run. */
const insteadOfARun = (thread: number, what: string): string => `
  const { Instance } = WebAssembly;
  let runs = 0;
  WebAssembly.Instance = function (module, imports) {
    const { run } = new Instance(module, imports).exports;
    const last = () => { ${what} };
    return { exports: { run: (...given) => (given[1] === ${thread} && ++runs === 5 ? last() : run(...given)) } };
  };`;

test.each([
  ["ends itself", 0, "close(); return 1;"], // 1: as a run that is stopped
  ["ends itself", 1, "close(); return 1;"],
  ["is terminated", 0, "for (;;);"],
  ["is terminated", 1, "for (;;);"],
])("when a worker %s amid queued runs, as thread %i, reads reject and others go on", async (what, thread, script) => {
  const other = await open({ threads: 2 });
  const backend = await withScript(insteadOfARun(thread, script), () => open({ threads: 2 }));
  const workers = started(2);
  const job = await bound(backend);
  for (let i = 0; i < 100; i++) job.run();
  const reads = [job.outputs.read(), job.outputs.read()];
  if (what === "is terminated") workers[thread]!.terminate();
  await Promise.all(reads.map((read) => expect(read).rejects.toThrow(lost)));
  await expect(job.outputs.read()).rejects.toThrow(lost);
  expect(() => job.run()).toThrow(lost);
  for (const worker of workers) worker.postMessage({ wake: true });

  const [cpu, anew] = [await openCpu(), await open({ threads: 2 })];
  const [expected, ...jobs] = await Promise.all([cpu, other, anew].map(bound));
  for (const each of [expected!, ...jobs]) each.run();
  for (const each of jobs) expect(await each.outputs.read()).toEqual(await expected!.outputs.read());
  expect(uncaught).toEqual([]);
  await Promise.all([backend, other, anew].map((each) => each.close()));
  await expectNoLocks();
});

test.each([
  ["denies", `navigator.locks.request = () => Promise.reject(new Error("denied"))`],
  ["lacks", `Object.defineProperty(navigator, "locks", { value: undefined })`],
])("a browser that %s locks computes all the same", async (_, script) => {
  const backend = await withScript(script, () => open({ threads: 2 }));
  expect(await names()).toEqual({ held: [], pending: [] });
  const [job, expected] = [await bound(backend), await bound(await openCpu())];
  job.run();
  expected.run();
  expect(await job.outputs.read()).toEqual(await expected.outputs.read());
  await backend.close();
});

interface Frame {
  srcdoc: string;
  remove(): void;
}
declare const document: { createElement(name: "iframe"): Frame; readonly body: { append(frame: Frame): void } };
declare function addEventListener(type: "message", listener: (event: { readonly data: object }) => void): void;
declare function removeEventListener(type: "message", listener: (event: { readonly data: object }) => void): void;

/** What backends say in a frame with that policy for scripts. */
async function reportUnder(policy: string): Promise<unknown> {
  const frame = document.createElement("iframe");
  const module = new URL("./testing/policed.ts", import.meta.url).href;
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="script-src 'self' 'unsafe-inline' ${policy}">
    <script type="module">
      const told = await import("${module}").then(({ report }) => report()).catch(String);
      parent.postMessage({ policed: told }, "*");
    </script>`;
  const told = await new Promise((resolve) => {
    const listen = ({ data }: { readonly data: object }): void => {
      if (typeof data !== "object" || data === null || !("policed" in data)) return;
      removeEventListener("message", listen);
      resolve(data.policed);
    };
    addEventListener("message", listen);
    document.body.append(frame);
  });
  frame.remove();
  return told;
}

test("where a page's policy forbids WebAssembly, cpu interprets and workers does not open, and tells the remedy", async () => {
  const remedy = expect.stringMatching(/^BACKEND_UNAVAILABLE: .*'wasm-unsafe-eval'/s);
  expect(await reportUnder("")).toEqual({
    executor: expect.stringContaining("interpreter"),
    doubled: [2, 4, 6],
    simd: remedy,
    workers: remedy,
  });
  expect(await reportUnder("'wasm-unsafe-eval'")).toMatchObject({ executor: "wasm simd f32x4", doubled: [2, 4, 6], simd: "opened" });
});

test("a worker that ends before it first speaks makes opening reject once its time is over", async () => {
  const silent = withScript("close(); await new Promise(() => {});", () =>
    startThreads([{}, {}], { onMessage: () => undefined, onLost: () => undefined }, 100),
  );
  await expect(silent).rejects.toThrow(
    expect.objectContaining({ code: "BACKEND_UNAVAILABLE", message: expect.stringContaining("it has not spoken within 0.1 seconds") }),
  );
});

test.each([
  ["cpu", openCpu],
  ["workers", open],
] as const)("on %s 100,000 results of 4 kB that are read and never disposed of fit into 16 MiB", async (_, openOne) => {
  const backend = await openOne({ memory: 2 ** 24 });
  const next = compile(backend, (x: Tensor) => x.add(1));
  const x = array(backend, new Float32Array(1024));
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += (await (await next(x)).read())[0]!;
  expect(sum).toBe(100_000);
  await backend.close();
});
