// Rewrites bodies so that they use only the operations a backend has. One table says how each is made of others, and never at the price of accuracy.
import type { Instruction, Program, ScalarOp } from "../../backend.ts";
import { SluiceError } from "../../errors.ts";
import { mapKernels } from "../rewrite.ts";

/**
 * The same Program with the bodies of its maps and reduces written in `ops`, plus `const` and `load`.
 * Returns `program` itself if nothing needs it. Throws UNSUPPORTED for an operation that `ops` cannot make:
 * `mul`, `div`, `exp`, `log`, `less` and `select` are made of nothing else.
 */
export function lower(program: Program, ops: readonly ScalarOp[]): Program {
  const expansions = expansionsFor(ops);
  const lacking = new Set<ScalarOp>();
  const steps = mapKernels(program.steps, (kernel) => {
    if (!("body" in kernel) || kernel.body.every(({ op }) => op === "const" || op === "load" || ops.includes(op))) return kernel;
    for (const { op } of kernel.body) if (op !== "const" && op !== "load" && !ops.includes(op)) lacking.add(op);
    const { body, position } = lowerBody(program.name, kernel.body, expansions);
    return kernel.kind === "reduce"
      ? { ...kernel, body }
      : { ...kernel, body, outputs: kernel.outputs.map(({ view, value }) => ({ view, value: position[value]! })) };
  });
  return lacking.size === 0 ? program : { ...program, steps };
}

/** Appends one operation on earlier values, itself lowered; returns its position. */
type Emit = (op: ScalarOp | number, ...operands: readonly number[]) => number;

/** How to make an operation of others: what it needs, and the instructions. `emit(3.5)` is a constant. */
interface Expansion {
  readonly needs: readonly ScalarOp[];
  readonly make: (emit: Emit, x: number, y: number) => number;
}

/** Every operation, with its recipes in order of preference. Closed: a new operation does not compile without its row. */
const table: { readonly [O in ScalarOp]: readonly Expansion[] } = {
  // −x = −1·x keeps the sign of zero; so does −0 − x.
  neg: [
    { needs: ["mul"], make: (emit, x) => emit("mul", emit(-1), x) },
    { needs: ["sub"], make: (emit, x) => emit("sub", emit(-0), x) },
  ],
  add: [{ needs: ["sub", "neg"], make: (emit, x, y) => emit("sub", x, emit("neg", y)) }],
  sub: [{ needs: ["add", "neg"], make: (emit, x, y) => emit("add", x, emit("neg", y)) }],
  max: [
    { needs: ["min", "neg"], make: (emit, x, y) => emit("neg", emit("min", emit("neg", x), emit("neg", y))) },
    { needs: ["less", "select", "add"], make: max },
  ],
  min: [{ needs: ["max", "neg"], make: (emit, x, y) => emit("neg", emit("max", emit("neg", x), emit("neg", y))) }],
  log1p: [{ needs: ["log", "add", "sub", "mul", "div", "less", "select"], make: log1p }],
  expm1: [{ needs: ["exp", "log", "sub", "mul", "div", "less", "select"], make: expm1 }],
  sqrt: [{ needs: ["exp", "log", "add", "mul", "div", "less", "select"], make: sqrt }],
  tanh: [{ needs: ["exp", "neg", "add", "sub", "mul", "div", "max", "less", "select"], make: tanh }],
  sigmoid: [{ needs: ["exp", "neg", "add", "mul", "div", "max", "less", "select"], make: sigmoid }],
  exp: [],
  log: [],
  mul: [],
  div: [],
  less: [],
  select: [],
};

/** Zeros that are equal give their sum, which is −0 only if both are. A NaN in x passes by itself, as no comparison holds; all numbers y are below 1 or above 0. */
function max(emit: Emit, x: number, y: number): number {
  const equal = emit("select", x, x, emit("add", x, y));
  const value = emit("select", emit("less", x, y), y, emit("select", emit("less", y, x), x, equal));
  return emit("select", emit("add", emit("less", y, emit(1)), emit("less", emit(0), y)), value, y);
}

/**
 * With u = 1 + x as it is rounded, log u·(x/(u − 1)): what rounding took from u is missing in both log u and u − 1, nearly in proportion (Kahan;
 * Goldberg 1991, theorem 4). Where u is 1 it is x; where there is no number between, at −1 and at ∞, it is log u.
 */
function log1p(emit: Emit, x: number): number {
  const one = emit(1);
  const u = emit("add", one, x);
  const [far, distance] = [emit("log", u), emit("sub", u, one)];
  const near = emit("select", distance, emit("mul", far, emit("div", x, distance)), x);
  return emit("select", emit("mul", emit("less", emit(-1), x), emit("less", x, emit(Infinity))), near, far);
}

