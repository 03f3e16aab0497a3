import type { Instruction, UnaryOp } from "@sluice/core";
import { dense, unary } from "@sluice/core/kit";
import { expect, test } from "vitest";
import { harness } from "../kernels/testing/harness.ts";

/** In ulp of the exact result; `npm run accuracy` measures them over all float32. */
const bounds = { exp: 1, log: 1, log1p: 1, expm1: 2, tanh: 2, sigmoid: 2, sin: 2.5, cos: 2.5, erf: 2.5, sqrt: 0.5 } as const;
type Function = keyof typeof bounds;
const functions = Object.keys(bounds) as Function[];

/** Every 4,099th float32: a prime, so that all exponents and the low bits of fractions come up. */
const sample = new Float32Array(Uint32Array.from({ length: Math.floor(2 ** 32 / 4099) }, (_, i) => i * 4099).buffer);
const [tiny, least, most] = [2 ** -149, 2 ** -126, (2 - 2 ** -23) * 2 ** 127];

test.each(functions)(
  "%s is within its bound on every float32 of a sample, and exactly rounded where the result is 0 or no number",
  (op) => {
    const results = evaluate(op, sample);
    const worst = { error: 0, x: NaN };
    results.forEach((got, i) => {
      if (isAngle(op) && Math.abs(sample[i]!) > 10_000) return; // as the contract has it
      const error = errorOf(got, unary[op](sample[i]!));
      if (error > worst.error) Object.assign(worst, { error, x: sample[i] });
    });
    expect(worst).toSatisfy(({ error }: typeof worst) => error <= bounds[op]);
  },
);

test("sin and cos are numbers from −1 to 1 of every number, and NaN of none", () => {
  for (const op of ["sin", "cos"] as const) {
    const wrong = evaluate(op, sample).findIndex((y, i) => (Number.isFinite(sample[i]) ? !(Math.abs(y) <= 1) : !Number.isNaN(y)));
    expect(wrong).toBe(-1);
  }
});

test("zeros keep their signs, infinities and NaN come through, and functions reach their limits exactly where they should", () => {
  const cases: { readonly [F in Function]: { readonly x: readonly number[]; readonly y: readonly number[] } } = {
    exp: {
      x: [0, -0, Infinity, -Infinity, NaN, 89, most, -104, -most, tiny, -103.9],
      y: [1, 1, Infinity, 0, NaN, Infinity, Infinity, 0, 0, 1, tiny],
    },
    log: { x: [1, 0, -0, Infinity, -Infinity, NaN, -tiny, -1], y: [0, -Infinity, -Infinity, Infinity, NaN, NaN, NaN, NaN] },
    log1p: {
      x: [0, -0, -1, Infinity, -Infinity, NaN, -1 - 2 ** -23, most, tiny, -tiny, 2 ** -30, -(2 ** -30)],
      y: [0, -0, -Infinity, Infinity, NaN, NaN, NaN, Math.fround(Math.log1p(most)), tiny, -tiny, 2 ** -30, -(2 ** -30)],
    },
    expm1: {
      x: [0, -0, Infinity, -Infinity, NaN, 89, most, -20, -most, tiny, -tiny, 2 ** -30, -(2 ** -30)],
      y: [0, -0, Infinity, -1, NaN, Infinity, Infinity, -1, -1, tiny, -tiny, 2 ** -30, -(2 ** -30)],
    },
    tanh: { x: [0, -0, Infinity, -Infinity, NaN, 20, -most, tiny, -tiny, least], y: [0, -0, 1, -1, NaN, 1, -1, tiny, -tiny, least] },
    sigmoid: { x: [0, -0, Infinity, -Infinity, NaN, 20, most, -105, -most, tiny, -103.2], y: [0.5, 0.5, 1, 0, NaN, 1, 1, 0, 0, 0.5, tiny] },
    sin: { x: [0, -0, Infinity, -Infinity, NaN, tiny, -tiny, least], y: [0, -0, NaN, NaN, NaN, tiny, -tiny, least] },
    cos: { x: [0, -0, Infinity, -Infinity, NaN, tiny], y: [1, 1, NaN, NaN, NaN, 1] },
    erf: { x: [0, -0, Infinity, -Infinity, NaN, 4, -most, 3.92, tiny, -tiny], y: [0, -0, 1, -1, NaN, 1, -1, 1, tiny, -tiny] },
    sqrt: { x: [0, -0, Infinity, -1, NaN, 4], y: [0, -0, Infinity, NaN, NaN, 2] },
  };
  for (const op of functions) expect({ op, y: [...evaluate(op, Float32Array.from(cases[op].x))] }).toEqual({ op, y: cases[op].y });
});

test.each(["tanh", "sigmoid", "erf"] as const)("%s never leaves its range, and falls by rounding at most where its operand grows", (op) => {
  const ascending = Float32Array.from({ length: 400_000 }, (_, i) => (i - 200_000) / 1900);
  const results = evaluate(op, ascending);
  const limits = op === "sigmoid" ? [0, 1] : [-1, 1];
  expect(results.every((y) => y >= limits[0]! && y <= limits[1]!)).toBe(true);
  const falls = results.findIndex((y, i) => i > 0 && results[i - 1]! - y > 2 ** -23 * Math.abs(y));
  expect(falls).toBe(-1);
});

test.each(functions)("%s gives the last elements of a row the same bits as all others", (op) => {
  const inputs = Float32Array.from({ length: 7 }, (_, i) => 0.37 * i + 0.1);
  const [seven, eight] = [evaluate(op, inputs), evaluate(op, Float32Array.of(...inputs, 1))];
  expect(seven).toEqual(eight.subarray(0, 7));
});

function isAngle(op: Function): boolean {
  return op === "sin" || op === "cos";
}

function evaluate(op: UnaryOp, inputs: Float32Array): Float32Array {
  const shape = [inputs.length];
  const body: readonly Instruction[] = [
    { op: "load", input: 0 },
    { op, x: 0 },
  ];
  const slots = [0, 1].map((binding) => ({ dtype: "f32", length: inputs.length, binding }) as const);
  const step = { kind: "map", shape, body, inputs: [dense(0, shape)], outputs: [{ view: dense(1, shape), value: 1 }] } as const;
  const { slots: memory, run } = harness(slots, step);
  memory[0]!.set(inputs);
  run();
  return memory[1] as Float32Array;
}

/** The distance in units of the last place of a float32 at the exact value; infinite where only one of both is NaN or infinite. */
function errorOf(got: number, want: number): number {
  const rounded = Math.fround(want);
  if (want === 0 || !Number.isFinite(rounded)) return Object.is(got, rounded) ? 0 : Infinity;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(want))));
  const error = Math.abs(got - want) / 2 ** (exponent - 23);
  return Number.isNaN(error) ? Infinity : error;
}
