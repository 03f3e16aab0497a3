// Bodies: every operand is an earlier instruction, every load an input, every stored value an instruction.
import type { BinaryOp, Instruction, MapStep, Program, ReduceStep, ScalarOp, UnaryOp } from "../backend.ts";
import { illegal } from "./check/site.ts";
import type { Site } from "./uses.ts";

export function checkBody(program: Program, site: Site, kernel: MapStep | ReduceStep): void {
  const { body, inputs } = kernel;
  const below = (at: number, limit: number): boolean => Number.isSafeInteger(at) && at >= 0 && at < limit;
  const wrong = (at: number, what: string): never => {
    throw illegal(program, site, `instruction ${at} (${String(body[at]?.op)}) ${what}`, { instruction: at });
  };
  body.forEach((instruction, at) => {
    if (!Object.hasOwn(arity, instruction.op)) wrong(at, `is none of ${Object.keys(arity).join(", ")}`);
    if (instruction.op === "const" && typeof instruction.value !== "number") wrong(at, `has the value ${String(instruction.value)}`);
    if (instruction.op === "load" && !below(instruction.input, inputs.length))
      wrong(at, `loads input ${instruction.input} of ${inputs.length}`);
    for (const operand of operandsOf(instruction))
      if (!below(operand, at)) wrong(at, `takes instruction ${operand}; operands are earlier ones`);
  });
  if (body.length === 0) throw illegal(program, site, "a body has at least one instruction");
  if (kernel.kind === "map")
    kernel.outputs.forEach(({ value }, at) => {
      if (!below(value, body.length))
        throw illegal(program, site, `output ${at} stores instruction ${value} of ${body.length}`, { output: at, value });
    });
}

/** The earlier instructions that an instruction takes, in order. */
export function operandsOf(instruction: Instruction): readonly number[] {
  if (instruction.op === "select") return [instruction.test, instruction.x, instruction.y];
  if ("y" in instruction) return [instruction.x, instruction.y];
  return "x" in instruction ? [instruction.x] : [];
}

/** How many operands each instruction takes. */
export const arity = {
  ...{ const: 0, load: 0 },
  ...({ neg: 1, floor: 1, exp: 1, log: 1, log1p: 1, expm1: 1, sqrt: 1, tanh: 1, sigmoid: 1, sin: 1, cos: 1, erf: 1 } satisfies Record<
    UnaryOp,
    1
  >),
  ...({ add: 2, sub: 2, mul: 2, div: 2, max: 2, min: 2, less: 2 } satisfies Record<BinaryOp, 2>),
  ...({ select: 3 } satisfies Record<Exclude<ScalarOp, UnaryOp | BinaryOp>, 3>),
} as const;

/** Every scalar operation: what a backend `supports` that has a native form of each. */
export const scalarOps: readonly ScalarOp[] = (Object.keys(arity) as (keyof typeof arity)[]).filter(
  (op) => op !== "const" && op !== "load",
);
