// What every graph goes through before fission and again after.
import type { Node } from "../graph/node.ts";
import { accumulate } from "./accumulate.ts";
import { cse } from "./cse.ts";
import { mergeFolds } from "./folds.ts";

export function simplify(roots: readonly Node[]): Node[] {
  return mergeFolds(accumulate(cse(roots)));
}
