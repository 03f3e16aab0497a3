// A standalone file runs wherever there is WebAssembly: in a worker, without anything of Node or of a page, with its parts beside it.
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createContext, runInContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { random } from "@sluice/core";
import { open } from "@sluice/cpu";
import { dense, input, lstm, sequential } from "@sluice/nn";
import { afterAll, expect, test, vi } from "vitest";
import { standalone } from "./index.ts";
import { bitsOf, cleanUp, imported, type Module, type Opened, opened, written } from "./testing/opened.ts";

const backend = await open();
const trainer = await sequential([input({ shape: [5, 3] }), lstm({ units: 8 }), dense({ units: 2 })], { name: "places" }).compile({
  backend,
});
const x = Array.from({ length: 5 }, (_, t) => [Math.sin(t), Math.cos(t), t / 5]);
const wanted = bitsOf(await trainer.predict([x]));
afterAll(async () => {
  cleanUp();
  trainer.dispose();
  await backend.close();
});

test("in a worker", async () => {
  const path = written(await standalone(trainer));
  const main = path.replace(".mjs", ".worker.mjs");
  const text = `
    import { parentPort } from "node:worker_threads";
    import { open } from ${JSON.stringify(path)};
    const model = await open();
    parentPort.postMessage(model.predict([${JSON.stringify(x)}]));
  `;
  writeFileSync(main, text);
  const worker = new Worker(main);
  const [output] = await new Promise<[unknown]>(
    (resolve, reject) => void worker.once("message", (output) => resolve([output])).once("error", reject),
  );
  await worker.terminate();
  expect(bitsOf(output)).toEqual(wanted);
});

test("where there is nothing but JavaScript and WebAssembly, as in a page's audio worklet", async () => {
  const { code } = await standalone(trainer);
  expect(code).not.toMatch(/\b(import|require|eval|new Function|process|globalThis|window|document|atob)\b *[(.]/);
  const context = createContext({});
  const found: unknown = runInContext("typeof process + typeof atob + typeof fetch + typeof setTimeout + typeof TextDecoder", context);
  expect(found).toBe("undefined".repeat(5));
  const run = runInContext(`${code.replaceAll(/^export /gm, "")}; open`, context) as Module["open"]; // whose names are those of the module
  const model = await run();
  expect(bitsOf(model.predict([x]))).toEqual(wanted);
  expect(model.stream().step(x[0])).toMatchObject({ shape: [1, 2] });
});

test("with its weights and its WebAssembly beside it, in memory, at an address, or compiled before", async () => {
  const made = await standalone(trainer, { weights: "separate", wasm: "separate" });
  const { wasm, weights } = made;
  const file = await imported(made);
  const predicted = async (options: object): Promise<unknown> => bitsOf((await file.open(options)).predict([x]));
  const module = new WebAssembly.Module(wasm);
  expect(await predicted({ weights, module })).toEqual(wanted);
  expect(await predicted({ weights: weights.buffer, module: wasm })).toEqual(wanted);
  expect(await predicted({ weights: new Uint8Array(Buffer.concat([Buffer.alloc(3), weights])).subarray(3), module: wasm.buffer })).toEqual(
    wanted,
  );
  const server = createServer(
    (request, response) => void response.end(request.url === "/weights" ? weights : request.url === "/wasm" ? wasm : undefined),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of TCP
  expect(await predicted({ weights: `${at}/weights`, module: new URL(`${at}/wasm`) })).toEqual(wanted);
  server.close();
  server.closeAllConnections();

  const refused = (code: string) => expect.objectContaining({ code, name: "SluiceError" });
  await expect(file.open({ weights: weights.subarray(4), module })).rejects.toThrow(refused("FILE_FOREIGN"));
  await expect(file.open({ weights: weights.map((byte, i) => (i === 77 ? byte ^ 1 : byte)), module })).rejects.toThrow(
    refused("FILE_FOREIGN"),
  );
  await expect(file.open({ weights: `${at}/weights`, module })).rejects.toThrow(refused("FILE_NOT_FOUND"));
  const other = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  vi.spyOn(WebAssembly, "instantiate").mockRejectedValueOnce(new Error("there is no SIMD"));
  await expect(file.open({ weights, module: other })).rejects.toThrow(refused("BACKEND_UNAVAILABLE"));
  await expect(file.open({ weights })).rejects.toThrow(refused("INVALID_ARGUMENT"));
  await expect(file.open({ module })).rejects.toThrow(refused("INVALID_ARGUMENT"));
  await expect((await imported(await standalone(trainer))).open({ weights })).rejects.toThrow(refused("INVALID_ARGUMENT"));
});

test("500 damaged files are refused as such", async () => {
  const made = await standalone(trainer, { weights: "separate", wasm: "separate" });
  const file = await imported(made);
  const source = random(Number(process.env["SLUICE_SEED"] ?? 1));
  const below = (n: number): number => source.integers(1, n)[0]!;
  const codes = new Set<unknown>();
  for (let i = 0; i < 500; i++) {
    const bytes = i % 2 === 0 ? made.weights.slice() : made.wasm.slice();
    const at = below(bytes.length);
    const damaged = [
      () => bytes.with(at, bytes[at]! ^ (1 << below(8))),
      () => bytes.subarray(0, at),
      () => new Uint8Array([...bytes, ...bytes.subarray(at, at + 4)]),
      () => bytes.copyWithin(at, 0, 1 + below(64)),
      () => bytes.fill(below(256), at, at + 4),
    ][below(5)]!();
    const { weights, wasm: module } = i % 2 === 0 ? { ...made, weights: damaged } : { ...made, wasm: damaged };
    const isSame = Buffer.compare(damaged, i % 2 === 0 ? made.weights : made.wasm) === 0;
    const code: unknown = await file.open({ weights, module }).then(
      () => (isSame ? "FILE_FOREIGN" : undefined),
      (error: { code: unknown }) => error.code,
    );
    codes.add(code);
  }
  expect([...codes]).toEqual(["FILE_FOREIGN"]);
});

test("many calls take no more memory, and a stream that is gone leaves its room to the next", async () => {
  const original = WebAssembly.Memory;
  const memories: InstanceType<typeof original>[] = [];
  class Watched extends original {
    constructor(limits: { readonly initial: number }) {
      super(limits);
      memories.push(this);
    }
  }
  let model: Opened;
  try {
    Object.assign(WebAssembly, { Memory: Watched });
    model = await opened(await standalone(trainer, { batch: 2 }));
  } finally {
    Object.assign(WebAssembly, { Memory: original });
  }
  const stream = model.stream();
  stream.step([x[0], x[1]]);
  const before = memories[0]!.buffer.byteLength;
  for (let i = 0; i < 2000; i++) {
    model.predict([x]);
    stream.step([x[0], x[1]]);
    model.stream().dispose();
  }
  expect(memories.map(({ buffer }) => buffer.byteLength)).toEqual([before]);
  const many = Array.from({ length: 200 }, () => model.stream());
  const outputs = many.map((one) => bitsOf(one.step([x[0], x[1]])));
  expect(new Set(outputs.map((output) => JSON.stringify(output))).size).toBe(1);
  expect(bitsOf(model.predict([x]))).toEqual(wanted);
});
