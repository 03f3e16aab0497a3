// Rewrites bodies so that they use only the operations a backend has, each of the others made as recipes.ts says.
import type { Instruction, Program, ScalarOp } from "../../backend.ts";
import { SluiceError } from "../../errors.ts";
import { mapKernels } from "../rewrite.ts";
import { type Emit, type Recipe, recipes } from "./recipes.ts";

/**
 * The same Program with the bodies of its maps and reduces written in `ops`, plus `const` and `load`.
 * Returns `program` itself if nothing needs it. Throws UNSUPPORTED for an operation that `ops` cannot make:
 * `mul`, `div`, `floor`, `exp`, `log`, `less` and `select` are made of nothing else.
 */
export function lower(program: Program, ops: readonly ScalarOp[]): Program {
  const known = recipesFor(ops);
  const lacking = new Set<ScalarOp>();
  const steps = mapKernels(program.steps, (kernel) => {
    if (!("body" in kernel) || kernel.body.every(({ op }) => op === "const" || op === "load" || ops.includes(op))) return kernel;
    for (const { op } of kernel.body) if (op !== "const" && op !== "load" && !ops.includes(op)) lacking.add(op);
    const { body, position } = lowerBody(program.name, kernel.body, known);
    return kernel.kind === "reduce"
      ? { ...kernel, body }
      : { ...kernel, body, outputs: kernel.outputs.map(({ view, value }) => ({ view, value: position[value]! })) };
  });
  return lacking.size === 0 ? program : { ...program, steps };
}

/** Which recipe makes each operation: none if native, undefined if nothing makes it. What a recipe needs is always derived before it. */
function recipesFor(ops: readonly ScalarOp[]): Map<ScalarOp, Recipe | "native"> {
  const known = new Map<ScalarOp, Recipe | "native">(ops.map((op) => [op, "native"]));
  for (let grew = true; grew;) {
    grew = false;
    for (const [op, ways] of Object.entries(recipes) as [ScalarOp, readonly Recipe[]][]) {
      const recipe = known.has(op) ? undefined : ways.find(({ needs }) => needs.every((need) => known.has(need)));
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
  known: ReadonlyMap<ScalarOp, Recipe | "native">,
): { body: Instruction[]; position: number[] } {
  const lowered: Instruction[] = [];
  const push = (instruction: Instruction): number => lowered.push(instruction) - 1;
  const emit: Emit = (op, x = 0, y = 0, z = 0) => {
    if (typeof op === "number") return push({ op: "const", value: op });
    const recipe = known.get(op);
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
    case "floor":
    case "exp":
    case "log":
    case "log1p":
    case "expm1":
    case "sqrt":
    case "tanh":
    case "sigmoid":
    case "sin":
    case "cos":
    case "erf":
      return { op, x };
    default:
      return { op, x, y };
  }
}
