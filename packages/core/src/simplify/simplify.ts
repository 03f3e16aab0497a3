// What every graph goes through before fission and again after.
import type { Node } from "../graph/node.ts";
import { accumulate } from "./accumulate.ts";
import { cse } from "./cse.ts";

export function simplify(roots: readonly Node[]): Node[] {
  return accumulate(cse(roots));
}