/** Likewise with u = e^x: (u − 1)·x / log u; x where u is 1, u − 1 where that is −1, or where log u is of no help. */
function expm1(emit: Emit, x: number): number {
  const u = emit("exp", x);
  const distance = emit("sub", u, emit(1));
  const near = emit("select", distance, emit("div", emit("mul", distance, x), emit("log", u)), x);
  return emit("select", emit("mul", emit("less", emit(-30), x), emit("less", x, emit(30))), near, distance);
}

/** e^(½ log x), then one step of Heron's method, which squares its relative error; 0, ∞, NaN and negative numbers are right without it. */
function sqrt(emit: Emit, x: number): number {
  const half = emit(0.5);
  const guess = emit("exp", emit("mul", half, emit("log", x)));
  const better = emit("mul", half, emit("add", guess, emit("div", x, guess)));
  return emit("select", emit("less", emit(0), x), emit("select", emit("less", x, emit(Infinity)), better, guess), guess);
}

// The ninth convergent of tanh x = x/(1 + x²/(3 + x²/(5 + …))) (Lambert 1768), divided by 34459425: relative error below 1e-18 for |x| < ½.
const above = [4729725, 135135, 990, 1].map((c) => c / 34459425);
const below = [16216200, 945945, 13860, 45].map((c) => c / 34459425);

/** (1 − e)/(1 + e) with e = e^(−2|x|), which never overflows but loses digits near 0; there Lambert's fraction. */
function tanh(emit: Emit, x: number): number {
  const one = emit(1);
  const negative = emit("neg", x);
  const size = emit("max", x, negative);
  const e = emit("exp", emit("mul", emit(-2), size));
  const far = emit("div", emit("sub", one, e), emit("add", one, e));
  const square = emit("mul", x, x);
  const series = (coefficients: readonly number[]): number =>
    emit(
      "add",
      one,
      coefficients.reduceRight((sum, c) => emit("mul", square, sum === -1 ? emit(c) : emit("add", emit(c), sum)), -1),
    );
  const near = emit("mul", x, emit("div", series(above), series(below)));
  return emit("select", emit("less", size, emit(0.5)), near, emit("select", emit("less", x, emit(0)), emit("neg", far), far));
}

/** With e = e^(−|x|): 1/(1 + e) from 0 up, e/(1 + e) below, which keeps its digits down to the smallest numbers. */
function sigmoid(emit: Emit, x: number): number {
  const one = emit(1);
  const e = emit("exp", emit("neg", emit("max", x, emit("neg", x))));
  return emit("div", emit("select", emit("less", x, emit(0)), e, one), emit("add", one, e));
}

/** Which recipe makes each operation: none if native, undefined if nothing makes it. What a recipe needs is always derived before it. */
function expansionsFor(ops: readonly ScalarOp[]): Map<ScalarOp, Expansion | "native"> {
  const known = new Map<ScalarOp, Expansion | "native">(ops.map((op) => [op, "native"]));
  for (let grew = true; grew;) {
    grew = false;
    for (const [op, recipes] of Object.entries(table) as [ScalarOp, readonly Expansion[]][]) {
      const recipe = known.has(op) ? undefined : recipes.find(({ needs }) => needs.every((need) => known.has(need)));
      if (recipe === undefined) continue;
      known.set(op, recipe);
      grew = true;
    }
  }
  return known;
}

function lowerBody(
  name: string,
  body: readonly Instruction[],
  recipes: ReadonlyMap<ScalarOp, Expansion | "native">,
): { body: Instruction[]; position: number[] } {
  const lowered: Instruction[] = [];
  const push = (instruction: Instruction): number => lowered.push(instruction) - 1;
  const emit: Emit = (op, x = 0, y = 0, z = 0) => {
    if (typeof op === "number") return push({ op: "const", value: op });
    const recipe = recipes.get(op);
    if (recipe === undefined)
      throw new SluiceError({ code: "UNSUPPORTED", who: name, what: `this backend has neither ${op} nor what makes it`, facts: { op } });
    return recipe === "native" ? push(native(op, x, y, z)) : recipe.make(emit, x, y);
  };
  const position: number[] = [];
  const at = (operand: number): number => position[operand]!;
  for (const instruction of body) position.push(relocate(instruction));
  return { body: lowered, position };

  function relocate(instruction: Instruction): number {
    if (instruction.op === "const" || instruction.op === "load") return push(instruction);
    if (instruction.op === "select") return emit("select", at(instruction.test), at(instruction.x), at(instruction.y));
    return "y" in instruction ? emit(instruction.op, at(instruction.x), at(instruction.y)) : emit(instruction.op, at(instruction.x));
  }
}

function native(op: ScalarOp, x: number, y: number, z: number): Instruction {
  switch (op) {
    case "select":
      return { op, test: x, x: y, y: z };
    case "neg":
    case "exp":
    case "log":
    case "log1p":
    case "expm1":
    case "sqrt":
    case "tanh":
    case "sigmoid":
      return { op, x };
    default:
      return { op, x, y };
  }
}
