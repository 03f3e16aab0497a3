// The package as it is built, in a process of its own.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url);

test("a process ends by itself once nothing runs and nobody waits, though the backend is open", async () => {
  const script = `
    import { array, compile } from "@sluice/core";
    import { open } from "@sluice/workers";
    const backend = await open({ threads: 2, threshold: 0 });
    const double = compile(backend, (x) => x.mul(2));
    let x = array(backend, Float32Array.of(1, 2, 3));
    for (let i = 0; i < 100; i++) x = await double(x);
    x.read().then((last) => console.log(last[2] / 2 ** 100)); // nothing but the threads keeps the process alive for this`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: root, timeout: 30_000 });
  expect(stdout).toBe("3\n");
});
