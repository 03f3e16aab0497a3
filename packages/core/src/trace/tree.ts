// Records and lists of anything, nested: how weights, states and results are passed around.
import { checkFunction } from "../arguments/checks.ts";
import { SluiceError } from "../errors.ts";

/** A leaf, or a list or record of trees. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** Deeper than anyone nests records and lists, unless one holds itself. */
const deepest = 100;

/**
 * The same tree with every leaf mapped. `path` is how one would write the way to the leaf: "wx", "forward.wx", "0.b".
 * Throws INVALID_ARGUMENT for records and lists nested more than 100 deep, as one within itself is.
 */
export function mapTree(
  tree: unknown,
  isLeaf: (value: unknown) => boolean,
  visit: (leaf: unknown, path: string) => unknown,
  path = "",
): unknown {
  checkFunction("mapTree", "isLeaf", isLeaf);
  checkFunction("mapTree", "visit", visit);
  return walk(tree, path, 0);

  function walk(node: unknown, path: string, depth: number): unknown {
    if (isLeaf(node)) return visit(node, path);
    if (!isTree(node)) return visit(node, path);
    if (depth > deepest) throw tooDeep(path);
    const below = (key: string | number): string => (path === "" ? `${key}` : `${path}.${key}`);
    if (Array.isArray(node)) return node.map((child: unknown, i) => walk(child, below(i), depth + 1));
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child, below(key), depth + 1)]));
  }
}

/** Lists, and records of any class; maps, dates, buffers and promises have nothing inside that could be passed. */
function isTree(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && (Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]")
  );
}

function tooDeep(path: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "mapTree",
    what: `records and lists are nested more than ${deepest} deep, at ${path.slice(0, 40)}…`,
    fix: "Does one hold itself?",
  });
}

/** The leaves in order, each with its path. */
export function leavesOf(tree: unknown, isLeaf: (value: unknown) => boolean): [path: string, leaf: unknown][] {
  const leaves: [string, unknown][] = [];
  mapTree(tree, isLeaf, (leaf, path) => leaves.push([path, leaf]));
  return leaves;
}
