import type { Program, Step, View } from "@sluice/core";
import { check } from "@sluice/core";
import { checked, injective, print, shareScratch, sitesOf, usesOf } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { budget } from "../budget.ts";
import { judge, trialOf } from "../laws/trial.ts";
import { bodies } from "./bodies.ts";
import { contentsOf } from "./contents.ts";
import { kinds, programs } from "./programs.ts";
import { views } from "./views.ts";

const { supports } = await open();
const any = programs(supports, { kinds, steps: 4, scans: "some" });
const seed = Number(process.env["SLUICE_SEED"]);

test("every generated program is legal", () => {
  fc.assert(
    fc.property(any, (program) => check(program, supports)),
    { numRuns: 500 },
  );
});

test("programs for a backend that takes little stay within it", () => {
  const little = {
    ...supports,
    dtypes: ["f32"] as const,
    bindings: 3,
    inPlace: false,
    ops: ["add", "mul", "div", "floor", "exp", "log", "less", "select"] as const,
  };
  const few = programs(little, { kinds: ["map", "reduce", "matmul"], steps: 3, scans: "some" });
  fc.assert(
    fc.property(few, (program) => check(program, little)),
    { numRuns: 300 },
  );
});

test("generated views have every property that views can have", () => {
  const seen = tally(fc.sample(views, { seed, numRuns: 500 }), {
    scalar: ({ view }) => view.shape.length === 0,
    empty: ({ view }) => view.shape.includes(0),
    flipped: ({ view }) => view.strides.some((stride) => stride < 0),
    moving: ({ view }) => view.advance.some((step) => step !== 0),
    "in two scans": ({ lengths }) => lengths.length === 2,
    late: ({ view }) => view.offset > 0,
    permuted: ({ view: { strides, shape } }) => shape.length > 1 && Math.abs(strides[0]!) < Math.abs(strides.at(-1)!),
  });
  expect(Object.entries(seen).filter(([, count]) => count <= 10)).toEqual([]);
  for (const { view } of fc.sample(views, { seed, numRuns: 100 })) expect(injective({ ...view, slot: 0 })).toBe(true);
});

test("generated programs have every property that programs can have", () => {
  const steps = (program: Program): Step[] =>
    program.steps.flatMap(function all(step): Step[] {
      return step.kind === "scan" ? [step, ...step.body.flatMap(all)] : [step];
    });
  const viewsOf = (program: Program): View[] => sitesOf(program.steps).flatMap(({ kernel }) => usesOf(kernel).map(({ view }) => view));
  const some = (of: (step: Step) => boolean) => (program: Program) => steps(program).some(of);
  const seen = tally(fc.sample(any, { seed, numRuns: 500 }), {
    ...Object.fromEntries(kinds.map((kind) => [kind, some((step) => step.kind === kind)])),
    "nested scans": some((step) => step.kind === "scan" && step.body.some(({ kind }) => kind === "scan")),
    "scans of nothing": some((step) => step.kind === "scan" && step.length === 0),
    accumulating: some((step) => (step.kind === "reduce" || step.kind === "matmul") && step.accumulate),
    "in place": some(
      (step) =>
        step.kind === "map" && step.outputs.some(({ view }) => step.inputs.some((input) => JSON.stringify(input) === JSON.stringify(view))),
    ),
    "several outputs": some((step) => step.kind === "map" && step.outputs.length > 1),
    "batched products": some((step) => step.kind === "matmul" && step.out.shape.length > 2),
    repeated: (program) => viewsOf(program).some(({ shape, strides }) => shape.some((size, axis) => size > 1 && strides[axis] === 0)),
    scratch: ({ slots }) => slots.some(({ binding, data }) => binding === undefined && data === undefined),
    constants: ({ slots }) => slots.some(({ data }) => data !== undefined),
    "mixed types": ({ slots }) => new Set(slots.map(({ dtype }) => dtype)).size > 1,
    "one slot read and written": some(
      (step) => step.kind === "map" && step.inputs.some(({ slot }) => step.outputs.some(({ view }) => view.slot === slot)),
    ),
  });
  expect(Object.entries(seen).filter(([, count]) => count <= 10)).toEqual([]);
});

test("generated bodies have every operation", () => {
  const used = new Set(fc.sample(bodies, { seed, numRuns: 500 }).flatMap(({ body }) => body.map(({ op }) => op)));
  expect([...used].sort()).toEqual(["const", "load", ...supports.ops].sort());
});

test("the budget leaves few elements open", () => {
  const errors = fc.sample(any, { seed, numRuns: 200 }).flatMap((program) => {
    const after = budget(program, supports, contentsOf(program, 1));
    return program.slots.flatMap(({ binding }, slot) => (binding === undefined ? [] : Array.from(after[slot]!.errors)));
  });
  expect(errors.filter((error) => error === Infinity).length / errors.length).toBeLessThan(0.15);
});

test("sharing scratch never changes what a program computes", async () => {
  const backend = checked(await open());
  await fc.assert(
    fc.asyncProperty(any, fc.nat(), async (program, data) => {
      const less = shareScratch(program);
      check(less);
      const trial = await trialOf(backend, less);
      const contents = contentsOf(program, data);
      const got = await trial.run(contents);
      trial.destroy();
      try {
        judge(program, supports, contents, got);
      } catch (error) {
        throw new Error(print(less), { cause: error });
      }
    }),
    { numRuns: 300 },
  );
  const drawn = fc.sample(any, { seed, numRuns: 1000 });
  expect(drawn.filter((program) => shareScratch(program).slots.length < program.slots.length).length).toBeGreaterThan(5);
});

function tally<T>(examples: readonly T[], properties: Readonly<Record<string, (example: T) => boolean>>): Record<string, number> {
  return Object.fromEntries(Object.entries(properties).map(([name, has]) => [name, examples.filter(has).length]));
}
