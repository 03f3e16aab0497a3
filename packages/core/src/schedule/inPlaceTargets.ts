// Which values a product may be accumulated onto where they lie: those of which nobody else reads that part.
import type { Loop, Matmul, Node, Window } from "../graph/node.ts";
import { areDisjoint, compose, dense, sameWindow } from "../graph/window.ts";
import { isComputed } from "./destination.ts";

type Users = (node: Node) => readonly Node[];

/** A read of a value, directly or as rows of it inside a loop. */
export interface Read {
  readonly by: Node;
  /** On the value; undefined where it could be anywhere. */
  readonly window: Window | undefined;
}

/** What loops see one row of, by the param that stands for the row. */
type Slices = ReadonlyMap<Node, { readonly of: Node; readonly steps: number }>;

/** The value that a product's `plus` is part of, if the product may accumulate onto it in place; undefined if not. `order` is a postorder, `users` as `usersOnce` gives them. */
export function inPlaceTargets(order: readonly Node[], users: Users, isRoot: ReadonlySet<Node>): (matmul: Matmul) => Node | undefined {
  const slices = slicesOf(order);
  return (matmul) => {
    const target = baseOf(matmul.plus!, slices),
      reads = readsOf(target, users, isRoot);
    const own = reads.filter(({ by }) => by === matmul),
      mine = own[0]?.window;
    if (own.length !== 1 || mine === undefined || !isWritable(target)) return undefined;
    const isDisjoint = ({ window }: Read): boolean =>
      window !== undefined && !sameWindow(window, mine) && areDisjoint(window, mine, target.shape);
    return reads.every((read) => read.by === matmul || isDisjoint(read)) ? target : undefined;
  };
}

/** Every read of `x`, through views and by the rows that loops see. */
export function readsOf(x: Node, users: Users, isRoot: ReadonlySet<Node>): readonly Read[] {
  const found: Read[] = isRoot.has(x) ? [{ by: x, window: undefined }] : [];
  for (const user of users(x))
    if (user.kind === "view")
      for (const { by, window } of readsOf(user, users, isRoot)) found.push({ by, window: window && compose(window, user.window) });
    else if (user.kind === "stack" || user.kind === "states") found.push(...readsByLoop(x, user, users, isRoot));
    else found.push({ by: user, window: dense(x.shape) });
  return found;
}

/** What a loop reads of `x`: its rows where it is a slice, otherwise who knows what. */
function readsByLoop(x: Node, user: Node & { readonly loop: Loop }, users: Users, isRoot: ReadonlySet<Node>): readonly Read[] {
  const params = user.loop.slices.flatMap(({ param, of }) => (of === x ? [param] : []));
  if (params.length === 0) return [{ by: user, window: undefined }];
  return params.flatMap((param) =>
    readsOf(param, users, isRoot).map(({ by, window }) => ({ by, window: window && overSteps(window, user.loop.steps, param.shape) })),
  );
}

/** A window on a row, as the window on all rows that the steps see together. */
function overSteps(window: Window, steps: number, row: readonly number[]): Window {
  const stride = row.reduce((a, b) => a * b, 1);
  return { offset: window.offset, shape: [steps, ...window.shape], strides: [stride, ...window.strides] };
}

function slicesOf(order: readonly Node[]): Slices {
  const slices = new Map<Node, { readonly of: Node; readonly steps: number }>();
  for (const node of order)
    if (node.kind === "stack" || node.kind === "states")
      for (const { param, of } of node.loop.slices) slices.set(param, { of, steps: node.loop.steps });
  return slices;
}

/** What a view, or a loop's row, is part of. */
function baseOf(x: Node, slices: Slices): Node {
  if (x.kind === "view") return baseOf(x.x, slices);
  const slice = slices.get(x);
  return slice === undefined ? x : baseOf(slice.of, slices);
}

/** Has it memory of its own, in one piece? */
function isWritable(x: Node): boolean {
  return isComputed(x) && x.kind !== "place" && x.kind !== "stack" && x.kind !== "states";
}
