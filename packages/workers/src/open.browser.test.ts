// In a real browser: the page is cross-origin isolated, as the README asks for.
import { format, runSuite } from "@sluice/conformance";
import { array, compile, lstm, recurrence, type Tensor } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { expect, test } from "vitest";
import { open } from "./open.ts";

declare function requestAnimationFrame(callback: () => void): number; // of the page

const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.37 + phase) / 2);

test("every law holds on 2 threads", async () => {
  const report = await runSuite(() => open({ threads: 2, threshold: 0 }), {
    milliseconds: process.env["SLUICE_THOROUGH"] === "1" ? 20_000 : 500,
    seed: Number(process.env["SLUICE_SEED"]),
  });
  console.log(`in the browser, ${format(report)}`);
  expect(report.verdicts.filter(({ counterexample }) => counterexample !== undefined)).toEqual([]);
}, 600_000);

const cell = recurrence(lstm());
const outputs = (x: Tensor, w: { wx: Tensor; wh: Tensor; b: Tensor }) => cell.run(w, x).outputs;
const [batch, steps, input, units] = [32, 200, 64, 128];

async function bound(backend: Awaited<ReturnType<typeof open>> | Awaited<ReturnType<typeof openCpu>>) {
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
