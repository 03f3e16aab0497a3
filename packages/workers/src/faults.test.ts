import { lstmForward } from "@sluice/core/kit";
import { open as openCpu } from "@sluice/cpu";
import { expect, test, vi } from "vitest";
import { open } from "./open.ts";
import { after, all, code, double } from "./testing/programs.ts";
import { running, startWith, withScript } from "./testing/threads.ts";

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

/** For a thread: as thread 1 it does this instead of its 5th run. */
const insteadOfARun = (what: string): string => `
  const { Instance } = WebAssembly;
  let runs = 0;
  WebAssembly.Instance = function (module, imports) {
    const { run } = new Instance(module, imports).exports;
    return { exports: { run: (...given) => (given[1] === 1 && ++runs === 5 ? (() => { ${what} })() : run(...given)) } };
  };`;

test.each([
  ["throws", `throw new RangeError("out of bounds")`, /out of bounds/],
  ["runs out of memory", "for (const all = []; ; ) all.push(new Array(1000).fill({}));", /memory/],
  ["ends itself", "process.exit(3)", /exited with 3/],
])("a thread that %s in the middle of a run makes reads reject with the reason, and hangs nothing", async (_, what, reason) => {
  const backend = await withScript(insteadOfARun(what), () => all(2));
  const [x, y] = [backend.create("f32", 4096), backend.create("f32", 4096)];
  const executable = await backend.compile(double(4096));
  for (let i = 0; i < 10; i++) executable.run([x, y]);
  const [early, late] = [backend.read(y), backend.read(x)];
  await expect(early).rejects.toThrow(expect.objectContaining({ code: "BACKEND_FAILED", message: expect.stringMatching(reason) }));
  await expect(late).rejects.toThrow(code("BACKEND_FAILED"));
  await backend.close();
  expect(running()).toEqual([]);
});

test("a thread that is gone while nothing runs is noticed", async () => {
  const backend = await all(2);
  const x = backend.create("f32", 4);
  await running()[0]!.terminate();
  await expect(backend.read(x)).rejects.toThrow(code("BACKEND_FAILED"));
  await backend.close();
});

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

test("where the system has no addresses left, open rejects with OUT_OF_MEMORY and starts no thread", async () => {
  const none = class {
    constructor() {
      throw new RangeError("could not allocate memory");
    }
  };
  vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Memory: { value: none } }));
  const full = expect.objectContaining({ name: "SluiceError", code: "OUT_OF_MEMORY", message: expect.stringContaining("simd: false") });
  await expect(open({ threads: 2 })).rejects.toThrow(full);
  await expect(openCpu()).rejects.toThrow(full);
  await (await openCpu({ simd: false })).close();
  vi.unstubAllGlobals();
  expect(running()).toEqual([]);
});

test("once the system gives no more threads, none is asked for, and those that were given end", async () => {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  let asked = 0;
  startWith(
    class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        if (++asked === 3) throw new Error("no more threads");
        super(...given);
      }
    },
  );
  await expect(open({ threads: 8 })).rejects.toThrow(
    expect.objectContaining({ code: "BACKEND_UNAVAILABLE", message: expect.stringMatching(/no more threads.*fewer `threads`/) }),
  );
  expect(asked).toBe(3);
  expect(running()).toEqual([]);
});
