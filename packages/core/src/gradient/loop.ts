// The gradient of a scan is a scan the other way. It carries the gradient of each state; what it needs of the forward pass it finds where that left it.
import * as make from "../graph/make.ts";
import { loopParams, type Loop, type Node, type Piece, type Slice, type Stack, type States } from "../graph/node.ts";
import { freeParams, postorder } from "../graph/order.ts";
import { isSumOfProducts } from "../graph/products.ts";
import { substitute } from "../graph/rewrite.ts";
import { sameWindow } from "../graph/window.ts";
import { denseStrides, sizeOf } from "../shape.ts";
import type { Backpropagate, Gradients } from "./gradients.ts";
import type { Contribution } from "./rules.ts";

/** What the region around a loop knows. */
interface Surroundings {
  /** Of the loop's results. */
  readonly upstream: Gradients;
  /** The nodes that depend on a target. */
  readonly active: ReadonlySet<Node>;
  /** Goes through the body. */
  readonly backpropagate: Backpropagate;
}

/** What the gradients of a loop's results contribute to its starts, its slices and everything it closes over. */
export function loopContributions(
  loop: Loop,
  results: readonly Node[],
  { upstream, active, backpropagate }: Surroundings,
): readonly Contribution[] {
  const outputs = results.filter((r): r is Stack => r.kind === "stack"),
    seen = results.filter((r): r is States => r.kind === "states");
  const states = relevantStates(loop, outputs, seen, active);
  const slices: Slice[] = [];
  const row = (of: Node, label?: string): Node => {
    if (of.kind === "const") return make.constant(of.value, of.shape.slice(1), of.dtype);
    const known = slices.find((s) => s.of === of);
    if (known !== undefined) return known.param;
    const param = make.param(of.shape.slice(1), of.dtype, label);
    slices.push({ param, of });
    return param;
  };

  // Gradients that arrive at one iteration: of its outputs, and of the state it leaves (from later iterations and from outside).
  const carried = states.map((i) => {
    const { param } = loop.states[i]!;
    return make.param(param.shape, param.dtype, `d ${param.label ?? "state"}`);
  });
  const arriving = states.map((i, k) => {
    const parts = seen.filter((r) => r.state === i).map((r) => splitEnd(loop, upstream.get(r)!));
    return { end: make.sum([zeros(carried[k]!), ...parts.flatMap((p) => p.end)]), rows: parts.flatMap((p) => p.rows) };
  });
  const left = states.map((_, k): Node =>
    make.sum([carried[k]!, ...arriving[k]!.rows.map((rows) => row(make.stateRowsOf(loop, rows, "after")))]),
  );
  const seeds = [
    ...outputs.map((r) => [r.of, row(upstream.get(r)!)] as const),
    ...states.map((i, k) => [loop.states[i]!.next, left[k]!] as const),
  ];

  // Everything in the body that does not belong to the loop is closed over: a target, like the loop's own params.
  const own = new Set<Node>(loopParams(loop));
  const inside = (node: Node): boolean => [...freeParams(node)].some((p) => own.has(p));
  const order = postorder(
    seeds.map(([node]) => node),
    outsideOf(results),
  );
  const gradients = backpropagate(seeds, (node) => active.has(node) && (own.has(node) || !inside(node)));
  const closed = order.filter((node) => !inside(node) && gradients.has(node));
  const sliced = loop.slices.filter((s) => gradients.has(s.param));

  const found = rematerialise(
    [
      ...states.map((i, k) => gradients.get(loop.states[i]!.param) ?? zeros(carried[k]!)),
      ...sliced.map((s) => gradients.get(s.param)!),
      ...closed.map((node) => gradients.get(node)!),
    ],
    loop,
    results,
    row,
  );
  const nexts = found.slice(0, states.length),
    bySlice = found.slice(states.length, states.length + sliced.length),
    byClosed = found.slice(states.length + sliced.length);
  const back: Loop = {
    name: `d ${loop.name}`,
    steps: loop.steps,
    reverse: !loop.reverse,
    slices,
    states: states.map((_, k) => ({ param: carried[k]!, init: arriving[k]!.end, next: nexts[k]! })),
  };
  const starts = states.map((i, k): Contribution => {
    const arrived = make.row(make.states(back, k), make.boundaryRow(back, "end"));
    return [
      loop.states[i]!.init,
      make.sum([arrived, ...seen.filter((r) => r.state === i).map((r) => make.row(upstream.get(r)!, make.boundaryRow(loop, "start")))]),
    ];
  });
  return [
    ...starts,
    ...sliced.map((s, k): Contribution => [s.of, make.stack(back, bySlice[k]!)]),
    ...closed.map((node, k): Contribution => [node, make.reduceAxes("sum", make.stack(back, byClosed[k]!), [0])]),
  ];
}

