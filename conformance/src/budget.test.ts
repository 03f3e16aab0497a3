import type { Instruction, Program, Supports } from "@sluice/core";
import { binary, dense, unary } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bodies } from "./arbitraries/bodies.ts";
import { budget } from "./budget.ts";

const supports: Pick<Supports, "accuracy" | "keeps"> = {
  accuracy: { exp: 1, log: 1, log1p: 1, expm1: 1, sqrt: 0.5, tanh: 1, sigmoid: 3, sin: 1, cos: 1, erf: 1, div: 0.5, sum: 0.5 },
  keeps: { nan: true, infinity: true, denormals: true, signedZeros: true },
};
const numbers = fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround);

/** A map of f32 scalars: every value of the body is stored. */
function storing(body: readonly Instruction[], inputs: number): Program {
  const slots = Array.from({ length: inputs + 1 }, (_, binding) => ({
    dtype: "f32" as const,
    length: binding < inputs ? 1 : body.length,
    binding,
  }));
  const outputs = body.map((_, value) => ({ view: dense(inputs, [], { offset: value }), value }));
  return {
    name: "map",
    slots,
    steps: [{ kind: "map", shape: [], body, inputs: slots.slice(0, inputs).map((_, slot) => dense(slot, [])), outputs }],
  };
}

/** A machine that rounds every instruction to f32. */
function rounded(body: readonly Instruction[], inputs: readonly number[]): number[] {
  const v: number[] = [];
  for (const i of body) {
    if (i.op === "const") v.push(Math.fround(i.value));
    else if (i.op === "load") v.push(inputs[i.input]!);
    else if (i.op === "select") v.push(v[i.test] !== 0 ? v[i.x]! : v[i.y]!);
    else v.push(Math.fround("y" in i ? binary[i.op](v[i.x]!, v[i.y]!) : unary[i.op](v[i.x]!)));
  }
  return v;
}

test("a machine that rounds every instruction to f32 stays within the budget", () => {
  let tight = 0;
  fc.assert(
    fc.property(bodies, fc.array(numbers, { minLength: 3, maxLength: 3 }), ({ inputs, body }, data) => {
      const program = storing(body, inputs);
      const contents = [...data.slice(0, inputs).map((x) => Float32Array.of(x)), new Float32Array(body.length)];
      const { values, errors } = budget(program, supports, contents)[inputs]!;
      rounded(body, data).forEach((got, at) => {
        if (errors[at] === Infinity) return;
        if (!Number.isFinite(values[at])) return expect(got).toBe(values[at]);
        const off = Math.abs(got - values[at]!);
        expect(off).toBeLessThanOrEqual(errors[at]!);
        if (off > errors[at]! / 4) tight++;
      });
    }),
    { numRuns: 1000 },
  );
  expect(tight).toBeGreaterThan(10); // the bound is no mere formality
});

test("whole numbers, copies and comparisons have no error, and what rounding decides may go both ways", () => {
  const after = (body: Instruction[], ...data: number[]) => {
    const { values, errors } = budget(storing(body, data.length), supports, [
      ...data.map((x) => Float32Array.of(x)),
      new Float32Array(body.length),
    ])[data.length]!;
    return [values.at(-1), errors.at(-1)];
  };
  const loads: Instruction[] = [
    { op: "load", input: 0 },
    { op: "load", input: 1 },
  ];
  expect(after([...loads, { op: "add", x: 0, y: 1 }], 3, 4)).toEqual([7, 0]);
  expect(after([...loads, { op: "less", x: 0, y: 1 }], 0.5, 0.5)).toEqual([0, 0]);
  const thirds: Instruction[] = [...loads, { op: "div", x: 0, y: 1 }, { op: "mul", x: 2, y: 1 }, { op: "less", x: 3, y: 0 }];
  expect(after(thirds, 1, 3)[1]).toBe(1); // 1/3·3 < 1 ?
  expect(after([...loads, { op: "div", x: 0, y: 1 }], 1, 0)[1]).toBe(Infinity);
});

