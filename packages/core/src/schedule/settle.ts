// Decides where values are written: straight into the place, stack, state or result that wants them, where that is possible, otherwise by a copy.
// Knows graphs and regions; slots come later.
import type { Loop, Matmul, Node, Piece, Place, Window } from "../graph/node.ts";
import { inOrder } from "../graph/make.ts";
import { consumers, postorder } from "../graph/order.ts";
import { regionsOf, type Region } from "../graph/regions.ts";
import { rewrite } from "../graph/rewrite.ts";
import { areDisjoint, compose, dense, refines, sameWindow } from "../graph/window.ts";

/** Whose memory a value is written into. A value without a home gets scratch of its own. */
export type Home =
  | { readonly kind: "result"; readonly binding: number }
  | { readonly kind: "piece"; readonly place: Place; readonly window: Window }
  | { readonly kind: "start" | "next"; readonly loop: Loop; readonly state: number }
  | { readonly kind: "row"; readonly loop: Loop; readonly of: Node }
  | { readonly kind: "sum"; readonly matmul: Matmul };

export interface Result {
  readonly node: Node;
  readonly binding: number;
  /** Does the binding hold an argument that others may still read? */
  readonly update: boolean;
}

export interface Settled {
  readonly results: readonly Node[];
  readonly homes: ReadonlyMap<Node, Home>;
  /** Products that accumulate onto their `plus` where it lies. */
  readonly adopted: ReadonlySet<Node>;
  readonly pinned: ReadonlyMap<Node, Region>;
}

export function settle(results: readonly Result[]): Settled {
  const roots = results.map((r) => r.node),
    order = postorder(roots),
    before = regionsOf(order),
    isRoot = new Set(roots);
  const uses = usesOf(order),
    reads = readsOf(order, uses, isRoot);
  const homes = new Map<Node, Home>(),
    adopted = new Set<Node>(),
    pinned = new Map<Node, Region>(),
    claimed = new Set<Node>();
  const made = new Map<Node, Node>(),
    region = new Map<Node, Region>(),
    settledLoops = new Map<Loop, Loop>();

  const duplicate = (x: Node, at: Region): Node => {
    const copy: Node = { kind: "pointwise", op: "copy", args: [x], shape: x.shape, dtype: x.dtype, label: x.label };
    pinned.set(copy, at);
    region.set(copy, at);
    claimed.add(copy);
    return copy;
  };
  const isFree = (x: Node, at: Region): boolean => isComputed(x) && !claimed.has(x) && region.get(x) === at;
  /** x itself where it can be written there directly, otherwise a copy. `fits` says whether its views still make sense there. */
  const claim = (x: Node, at: Region, fits = true): Node => {
    if (!fits || !isFree(x, at)) return duplicate(x, at);
    claimed.add(x);
    return x;
  };
  /** The same where elements lie in order, so that what x shows under another shape will do as well. */
  const claimInOrder = (x: Node, at: Region): Node => claim(isFree(inOrder(x), at) ? inOrder(x) : x, at);
  const inMemory = (x: Node, at: Region): Node => (x.kind === "const" ? duplicate(x, at) : x);

  const settleLoop = (loop: Loop, old: Loop): Loop => {
    const known = settledLoops.get(old);
    if (known !== undefined) return known;
    const states = loop.states.map(({ param, init, next }) => ({
      param,
      init: claimInOrder(init, before.around(old)),
      next: claimInOrder(next, old),
    }));
    const slices = loop.slices.map(({ param, of }) => ({ param, of: inMemory(of, before.around(old)) }));
    const settled: Loop = { ...loop, states, slices };
    states.forEach(({ init, next }, state) => {
      homes.set(init, { kind: "start", loop: settled, state });
      homes.set(next, { kind: "next", loop: settled, state });
    });
    settledLoops.set(old, settled);
    return settled;
  };

  const settleNode = (node: Node, old: Node): Node => {
    const at = before.of(old);
    switch (node.kind) {
      case "place": {
        const views = (x: Node): readonly Node[] => uses(x).filter((u) => u.kind === "view");
        const pieces = node.pieces.map(({ x, window }, i): Piece => {
          const was = (old as Place).pieces[i]?.x ?? x;
          const fits =
            x.kind !== "place" &&
            x.kind !== "stack" &&
            x.kind !== "states" &&
            views(was).every((v) => v.kind === "view" && compose(v.window, window) !== undefined);
          return { x: claim(x, at, fits), window };
        });
        const place: Place = { ...node, pieces };
        for (const { x, window } of pieces) homes.set(x, { kind: "piece", place, window });
        return place;
      }
      case "matmul":
        return settleMatmul({ ...node, a: inMemory(node.a, at), b: inMemory(node.b, at) }, old as Matmul, at);
      case "gather":
        return { ...node, table: inMemory(node.table, at), index: inMemory(node.index, at) };
      case "scatter":
        return { ...node, source: inMemory(node.source, at), index: inMemory(node.index, at) };
      case "stack": {
        const old_ = old as typeof node,
          loop = settleLoop(node.loop, old_.loop);
        if (adopted.has(node.of) && isSlice((node.of as Matmul).plus!, loop)) return { ...node, loop };
        const of = claim(node.of, old_.loop);
        homes.set(of, { kind: "row", loop, of });
        return { ...node, loop, of };
      }
      case "states":
        return { ...node, loop: settleLoop(node.loop, (old as typeof node).loop) };
      default:
        return node;
    }
  };

  const settleMatmul = (node: Matmul, old: Matmul, at: Region): Matmul => {
    const { plus } = node;
    if (plus === undefined) return node;
    const under = inOrder(plus);
    const isOwn = (x: Node): boolean => uses(x).length === 1 && !isRoot.has(x);
    const own =
      isFree(under, at) && under.kind !== "place" && isOwn(old.plus!) && isOwn(inOrder(old.plus!)) && refines(under.shape, node.shape);
    const base = own ? undefined : reads.whole(old);
    if (base !== undefined && isComputed(made.get(base) ?? base) && !claimed.has(made.get(base)!)) {
      claimed.add(made.get(base)!);
      adopted.add(node);
      claimed.add(node);
      return node;
    }
    if (own) claimed.add(under);
    const matmul: Matmul = own ? { ...node } : { ...node, plus: duplicate(plus, at) };
    homes.set(own ? under : matmul.plus!, { kind: "sum", matmul });
    return matmul;
  };

  const settleAny = (node: Node, old: Node): Node => {
    const done = settleNode(node, old);
    made.set(old, done);
    region.set(done, before.of(old));
    return done;
  };
  const settled = rewrite(roots, settleAny, order);
  const ends = results.map(({ binding, update }, i) => {
    const x = settled[i]!;
    const end = update ? duplicate(isComputed(x) ? x : duplicate(x, undefined), undefined) : claimInOrder(x, undefined);
    homes.set(end, { kind: "result", binding });
    return end;
  });
  const settledRegion = (at: Region): Region => (at === undefined ? undefined : (settledLoops.get(at) ?? at));
  return { results: ends, homes, adopted, pinned: new Map([...pinned].map(([node, at]) => [node, settledRegion(at)])) };
}

