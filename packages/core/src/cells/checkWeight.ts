// What a weight may be, before memory is asked for.
import { checkElements, record } from "../arguments/checks.ts";
import { options as only } from "../arguments/options.ts";
import { finite, refused } from "../arguments/rules.ts";
import type { Init } from "./init.ts";
import type { Weight } from "./cell.ts";

const named: readonly string[] = ["glorotUniform", "orthogonal", "zeros", "ones"];

/** Throws INVALID_ARGUMENT for axes that are no sizes, too many elements, or a way to start that is none; `path` names the weight. */
export function checkWeight(who: string, { axes, init }: Weight, path: string): void {
  const weight = `weight ${path}`.trim();
  record(who, axes, `the axes of ${weight}`);
  const shape = Object.values(axes);
  checkElements(who, `the shape of ${weight}`, shape);
  checkInit(who, init, `the init of ${weight}`, shape.at(-1) ?? 1, 0);
}

/** Blocks in blocks end where nobody writes any more, or where one holds itself. */
const deepest = 8;

function checkInit(who: string, init: Init, name: string, columns: number, depth: number): void {
  const given: unknown = init;
  if (typeof given === "string" && named.includes(given)) return;
  if (typeof given === "object" && given !== null) {
    only(who, given, { constant: true, uniform: true, columns: true }, name);
    if ("constant" in given && finite.accepts(given.constant)) return;
    if ("uniform" in given && finite.accepts(given.uniform)) return;
    if ("columns" in given && Array.isArray(given.columns) && depth < deepest) {
      const blocks = given.columns as readonly Init[];
      if (blocks.length === 0 || columns % blocks.length !== 0)
        throw refused(who, name, init, `as many equal blocks as divide ${columns} columns`);
      for (let k = 0; k < blocks.length; k++) checkInit(who, blocks[k]!, `${name}.columns[${k}]`, columns / blocks.length, depth + 1);
      return;
    }
  }
  throw refused(who, name, init, `one of ${named.join(", ")}, or a record of a finite constant, a finite uniform, or columns`, named);
}
