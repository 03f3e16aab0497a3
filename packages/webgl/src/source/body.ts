// A body as lines of a kernel: `v0`, `v1`, … for its instructions, those that nothing needs left out.
import type { BinaryOp, Instruction, UnaryOp } from "@sluice/core";
import { operandsOf } from "@sluice/core/kit";

export interface BodyLines {
  readonly lines: readonly string[];
  /** The inputs that are really loaded. */
  readonly loaded: ReadonlySet<number>;
  /** Whether a constant is not finite, so that the kernel needs `inf` and `nan`. */
  readonly specials: boolean;
}

/** The instructions that `wanted` ones need; `load` gives the text that reads an input. */
export function bodyLines(body: readonly Instruction[], wanted: readonly number[], load: (input: number) => string): BodyLines {
  const needed = neededBy(body, wanted);
  const loaded = new Set<number>();
  let specials = false;
  const lines = body.flatMap((instruction, at) => {
    if (!needed.has(at)) return [];
    if (instruction.op === "load") loaded.add(instruction.input);
    if (instruction.op === "const") specials ||= !Number.isFinite(Math.fround(instruction.value));
    return [`const v${at} = ${expression(instruction, load)};`];
  });
  return { lines, loaded, specials };
}

/** The inputs that a body loads for these results. */
export function loadsOf(body: readonly Instruction[], wanted: readonly number[]): Set<number> {
  const needed = neededBy(body, wanted);
  return new Set(body.flatMap((instruction, at) => (needed.has(at) && instruction.op === "load" ? [instruction.input] : [])));
}

function neededBy(body: readonly Instruction[], wanted: readonly number[]): Set<number> {
  const needed = new Set(wanted);
  for (let at = body.length - 1; at >= 0; at--) if (needed.has(at)) for (const operand of operandsOf(body[at]!)) needed.add(operand);
  return needed;
}

function expression(instruction: Instruction, load: (input: number) => string): string {
  switch (instruction.op) {
    case "const":
      return literal(instruction.value);
    case "load":
      return load(instruction.input);
    case "select":
      return `sluiceSelect(v${instruction.test}, v${instruction.x}, v${instruction.y})`;
    default:
      return "y" in instruction
        ? binary[instruction.op](`v${instruction.x}`, `v${instruction.y}`)
        : unary[instruction.op](`v${instruction.x}`);
  }
}

const unary: { readonly [O in UnaryOp]: (x: string) => string } = {
  neg: (x) => `-${x}`,
  floor: (x) => `Math.floor(${x})`,
  exp: (x) => `sluiceExp(${x})`,
  log: (x) => `sluiceLog(${x})`,
  log1p: (x) => `sluiceLog1p(${x})`,
  expm1: (x) => `sluiceExpm1(${x})`,
  sqrt: (x) => `Math.sqrt(${x})`,
  tanh: (x) => `sluiceTanh(${x})`,
  sigmoid: (x) => `sluiceSigmoid(${x})`,
  sin: (x) => `sluiceSin(${x})`,
  cos: (x) => `sluiceCos(${x})`,
  erf: (x) => `sluiceErf(${x})`,
};

const binary: { readonly [O in BinaryOp]: (x: string, y: string) => string } = {
  add: (x, y) => `${x} + ${y}`,
  sub: (x, y) => `${x} - ${y}`,
  mul: (x, y) => `${x} * ${y}`,
  div: (x, y) => `${x} / ${y}`,
  max: (x, y) => `sluiceMax(${x}, ${y})`,
  min: (x, y) => `sluiceMin(${x}, ${y})`,
  less: (x, y) => `sluiceLess(${x}, ${y})`,
};

/** A number as float32 has it. What is no number, or infinite, is an argument. */
function literal(value: number): string {
  const number = Math.fround(value);
  if (Number.isNaN(number)) return "nan";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  return Object.is(number, -0) ? "-0" : `${number}`;
}
