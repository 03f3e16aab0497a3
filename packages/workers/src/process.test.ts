// The package as it is built, in a process of its own.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url);

const run = async (script: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", opening + script], { cwd: root, timeout: 60_000 })).stdout;
const opening = `
  import { array, compile } from "@sluice/core";
  import { open } from "@sluice/workers";
  const backend = await open({ threads: 2, threshold: 0 });
  const double = compile(backend, (x) => x.mul(2));`;
const processes = process.env["SLUICE_THOROUGH"] === "1" ? 100 : 5;

test("a process ends by itself once nothing runs and nobody waits, though the backend is open", async () => {
  const script = `
    let x = array(backend, Float32Array.of(1, 2, 3));
    for (let i = 0; i < 100; i++) x = await double(x);
    x.read().then((last) => console.log(last[2] / 2 ** 100)); // nothing but the threads keeps the process alive for this`;
  expect(await run(script)).toBe("3\n");
});

test("close resolves, in each of many processes, though what was done is told only after it began", async () => {
  const script = `
    const job = await double.bind(array(backend, Float32Array.of(1, 2, 3)));
    await job.outputs.read();
    job.run();
    for (const end = performance.now() + 20; performance.now() < end; ); // the threads are done, and have said so, before anybody hears
    await Promise.all([backend.close(), backend.close()]);
    console.log("closed");`;
  for (let i = 0; i < processes; i++) expect(await run(script)).toBe("closed\n");
});

test("a process lives until each of many overlapping reads has settled", async () => {
  const script = `
    const job = await double.bind(array(backend, Float32Array.of(1, 2, 3)));
    for (let i = 0; i < 200; i++) await Promise.all(Array.from({ length: 8 }, () => (job.run(), job.outputs.read())));
    console.log("read");`;
  for (let i = 0; i < processes; i++) expect(await run(script)).toBe("read\n");
});

test("where an engine runs without WebAssembly, cpu interprets and workers does not open", async () => {
  const script = `
    import { array, compile } from "@sluice/core";
    import { open as openCpu } from "@sluice/cpu";
    import { open } from "@sluice/workers";
    const backend = await openCpu();
    const double = await compile(backend, (x) => x.mul(2)).bind(array(backend, Float32Array.of(1, 2, 3)));
    double.run();
    const { code } = await open().catch((error) => error);
    console.log(double.executor, (await double.outputs.read()).join(), code);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--jitless", "--input-type=module", "--eval", script], { cwd: root });
  expect(stdout).toMatch(/interpreter.* 2,4,6 BACKEND_UNAVAILABLE\n$/);
});
