// Records and lists of anything, nested: how weights, states and results are passed around.

/** A leaf, or a list or record of trees. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** The same tree with every leaf mapped. `path` is how one would write the way to the leaf: "wx", "forward.wx", "0.b". */
export function mapTree(
  tree: unknown,
  isLeaf: (value: unknown) => boolean,
  visit: (leaf: unknown, path: string) => unknown,
  path = "",
): unknown {
  if (isLeaf(tree)) return visit(tree, path);
  const below = (key: string | number): string => (path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(tree)) return tree.map((child: unknown, i) => mapTree(child, isLeaf, visit, below(i)));
  if (typeof tree === "object" && tree !== null)
    return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, mapTree(child, isLeaf, visit, below(key))]));
  return visit(tree, path);
}

/** The leaves in order, each with its path. */
export function leavesOf(tree: unknown, isLeaf: (value: unknown) => boolean): [path: string, leaf: unknown][] {
  const leaves: [string, unknown][] = [];
  mapTree(tree, isLeaf, (leaf, path) => leaves.push([path, leaf]));
  return leaves;
}
