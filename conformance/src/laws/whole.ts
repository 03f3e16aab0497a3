// What every backend owes functions of whole numbers: an operation on i32 gives whole numbers of 32 bits before anything is computed with it,
// in the same kernel or in the next, wanted as a result or not.
import { add, maximum, minimum, mul, sub, type HostArray, type Operand, type Tensor } from "@sluice/core";
import { toWhole } from "@sluice/core/kit";
import fc from "fast-check";
import { type Law, property } from "../law.ts";
import { leaves } from "../tree.ts";
import { compiled } from "./compiled.ts";

/** `by` is the other operand: an argument, or a number beside it. */
interface Operation {
  readonly op: keyof typeof operations;
  readonly by: "y" | number;
}

/** One operation after the other: on x, and on what the first gives. */
interface Chain {
  readonly first: Operation;
  readonly second: Operation;
  /** Is what the first gives a result too? */
  readonly wanted: boolean;
  /** Is the largest of what the first gives what the second goes on with? */
  readonly folded: boolean;
}

type Rounding = (x: number) => number;

const operations = {
  add: { traced: add, compute: (x: number, y: number) => x + y },
  sub: { traced: sub, compute: (x: number, y: number) => x - y },
  mul: { traced: mul, compute: (x: number, y: number) => x * y },
  max: { traced: maximum, compute: Math.max },
  min: { traced: minimum, compute: Math.min },
} as const satisfies Readonly<Record<string, { traced: (x: Operand, y: Operand) => Tensor; compute: (x: number, y: number) => number }>>;

const operation: fc.Arbitrary<Operation> = fc.record({
  op: fc.constantFrom("add", "sub", "mul", "max", "min"),
  by: fc.constantFrom<Operation["by"]>("y", "y", 0.5, 2, -1.5),
});
const chain: fc.Arbitrary<Chain> = fc.record({ first: operation, second: operation, wanted: fc.boolean(), folded: fc.boolean() });

/** Of each some, in an order of its own: whole numbers that f32 has, so that every backend takes them. */
const values = fc.shuffledSubarray([0, 1, -1, 3, 7, 2 ** 20, 2 ** 24, 2 ** 30, -(2 ** 30), -(2 ** 31)], { minLength: 4, maxLength: 4 });

const run = compiled((structure: Chain) => ({ x, y }: { readonly x: Tensor; readonly y: Tensor }) => {
  const apply = ({ op, by }: Operation, to: Tensor): Tensor => operations[op].traced(to, by === "y" ? y : by);
  const made = apply(structure.first, x),
    last = apply(structure.second, structure.folded ? made.max() : made);
  return structure.wanted ? { made, last } : { last };
});

export const wholeLaw: Law = property(
  "whole: what an operation on i32 gives is whole and of 32 bits before anything is computed with it",
  fc.record({ structure: chain, x: values, y: values }),
  async (backend, { structure, x, y }) => {
    if (!backend.supports.dtypes.includes("i32")) return;
    const got = new Map(leaves(await run(backend, structure, { x: hosted(x), y: hosted(y) })));
    // Bodies of i32 may compute in f32 or in f64.
    const [single, double] = [Math.fround, (n: number) => n].map((round) => expected(structure, x, y, round));
    for (const [path, { data }] of got)
      data.forEach((value, i) => {
        const wanted = [single![path]![i]!, double![path]![i]!];
        if (!wanted.includes(value)) throw new Error(`${path}[${i}] should be ${[...new Set(wanted)].join(" or ")}, got ${value}`);
      });
  },
);

function expected({ first, second, folded }: Chain, x: readonly number[], y: readonly number[], round: Rounding): Record<string, number[]> {
  const apply = ({ op, by }: Operation, to: readonly number[]): number[] =>
    to.map((value, i) => toWhole(round(operations[op].compute(round(value), round(by === "y" ? y[i]! : by)))));
  const made = apply(first, x),
    most = Math.max(...made);
  return { made, last: apply(second, folded ? made.map(() => most) : made) };
}

function hosted(values: readonly number[]): HostArray {
  return { dtype: "i32", shape: [values.length], data: Int32Array.from(values) };
}
