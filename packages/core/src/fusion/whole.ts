// Which values of i32 a body has as a store would leave them: whole numbers of 32 bits. The others are stored before anything is computed with
// them, so that no number depends on what was fused.
import type { Node, Pointwise } from "../graph/node.ts";
import { toWhole } from "../dtypes/whole.ts";

/** Does a store to i32 change nothing of it? Operands are whole: they are loaded, or computed in the same body because they are. */
export function isWhole(node: Pointwise): boolean {
  switch (node.op) {
    case "less":
      return true;
    case "max":
    case "min":
      return node.args.every(isWholeOperand);
    case "select":
      return node.args.slice(1).every(isWholeOperand);
    case "copy":
    case "stop":
      return node.args[0]!.dtype === "i32";
    default:
      return isFlag(node);
  }
}

/** Numbers beside tensors may be anything. */
function isWholeOperand(x: Node): boolean {
  return x.kind !== "const" || toWhole(x.value) === x.value;
}

const known = new WeakMap<Node, boolean>();

/** 0 or 1 everywhere, as comparisons and what they are composed of. */
function isFlag(node: Node): boolean {
  const view = node.kind === "view" ? node.x : node;
  if (view.kind === "const") return view.value === 0 || view.value === 1;
  if (view.kind !== "pointwise") return false;
  const before = known.get(view);
  if (before !== undefined) return before;
  const is = view.op === "less" || composesFlags(view);
  known.set(view, is);
  return is;
}

function composesFlags({ op, args: [x, y, z] }: Pointwise): boolean {
  switch (op) {
    case "mul":
    case "max":
    case "min":
      return isFlag(x!) && isFlag(y!);
    case "select":
      return isFlag(y!) && isFlag(z!);
    case "sub": // 1 − x
      return x!.kind === "const" && x.value === 1 && isFlag(y!);
    default:
      return false;
  }
}
