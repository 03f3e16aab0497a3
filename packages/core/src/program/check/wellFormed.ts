// Is it a Program at all? What other checks read is there and of the type they read it as.
import type { Program } from "../../backend.ts";
import { show } from "../../arguments/show.ts";
import { SluiceError } from "../../errors.ts";

/** Throws ILLEGAL_PROGRAM, naming the field: `steps[2].body[1].output.strides`. */
export function checkForm(program: Program): void {
  const all = fields(program, "program"),
    slots = list(all["slots"], "slots");
  text(all["name"], "name");
  slots.forEach((slot, at) => number(fields(slot, `slots[${at}]`)["length"], `slots[${at}].length`));
  checkSteps(all["steps"], "steps", 0);
}

/** Deeper than loops nest, unless one holds itself. */
const maxScanDepth = 100;

function checkSteps(value: unknown, path: string, depth: number): void {
  if (depth > maxScanDepth) throw malformed("steps", `loops nested at most ${maxScanDepth} deep`, value);
  list(value, path).forEach((each, at) => {
    const here = `${path}[${at}]`,
      step = fields(each, here);
    text(step["kind"], `${here}.kind`);
    if (step["kind"] === "scan") {
      number(step["length"], `${here}.length`);
      checkSteps(step["body"], `${here}.body`, depth + 1);
    } else checkKernel(step, here);
  });
}

const viewsOf: Readonly<Record<string, readonly string[]>> = {
  map: [],
  reduce: ["output"],
  matmul: ["a", "b", "out"],
  gather: ["table", "index", "out"],
  scatter: ["source", "index", "out"],
};

/** Of an unknown kind `check` itself will say so. */
function checkKernel(step: Readonly<Record<string, unknown>>, here: string): void {
  const kind = step["kind"] as string; // seen above
  if (!Object.hasOwn(viewsOf, kind)) return;
  for (const role of viewsOf[kind]!) checkView(step[role], `${here}.${role}`);
  if (kind !== "map" && kind !== "reduce") return;
  numbers(step["shape"], `${here}.shape`);
  list(step["inputs"], `${here}.inputs`).forEach((view, at) => checkView(view, `${here}.inputs[${at}]`));
  list(step["body"], `${here}.body`).forEach((one, at) => text(fields(one, `${here}.body[${at}]`)["op"], `${here}.body[${at}].op`));
  if (kind === "map")
    list(step["outputs"], `${here}.outputs`).forEach((output, at) =>
      checkView(fields(output, `${here}.outputs[${at}]`)["view"], `${here}.outputs[${at}].view`),
    );
}

function checkView(value: unknown, path: string): void {
  const view = fields(value, path);
  number(view["slot"], `${path}.slot`);
  number(view["offset"], `${path}.offset`);
  for (const key of ["shape", "strides", "advance"]) numbers(view[key], `${path}.${key}`);
}

function fields(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw malformed(path, "a record", value);
}

function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return Array.from(value); // holes become undefined
  throw malformed(path, "a list", value);
}

function numbers(value: unknown, path: string): void {
  list(value, path).forEach((n, at) => number(n, `${path}[${at}]`));
}

function number(value: unknown, path: string): void {
  if (typeof value !== "number") throw malformed(path, "a number", value);
}

function text(value: unknown, path: string): void {
  if (typeof value !== "string") throw malformed(path, "a text", value);
}

function malformed(path: string, expected: string, value: unknown): SluiceError {
  return new SluiceError({
    code: "ILLEGAL_PROGRAM",
    who: "check",
    what: `${path} must be ${expected}, got ${show(value)}`,
    facts: { path },
  });
}