test("what a sigmoid carries of its argument's error stays in proportion to it, however near to 0 it is", () => {
  const [at, third] = [-60, Math.fround(1 / 3)];
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "load", input: 1 },
    { op: "mul", x: 0, y: 1 },
    { op: "sigmoid", x: 2 },
  ];
  const { values, errors } = budget(storing(body, 2), supports, [Float32Array.of(3 * at), Float32Array.of(third), new Float32Array(4)])[2]!;
  expect(errors[3]! / values[3]!).toBeGreaterThan(errors[2]! / 2);
  expect(errors[3]! / values[3]!).toBeLessThan(errors[2]! + 1e-6);
});

test("the root of what may lie below zero may be anything", () => {
  const body: Instruction[] = [
    { op: "const", value: 0 },
    { op: "load", input: 0 },
    { op: "add", x: 0, y: 1 }, // whether it is below itself is open
    { op: "less", x: 2, y: 1 },
    { op: "less", x: 2, y: 3 },
    { op: "select", test: 4, x: 1, y: 0 },
    { op: "sqrt", x: 5 },
    { op: "sqrt", x: 2 },
  ];
  const errorsOf = (x: number): number[] => [...budget(storing(body, 1), supports, [Float32Array.of(x), new Float32Array(8)])[1]!.errors];
  expect(errorsOf(-0.3)[6]).toBe(Infinity);
  expect(errorsOf(0.3)[7]).toBeLessThan(1e-6);
});

test("sums and products are bounded by the size of their terms, however they cancel", () => {
  const slots = [0, 1, 2].map((binding) => ({ dtype: "f32" as const, length: 4, binding }));
  const ones = Float32Array.of(1, 1, 1, 1);
  const large = Float32Array.of(2 ** 20, -(2 ** 20), 0.1, 0);
  const product: Program = {
    name: "p",
    slots,
    steps: [{ kind: "matmul", a: dense(0, [1, 4]), b: dense(1, [4, 1]), out: dense(2, [1, 1]), accumulate: false }],
  };
  const { values, errors } = budget(product, supports, [large, ones, new Float32Array(4)])[2]!;
  expect(values[0]).toBeCloseTo(0.1, 7);
  expect(errors[0]).toBeGreaterThan(0.05); // f32 keeps 2²⁰ + 0.1 to a sixteenth
  expect(errors[0]).toBeLessThan(2);
});

test("what is looked up or added at an index that is open is open itself", () => {
  const flushing: typeof supports = { ...supports, keeps: { ...supports.keeps, denormals: false } };
  // Where denormals may count as 0, whether 0 is below a maximum of zeros is open.
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "less", x: 0, y: 0 },
    { op: "max", x: 1, y: 0 },
    { op: "less", x: 0, y: 2 },
  ];
  const program: Program = {
    name: "indices",
    slots: [
      { dtype: "i32", length: 1, binding: 0 },
      { dtype: "i32", length: 1 },
      { dtype: "f32", length: 2, binding: 1 },
      { dtype: "f32", length: 1, binding: 2 },
      { dtype: "f32", length: 2, binding: 3 },
    ],
    steps: [
      { kind: "map", shape: [1], body, inputs: [dense(0, [1])], outputs: [{ view: dense(1, [1]), value: 3 }] },
      { kind: "gather", table: dense(2, [2, 1]), index: dense(1, [1]), out: dense(3, [1, 1]) },
      { kind: "scatter", source: dense(3, [1, 1]), index: dense(1, [1]), out: dense(4, [2, 1]) },
    ],
  };
  const contents = [Int32Array.of(0), Float32Array.of(1, 2), new Float32Array(1), new Float32Array(2)];
  const openOf = (given: typeof supports): boolean[] =>
    budget(program, given, contents)
      .slice(1)
      .flatMap(({ errors }) => [...errors].map((error) => error === Infinity));
  expect(openOf(flushing)).toEqual([true, false, false, true, true, true]);
  expect(openOf(supports)).toEqual([false, false, false, false, false, false]);
});
