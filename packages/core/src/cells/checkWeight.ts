// What a weight may be, before memory is asked for.
import { checkElements, record } from "../arguments/checks.ts";
import { options as only } from "../arguments/options.ts";
import { refused } from "../arguments/rules.ts";
import { anyInit } from "../arguments/anyInit.ts";
import { initNames, initWays, type Init } from "../arguments/init.ts";
import type { Weight } from "./cell.ts";

/** Throws INVALID_ARGUMENT for axes that are no sizes, too many elements, or a way to start that is none; `path` names the weight. */
export function checkWeight(who: string, { axes, init }: Weight, path: string): void {
  const weight = `weight ${path}`.trim();
  record(who, axes, `the axes of ${weight}`);
  const shape = Object.values(axes);
  checkElements(who, `the shape of ${weight}`, shape);
  checkInit(who, init, `the init of ${weight}`, shape, 0);
}

/** Blocks in blocks end where nobody writes any more, or where one holds itself. */
const deepest = 8;

function checkInit(who: string, init: Init, name: string, shape: readonly number[], depth: number): void {
  const given: unknown = init;
  for (const way of ["identity", "orthogonal"] as const)
    if (given === way || (typeof given === "object" && given !== null && way in given)) checkMatrix(who, { name, init, way }, shape);
  if (anyInit.accepts(given)) return;
  if (typeof given === "object" && given !== null) {
    only(who, given, { ...initWays, columns: true }, name);
    if ("columns" in given && Array.isArray(given.columns) && Object.keys(given).length === 1 && depth < deepest) {
      const blocks = given.columns as readonly Init[],
        columns = shape.at(-1) ?? 1;
      if (blocks.length === 0 || columns % blocks.length !== 0)
        throw refused(who, name, init, `as many equal blocks as divide ${columns} columns`);
      const block = [...shape.slice(0, -1), columns / blocks.length];
      blocks.forEach((one, k) => checkInit(who, one, `${name}.columns[${k}]`, block, depth + 1));
      return;
    }
  }
  throw refused(who, name, init, `${anyInit.expected}, or a record of columns`, initNames);
}

/** The identity is a matrix, and orthogonal are rows or columns. */
function checkMatrix(
  who: string,
  { name, init, way }: { readonly name: string; readonly init: Init; readonly way: "identity" | "orthogonal" },
  shape: readonly number[],
): void {
  if (shape.length === 2 || (way === "orthogonal" && shape.length > 2)) return;
  throw refused(who, name, init, `another than ${way}, which is a matrix's: the weight is [${shape.join(", ")}]`);
}