/** Does the node have memory of its own to write, wherever that is? */
export function isComputed(node: Node): boolean {
  return !["input", "const", "data", "param", "view"].includes(node.kind);
}

function isSlice(plus: Node, loop: Loop): boolean {
  const base = plus.kind === "view" ? plus.x : plus;
  return loop.slices.some((s) => s.param === base);
}

/** As `consumers`, but a loop's results count once per loop for what the loop uses. */
function usesOf(order: readonly Node[]): (node: Node) => readonly Node[] {
  const users = consumers(order);
  return (node) => {
    const seen = new Set<Loop>();
    return users(node).filter((u) => {
      if (u.kind !== "stack" && u.kind !== "states") return true;
      if (seen.has(u.loop)) return false;
      seen.add(u.loop);
      return true;
    });
  };
}

interface Reads {
  /** The value that a product may accumulate onto in place, because nobody else reads that part of it; undefined if there is none. */
  whole(matmul: Matmul): Node | undefined;
}

/** A read of a value, directly or as rows of it inside a loop. */
interface Read {
  readonly by: Node;
  readonly window: Window | undefined;
}

function readsOf(order: readonly Node[], uses: (node: Node) => readonly Node[], isRoot: ReadonlySet<Node>): Reads {
  const slices = new Map<Node, { readonly of: Node; readonly steps: number }>();
  for (const node of order)
    if (node.kind === "stack" || node.kind === "states")
      for (const { param, of } of node.loop.slices) slices.set(param, { of, steps: node.loop.steps });

  /** Every read of `x`, as windows on x; undefined windows could be anywhere. */
  const of = (x: Node): readonly Read[] => {
    const here: Read[] = isRoot.has(x) ? [{ by: x, window: undefined }] : [];
    return uses(x).reduce<Read[]>((all, user) => {
      if (user.kind === "view")
        return [...all, ...of(user).map(({ by, window }) => ({ by, window: window && compose(window, user.window) }))];
      if (user.kind !== "stack" && user.kind !== "states") return [...all, { by: user, window: dense(x.shape) }];
      const rows = user.loop.slices.filter((s) => s.of === x);
      if (rows.length === 0) return [...all, { by: user, window: undefined }];
      return [
        ...all,
        ...rows.flatMap(({ param }) =>
          of(param).map(({ by, window }) => ({ by, window: window && overSteps(window, user.loop.steps, param.shape) })),
        ),
      ];
    }, here);
  };
  const base = (x: Node): Node => {
    if (x.kind === "view") return base(x.x);
    const slice = slices.get(x);
    return slice === undefined ? x : base(slice.of);
  };
  return {
    whole(matmul) {
      const target = base(matmul.plus!),
        reads = of(target),
        own = reads.filter((r) => r.by === matmul);
      const mine = own[0]?.window;
      if (
        own.length !== 1 ||
        mine === undefined ||
        !isComputed(target) ||
        target.kind === "place" ||
        target.kind === "stack" ||
        target.kind === "states"
      )
        return undefined;
      const apart = reads.every(
        (r) => r.by === matmul || (r.window !== undefined && !sameWindow(r.window, mine) && areDisjoint(r.window, mine, target.shape)),
      );
      return apart ? target : undefined;
    },
  };
}

function overSteps(window: Window, steps: number, shape: readonly number[]): Window {
  const row = shape.reduce((a, b) => a * b, 1);
  return { offset: window.offset, shape: [steps, ...window.shape], strides: [row, ...window.strides] };
}
