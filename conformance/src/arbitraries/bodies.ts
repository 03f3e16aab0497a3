// Bodies: every operation, values used never, once and often, constants, and results that are no number now and then.
import type { BinaryOp, Instruction, UnaryOp } from "@sluice/core";
import { type Choices, decided } from "./choices.ts";

/** Bodies over up to three inputs. */
export const bodies = decided((choose) => {
  const inputs = choose.below(4);
  return { inputs, body: bodyOf(choose, inputs) };
});

/** A body that loads each of `inputs` and ends on some value made of them. */
export function bodyOf(choose: Choices, inputs: number): Instruction[] {
  const body: Instruction[] = Array.from({ length: inputs }, (_, input) => ({ op: "load", input }));
  if (inputs === 0 || choose.once(4)) body.push(constant(choose));
  for (let left = choose.below(7); left > 0; left--) append(choose, body);
  return body;
}

/** A body whose values are whole numbers below 2²⁴, for i32: the inputs are small whole numbers. */
export function wholeBody(choose: Choices, inputs: number): Instruction[] {
  const body: Instruction[] = Array.from({ length: inputs }, (_, input) => ({ op: "load", input }));
  if (inputs === 0 || choose.once(4)) body.push({ op: "const", value: choose.pick([1, 0, -3, 7]) });
  for (let left = choose.below(4); left > 0; left--) {
    const x = earlier(choose, body);
    body.push(binary(choose.pick(["add", "sub", "max", "min", "less"]), x, other(choose, body, x)));
  }
  return body;
}

const calm: readonly UnaryOp[] = ["neg", "tanh", "sigmoid", "floor", "sin", "cos", "erf"];
const plain: readonly BinaryOp[] = ["add", "mul", "sub", "max", "min", "less"];
const wild: readonly (UnaryOp | "div")[] = ["exp", "log", "log1p", "expm1", "sqrt", "div"];

function append(choose: Choices, body: Instruction[]): void {
  const push = (instruction: Instruction): number => body.push(instruction) - 1;
  const x = earlier(choose, body);
  const kind = choose.below(8);
  if (kind < 3) push(binary(choose.pick(plain), x, other(choose, body, x)));
  else if (kind < 5) push({ op: choose.pick(calm), x });
  else if (kind === 5) choice(choose, push, body, x);
  else if (choose.once(4)) push(bare(choose.pick(wild), x, other(choose, body, x)));
  else tamed(choose, push, x);
}

/** A select whose test is a comparison half of the time. */
function choice(choose: Choices, push: (instruction: Instruction) => number, body: readonly Instruction[], x: number): void {
  const [y, z] = [other(choose, body, x), earlier(choose, body)];
  push({ op: "select", test: choose.once(2) ? push({ op: "less", x: z, y: other(choose, body, z) }) : z, x, y });
}

/** Operations with poles and overflow, as they come. */
function bare(op: UnaryOp | "div", x: number, y: number): Instruction {
  return op === "div" ? { op, x, y } : { op, x };
}

/** The same ones where they are defined and moderate: 1 + x² is at least 1, tanh at most. */
function tamed(choose: Choices, push: (instruction: Instruction) => number, x: number): void {
  const op = choose.pick(wild);
  if (op === "exp" || op === "expm1") {
    push({ op, x: push({ op: "tanh", x }) });
    return;
  }
  const positive = push({ op: "add", x: push({ op: "mul", x, y: x }), y: push({ op: "const", value: 1 }) });
  push(bare(op, op === "div" ? x : positive, positive));
}

function binary(op: BinaryOp, x: number, y: number): Instruction {
  return { op, x, y };
}

function constant(choose: Choices): Instruction {
  return { op: "const", value: choose.pick([1, 0.5, -2, 0, 0.1, 3]) };
}

/** Some value so far: the last one half of the time. */
function earlier(choose: Choices, body: readonly Instruction[]): number {
  return choose.once(2) ? choose.below(body.length) : body.length - 1;
}

/** Some value so far, another than x where there is one. */
function other(choose: Choices, body: readonly Instruction[], x: number): number {
  return body.length === 1 ? 0 : (x + 1 + choose.below(body.length - 1)) % body.length;
}
