import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instruction, Program, ScalarOp } from "../../backend.ts";
import { dense } from "../views.ts";
import { lower } from "./lower.ts";
import { binary, evaluate, unary } from "../running/scalar.ts";

const base: readonly ScalarOp[] = ["mul", "div", "floor", "exp", "log", "less", "select", "add"];
const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, -1e-300, 1e-9, 0.4999999, 0.5, 710, -710, -745, 1e300];
const numbers = fc.oneof(fc.constantFrom(...special), fc.double({ min: -30, max: 30 }), fc.double());

/** The program that applies one operation to two scalars. */
function applies(op: ScalarOp): Program {
  const last = (op === "select" ? { op, test: 0, x: 1, y: 0 } : op in unary ? { op, x: 0 } : { op, x: 0, y: 1 }) as Instruction;
  const body: Instruction[] = [{ op: "load", input: 0 }, { op: "load", input: 1 }, last];
  const slots = [0, 1, 2].map((binding) => ({ dtype: "f64" as const, length: 1, binding }));
  return {
    name: op,
    slots,
    steps: [{ kind: "map", shape: [], body, inputs: [dense(0, []), dense(1, [])], outputs: [{ view: dense(2, []), value: 2 }] }],
  };
}

function result({ steps }: Program, x: number, y: number, Values: typeof Float32Array | typeof Float64Array = Float64Array): number {
  const step = steps[0]!;
  if (step.kind !== "map") throw new Error("not a map");
  const values = new Values(step.body.length);
  evaluate(step.body, (input) => (input === 0 ? x : y), values);
  return values[step.outputs[0]!.value]!;
}

const ops = (program: Program): string[] =>
  program.steps.flatMap((step) => ("body" in step && step.kind !== "scan" ? step.body.map(({ op }) => op) : []));

test.each(["neg", "sub", "max", "min"] as const)("%s is lowered without any error, signed zero, infinity and NaN included", (op) => {
  const plain = applies(op);
  for (const some of [base, ["sub", "mul", "less", "select"], ["add", "mul", "min"], ["add", "mul", "max"], ["sub", "max"]] as const) {
    const lowered = lower(plain, some);
    expect(ops(lowered).every((used) => used === "const" || used === "load" || (some as readonly string[]).includes(used))).toBe(true);
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        const wanted = op === "neg" ? unary.neg(x) : binary[op](x, y);
        expect(result(lowered, x, y)).toBe(wanted);
      }),
    );
  }
});

test.each(["tanh", "sigmoid", "sqrt", "log1p", "expm1"] as const)("%s is lowered to within 4 ulp everywhere", (op) => {
  const lowered = lower(applies(op), base);
  expect(ops(lowered)).not.toContain(op);
  fc.assert(
    fc.property(numbers, (x) => {
      const [got, wanted] = [result(lowered, x, 0), unary[op](x)];
      if (!Number.isFinite(wanted)) expect(got).toBe(wanted);
      else expect(Math.abs(got - wanted)).toBeLessThanOrEqual(4 * 2 ** -52 * Math.abs(wanted) + 5e-324);
    }),
    { numRuns: 1000 },
  );
});

/** For |x| ≤ 10,000, as the contract has it; near multiples of ½π as well. */
const angles = fc.oneof(
  fc.constantFrom(0, -0, 5e-324, -1e-300, 1e-9, 10000, -10000, 0.5 * Math.PI, Math.PI, 1000 * Math.PI),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.double({ min: -10000, max: 10000, noNaN: true }),
  fc.integer({ min: -6000, max: 6000 }).map((k) => k * 0.5 * Math.PI),
);

test.each([
  ["sin", angles, 3],
  ["cos", angles, 3],
  ["erf", numbers, 2],
] as const)("%s is lowered to so many ulp, in float32 as well", (op, inputs, ulps) => {
  const lowered = lower(applies(op), base);
  expect(ops(lowered)).not.toContain(op);
  for (const [Values, ulp, least] of [
    [Float64Array, 2 ** -52, 5e-324],
    [Float32Array, 2 ** -23, 2 ** -149],
  ] as const)
    fc.assert(
      fc.property(inputs, (given) => {
        const [x] = Values.of(given) as Float64Array;
        const got = result(lowered, x!, 0, Values),
          wanted = unary[op](x!);
        if (Number.isNaN(wanted) || wanted === 0) expect(got).toBe(wanted);
        else expect(Math.abs(got - wanted)).toBeLessThanOrEqual(ulps * ulp * Math.abs(wanted) + least);
      }),
      { numRuns: 1000 },
    );
});

test("lowered sines and cosines are NaN of what is no number, and within −1 … 1 however far out", () => {
  for (const op of ["sin", "cos"] as const) {
    const lowered = lower(applies(op), base);
    for (const x of [NaN, Infinity, -Infinity]) expect(result(lowered, x, 0)).toBe(NaN);
    for (const x of [1e5, -1e9, 1e16, 1e300, -Number.MAX_VALUE]) expect(Math.abs(result(lowered, x, 0))).toBeLessThanOrEqual(1);
  }
});

test("a program within the operations is returned as it is, and results keep their places", () => {
  const plain = applies("tanh");
  expect(lower(plain, ["tanh"])).toBe(plain);
  const map = plain.steps[0]!;
  if (map.kind !== "map") throw new Error("not a map");
  const nested: Program = {
    ...plain,
    steps: [{ kind: "scan", length: 2, body: [{ ...map, outputs: [...map.outputs, { view: dense(2, []), value: 0 }] }] }],
  };
  const scan = lower(nested, base).steps[0]!;
  const inner = scan.kind === "scan" ? scan.body[0]! : scan;
  expect(inner.kind === "map" && inner.outputs.map(({ value }) => value)).toEqual([inner.kind === "map" && inner.body.length - 1, 0]);
});

test("an operation that nothing makes is unsupported", () => {
  expect(() => lower(applies("tanh"), ["add", "mul", "div"])).toThrow(expect.objectContaining({ code: "UNSUPPORTED", who: "tanh" }));
});