/** Does a node depend on nothing but what the loop's results depend on, too? Then it is no part of the body, nor of a loop inside, nor is what it is made of. */
function outsideOf(results: readonly Node[]): (node: Node) => boolean {
  const around = new Set<Node>(results.flatMap((result) => [...freeParams(result)]));
  return (node) => [...freeParams(node)].every((p) => around.has(p));
}

/** What arrives at the end of the loop, where the way back starts, apart from what arrives at its rows. */
function splitEnd(loop: Loop, gradient: Node): { readonly end: readonly Node[]; readonly rows: readonly Node[] } {
  if (gradient.kind !== "place" || loop.steps === 0) return { end: [], rows: [gradient] };
  const shape = gradient.shape.slice(1),
    window = { offset: make.boundaryRow(loop, "end") * sizeOf(shape), shape, strides: denseStrides(shape) };
  const isEnd = (piece: Piece): boolean => sameWindow(piece.window, window),
    rest = gradient.pieces.filter((piece) => !isEnd(piece));
  return {
    end: gradient.pieces.filter(isEnd).map((piece) => piece.x),
    rows: rest.length === 0 ? [] : [make.place(rest, gradient.shape, gradient.dtype)],
  };
}

/** The active states whose gradient is not plainly zero: seen from outside, or feeding an output or another such state. */
function relevantStates(loop: Loop, outputs: readonly Stack[], seen: readonly States[], active: ReadonlySet<Node>): number[] {
  const relevant = new Set(seen.map((r) => r.state)),
    isOutside = outsideOf([...outputs, ...seen]);
  for (let before = -1; before < relevant.size;) {
    before = relevant.size;
    const reached = new Set(postorder([...outputs.map((r) => r.of), ...[...relevant].map((i) => loop.states[i]!.next)], isOutside));
    loop.states.forEach(({ param }, i) => reached.has(param) && relevant.add(i));
  }
  return [...relevant].filter((i) => active.has(loop.states[i]!.param)).sort((a, b) => a - b);
}

/**
 * Expressions over the forward body as the backward body can compute them: states and slices come row by row, results of matmul, reduce,
 * gather, scatter and inner loops as well (they are what is stored; of a sum of products the sum); pointwise chains and views are computed again.
 */
function rematerialise(roots: readonly Node[], loop: Loop, results: readonly Node[], row: (of: Node, label?: string) => Node): Node[] {
  const own = new Set<Node>(loopParams(loop)),
    isOutside = outsideOf(results),
    known = new Map<Node, Node>();
  const forward = new Set<Node>([...own, ...results.flatMap((result) => [...freeParams(result)])]);
  const isForward = (node: Node): boolean =>
    [...freeParams(node)].some((p) => own.has(p)) && [...freeParams(node)].every((p) => forward.has(p));
  const isStored = (node: Node): boolean => own.has(node) || ((stored.has(node.kind) || isSumOfProducts(node)) && isForward(node));
  for (const node of postorder(roots, (node) => isStored(node) || isOutside(node)))
    if (isStored(node)) known.set(node, row(make.stack(loop, node), node.label));
    else if (isOutside(node)) known.set(node, node);
  return substitute(roots, known);
}

const stored: ReadonlySet<Node["kind"]> = new Set(["matmul", "reduce", "gather", "scatter", "stack", "states"]);

function zeros(like: Node): Node {
  return make.constant(0, like.shape, like.dtype);
}
