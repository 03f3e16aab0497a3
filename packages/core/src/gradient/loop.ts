// The gradient of a scan is a scan the other way. It carries the gradient of each state; what it needs of the forward pass it finds where that left it.
import * as make from "../graph/make.ts";
import { loopParams, type Loop, type Node, type Param, type Piece, type Slice, type Stack, type States } from "../graph/node.ts";
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
export function loopContributions(loop: Loop, results: readonly Node[], surroundings: Surroundings): readonly Contribution[] {
  const { upstream, active } = surroundings,
    outputs = results.filter((r) => r.kind === "stack"),
    seen = results.filter((r) => r.kind === "states"),
    rows = new Rows();
  const carried = relevantStates(loop, outputs, seen, active).map((state) =>
    carry(
      loop,
      state,
      seen.filter((r) => r.state === state).map((r) => upstream.get(r)!),
      rows,
    ),
  );
  const seeds = [
    ...outputs.map((r) => [r.of, rows.of(upstream.get(r)!)] as const),
    ...carried.map(({ state, left }) => [loop.states[state]!.next, left] as const),
  ];
  const { gradients, closed } = throughBody(loop, results, seeds, surroundings);
  const sliced = loop.slices.filter(({ param }) => gradients.has(param));

  const found = rematerialise(
    [
      ...carried.map(({ state, param }) => gradients.get(loop.states[state]!.param) ?? zeros(param)),
      ...sliced.map(({ param }) => gradients.get(param)!),
      ...closed.map((node) => gradients.get(node)!),
    ],
    loop,
    results,
    rows,
  );
  const bySlice = found.slice(carried.length, carried.length + sliced.length),
    byClosed = found.slice(carried.length + sliced.length);
  const back: Loop = {
    name: `d ${loop.name}`,
    steps: loop.steps,
    reverse: !loop.reverse,
    slices: rows.slices,
    states: carried.map(({ param, end }, k) => ({ param, init: end, next: found[k]! })),
  };
  return [
    ...carried.map(({ state, starts }, k): Contribution => {
      const arrived = make.row(make.states(back, k), make.boundaryRow(back, "end"));
      return [loop.states[state]!.init, make.sum([arrived, ...starts])];
    }),
    ...sliced.map(({ of }, k): Contribution => [of, make.stack(back, bySlice[k]!)]),
    ...closed.map((node, k): Contribution => [node, make.reduceAxes("sum", make.stack(back, byClosed[k]!), [0])]),
  ];
}

/** What the backward body sees one row of. */
class Rows {
  readonly slices: Slice[] = [];
  readonly #params = new Map<Node, Node>();

  /** The row of an iteration. */
  of(of: Node, label?: string): Node {
    if (of.kind === "const") return make.constant(of.value, of.shape.slice(1), of.dtype);
    const known = this.#params.get(of);
    if (known !== undefined) return known;
    const param = make.param(of.shape.slice(1), of.dtype, label);
    this.slices.push({ param, of });
    this.#params.set(of, param);
    return param;
  }
}

/** The gradient of a state, which the backward loop carries. */
interface Carried {
  readonly state: number;
  /** What an iteration gets from later ones. */
  readonly param: Param;
  /** What arrives at the end of the loop, where the way back starts. */
  readonly end: Node;
  /** The gradient of what an iteration leaves: from later iterations and from outside. */
  readonly left: Node;
  /** What arrives at the start of the loop from outside. */
  readonly starts: readonly Node[];
}

/** `upstream` are the gradients of all that shows the state's rows. */
function carry(loop: Loop, state: number, upstream: readonly Node[], rows: Rows): Carried {
  const { shape, dtype, label } = loop.states[state]!.param,
    param = make.param(shape, dtype, `d ${label ?? "state"}`),
    parts = upstream.map((gradient) => splitEnd(loop, gradient));
  return {
    state,
    param,
    end: make.sum([zeros(param), ...parts.flatMap(({ end }) => end)]),
    left: make.sum([param, ...parts.flatMap((part) => part.rows.map((all) => rows.of(make.stateRowsOf(loop, all, "after"))))]),
    starts: upstream.map((gradient) => make.row(gradient, make.boundaryRow(loop, "start"))),
  };
}

/** The gradients in the body. What does not belong to the loop is closed over: a target, like the loop's own params. */
function throughBody(
  loop: Loop,
  results: readonly Node[],
  seeds: readonly (readonly [Node, Node])[],
  { active, backpropagate }: Surroundings,
): { readonly gradients: Gradients; readonly closed: readonly Node[] } {
  const own = new Set<Node>(loopParams(loop));
  const isInside = (node: Node): boolean => [...freeParams(node)].some((p) => own.has(p));
  const gradients = backpropagate(seeds, (node) => active.has(node) && (own.has(node) || !isInside(node)));
  const order = postorder(
    seeds.map(([node]) => node),
    outsideOf(results),
  );
  return { gradients, closed: order.filter((node) => !isInside(node) && gradients.has(node)) };
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
function rematerialise(roots: readonly Node[], loop: Loop, results: readonly Node[], rows: Rows): Node[] {
  const own = new Set<Node>(loopParams(loop)),
    isOutside = outsideOf(results),
    known = new Map<Node, Node>();
  const forward = new Set<Node>([...own, ...results.flatMap((result) => [...freeParams(result)])]);
  const isForward = (node: Node): boolean =>
    [...freeParams(node)].some((p) => own.has(p)) && [...freeParams(node)].every((p) => forward.has(p));
  const isStored = (node: Node): boolean => own.has(node) || ((stored.has(node.kind) || isSumOfProducts(node)) && isForward(node));
  for (const node of postorder(roots, (node) => isStored(node) || isOutside(node)))
    if (isStored(node)) known.set(node, rows.of(make.stack(loop, node), node.label));
    else if (isOutside(node)) known.set(node, node);
  return substitute(roots, known);
}

const stored: ReadonlySet<Node["kind"]> = new Set(["matmul", "reduce", "gather", "scatter", "stack", "states"]);

function zeros(like: Node): Node {
  return make.constant(0, like.shape, like.dtype);
}
