// Nested records and lists of weights and states, whatever their leaves are. A leaf is what has a shape.

export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };
export interface Shaped {
  readonly shape: readonly number[];
}

/** The same tree with `f(leaf, path)` in place of each leaf; paths look like "forward.wx" or "0.h". */
export function mapTree<T extends Shaped, U>(tree: Tree<T>, f: (leaf: T, path: string) => U, path = ""): Tree<U> {
  if (isLeaf(tree)) return f(tree, path);
  const below = (node: Tree<T>, key: string | number) => mapTree(node, f, path === "" ? `${key}` : `${path}.${key}`);
  if (isList(tree)) return tree.map(below);
  return Object.fromEntries(Object.entries(tree).map(([key, node]) => [key, below(node, key)]));
}

/** Every leaf with its path, in the order of the tree. */
export function leaves<T extends Shaped>(tree: Tree<T>): readonly (readonly [path: string, leaf: T])[] {
  const found: [string, T][] = [];
  mapTree(tree, (leaf, path) => found.push([path, leaf]));
  return found;
}

function isLeaf<T extends Shaped>(tree: Tree<T>): tree is T {
  return "shape" in tree;
}

function isList<T>(tree: readonly Tree<T>[] | { readonly [key: string]: Tree<T> }): tree is readonly Tree<T>[] {
  return Array.isArray(tree);
}
