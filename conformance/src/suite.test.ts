import type { Backend, Instruction, Program, Step, TypedArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { format, runSuite } from "./suite.ts";

const seed = Number(process.env["SLUICE_SEED"]);

test("a report on a good backend says how many examples held", async () => {
  const report = await runSuite(open, { milliseconds: 300, seed, only: /^rnn:/ });
  expect(report).toMatchObject({ backend: "reference", seed, ok: true, verdicts: [{ examples: expect.any(Number) }] });
  expect(format(report)).toMatch(/^reference: 1 of 1 laws hold \(seed \d+\)\n {2}holds +\d+ examples {2}rnn: outputs/);
});

test("a law ends before its time where it has met as many examples as it is asked for", async () => {
  const only = /^(buffers|repeats|rnn)/;
  const { verdicts } = await runSuite(open, { milliseconds: 60_000, examples: 20, structures: 2, seed, only });
  const counts = Object.fromEntries(verdicts.map(({ law, examples }) => [law.split(":")[0], examples]));
  expect(counts).toEqual({ buffers: 20, repeats: 20, rnn: expect.any(Number) });
  expect(counts["rnn"]).toBeGreaterThanOrEqual(20);
  expect(counts["rnn"]).toBeLessThan(60); // its structures and what once refuted it, then tens
});

test("a report on a bad backend shows the example that failed and how to see it again", async () => {
  const report = await runSuite(spoilt, { milliseconds: 300, seed, only: /^(normalisation|lstm)/ });
  expect(report.ok).toBe(false);
  const [lstm, normalisation] = report.verdicts;
  expect(normalisation!.counterexample).toBeUndefined();
  expect(lstm!.counterexample).toContain("Counterexample: lstm, batch 1, steps 1, input 1, units 1, state, f");
  expect(lstm!.counterexample).toMatch(/outputs\[0\] should be -?[\d.]+ ± [\d.e-]+, got -?[\d.]+/);
  expect(format(report)).toContain("FAILS  lstm: outputs");
});

/** The reference backend with tanh in the place of sigmoid. */
async function spoilt(): Promise<Backend<TypedArray>> {
  const backend = await open();
  return { ...backend, compile: (program: Program) => backend.compile({ ...program, steps: program.steps.map(worse) }) };
}

function worse(step: Step): Step {
  if (step.kind === "scan") return { ...step, body: step.body.map(worse) };
  const instruction = (i: Instruction): Instruction => (i.op === "sigmoid" ? { ...i, op: "tanh" } : i);
  return step.kind === "map" || step.kind === "reduce" ? { ...step, body: step.body.map(instruction) } : step;
}
