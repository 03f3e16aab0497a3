import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "@sluice/example-common";
import { afterAll, expect, test } from "vitest";
import { command } from "./gates.ts";
import { errorOfTheMean, sequences } from "./tasks/addingProblem.ts";
import { digits } from "./tasks/digits.ts";
import type { Trial } from "./trial.ts";

const folder = await mkdtemp(join(tmpdir(), "gates-"));
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  let [said, complained] = ["", ""];
  const streams = { stdout: { write: (text: string) => (said += text) }, stderr: { write: (text: string) => (complained += text) } };
  const code = await runCommand(command, args, { ...streams, signal: new AbortController().signal });
  return { code, said, complained };
}

test("a short run trains each network, tells how it did, and shows the gradients of each", async () => {
  const out = join(folder, "short");
  const { code, said, complained } = await run("--steps", "6,8", "--units", "4", "--updates", "100", "--backend", "cpu", "--out", out);
  expect({ code, complained }).toEqual({ code: 0, complained: "" });
  const trials = JSON.parse(await readFile(join(out, "trials.json"), "utf8")) as readonly Trial[];
  const page = await readFile(join(out, "report.html"), "utf8");
  expect(trials).toHaveLength(10);
  for (const { contender, curve, before, after, record, task } of trials) {
    const steps = Number(/\d+/.exec(task)?.[0]);
    expect(curve.map(({ updates }) => updates)).toEqual([50, 100]);
    expect([before.norms.length, after.norms.length]).toEqual([steps, steps]);
    expect(before.norms.every((norm) => Number(norm) > 0)).toBe(true);
    expect(record === undefined).toBe(contender === "attention");
  }
  for (const part of ["simple RNN", "IRNN", "LSTM", "GRU", "attention", "adding over 6 steps", "adding over 8 steps"]) {
    expect(page).toContain(part);
    expect(said).toContain(part);
  }
});

test("the same seed gives the same numbers, on workers as on cpu", async () => {
  const small = ["--steps", "5", "--units", "3", "--updates", "50", "--networks", "lstm"];
  const told = async (backend: string) => {
    const out = join(folder, backend);
    await run(...small, "--backend", backend, "--out", out);
    return (JSON.parse(await readFile(join(out, "trials.json"), "utf8")) as readonly Trial[]).map((trial) => ({ ...trial, seconds: 0 }));
  };
  const first = await told("cpu");
  expect(await told("cpu")).toEqual(first);
  expect((await told("workers")).map(({ curve }) => curve)).toEqual(first.map(({ curve }) => curve));
});

test("a short sequence is learnt, and training ends there", async () => {
  const out = join(folder, "learnt");
  const { said } = await run("--steps", "8", "--units", "16", "--updates", "1500", "--networks", "gru", "--backend", "cpu", "--out", out);
  const [trial] = JSON.parse(await readFile(join(out, "trials.json"), "utf8")) as readonly Trial[];
  expect(said).toContain("learnt after");
  expect(trial?.curve.at(-1)?.measured).toBeLessThan(0.01);
  expect(trial?.updates).toBe(trial?.solvedAfter);
});

test("each sequence has a mark in each half, and its target is what the two add up to", () => {
  const { x, y } = sequences(200, 9, "some");
  let squares = 0;
  y.forEach((target, row) => {
    const own = Array.from({ length: 9 }, (_, step) => Array.from(x.data.subarray((row * 9 + step) * 2, (row * 9 + step) * 2 + 2)));
    const marked = own.flatMap(([value, mark], step) => (mark === 1 ? [{ value: value ?? 0, step }] : []));
    expect(marked.map(({ step }) => step < 4)).toEqual([true, false]);
    expect(marked.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(target, 6);
    squares += (target - 1) ** 2 / 200;
  });
  expect(squares).toBeCloseTo(errorOfTheMean, 1);
});

test("digits are points of ink in rows, each label there, and no test digit is learnt from", async () => {
  const task = await digits();
  expect(task.test.x.shape).toEqual([1000, 196, 1]);
  expect([...new Set(task.test.y)].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Math.min(...task.test.x.data.subarray(0, 19_600))).toBe(0);
  expect(task.test.x.data.every((ink: number) => ink >= 0 && ink <= 1)).toBe(true);
  const keys = (data: ArrayLike<number>, count: number) => Array.from({ length: count }, (_, i) => Array.from(data).slice(i * 196, (i + 1) * 196).join()); // prettier-ignore
  const tested = new Set(keys(task.test.x.data.subarray(0, 50 * 196), 50));
  const [first] = task.training(1, 1);
  expect(first?.x.shape).toEqual([50, 196, 1]);
  expect(keys(first?.x.data ?? [], 50).filter((key) => tested.has(key))).toEqual([]);
});
