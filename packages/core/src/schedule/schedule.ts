// Graph to Program: values get destinations, kernels, an order and memory.
import type { Program, Supports } from "../backend.ts";
import { fuse, type FusionPlan } from "../fusion/fuse.ts";
import type { Graph, Loop, Node, Param } from "../graph/node.ts";
import { consumers, postorder } from "../graph/order.ts";
import { regionsOf } from "../graph/regions.ts";
import { boundingBox } from "../graph/window.ts";
import { assignDestinations } from "./assignDestinations.ts";
import type { Result } from "./destination.ts";
import { emit } from "./emit.ts";
import { type Item, Items } from "./items.ts";
import { deferredUpdates } from "./deferredUpdates.ts";
import { Placements } from "./placements.ts";

/**
 * The Program of a graph, within what a backend supports. Bindings are the inputs in order, then the outputs.
 * A loop that passes have rebuilt more than once must be one again: common subexpression elimination comes before.
 */
export function schedule(graph: Graph, supports: Supports): Program {
  const { inputs, outputs, updates } = graph;
  const bindings = new Map(inputs.map((input, binding) => [input, binding]));
  const results = [...outputs, ...updates].map(({ node }, i): Result => {
    const update = i - outputs.length;
    return update < 0
      ? { node, binding: inputs.length + i, update: false }
      : { node, binding: bindings.get(updates[update]!.input)!, update: true };
  });
  return fuseAndPlace(graph, results, supports);
}

function fuseAndPlace({ name, inputs, outputs }: Graph, results: readonly Result[], supports: Supports): Program {
  const assignment = assignDestinations(results),
    order = postorder(assignment.writers),
    regions = regionsOf(order, assignment.forcedRegion),
    users = consumers(order);
  const hasDestination = (node: Node): boolean => assignment.destinations.has(node);
  const fuseAndOrder = (deferred: ReadonlySet<Node>): { readonly clusters: FusionPlan; readonly items: Items } => {
    const clusters = fuse({
        order,
        users,
        regions,
        hasDestination,
        deferred,
        bindings: supports.bindings,
        excessPrecision: supports.excessPrecision,
      }),
      items = new Items(order, regions, clusters, assignment.destinations, deferred);
    const all = new Set([...deferred, ...deferredUpdates(results, assignment.writers, inputs, items, supports.inPlace)]);
    return all.size === deferred.size ? { clusters, items } : fuseAndOrder(all); // another order may make more of them deferred
  };
  const { clusters, items } = fuseAndOrder(new Set());
  const wholes = wholesOf(order);
  const isUpdatedInPlace = (loop: Loop, state: number): boolean =>
    canUpdateInPlace(loop, state, wholes.get(loop.states[state]!.param) ?? [], users, items, supports.inPlace);
  const placements = new Placements({
    inputs,
    results: outputs.map(({ path, node }) => ({ name: path || "result", node })),
    order,
    assignment,
    regions,
    isUpdatedInPlace,
  });
  const isStored = (node: Node, inside: ReadonlySet<Node>): boolean => hasDestination(node) || users(node).some((u) => !inside.has(u));
  const steps = emit({ items, clusters, regions, placements, isStored });
  return { name, slots: placements.slots, steps };
}

/** One place for all steps will do where only the last is wanted from outside and nothing in the body still reads the old after the new is written. */
function canUpdateInPlace(
  loop: Loop,
  state: number,
  wholes: readonly Node[],
  users: (node: Node) => readonly Node[],
  items: Items,
  inPlace: boolean,
): boolean {
  const { param, next } = loop.states[state]!,
    last = loop.reverse ? 0 : loop.steps;
  const onlyLast = wholes.every(
    (node) =>
      users(node).length > 0 &&
      users(node).every((u) => u.kind === "view" && boundingBox(u.window, node.shape)?.[0]?.every((row) => row === last)),
  );
  if (!onlyLast || loop.steps === 0 || !isOwnStart(loop, state, users)) return false;
  const body = items.in(loop),
    base = (node: Node): Node => (node.kind === "view" ? base(node.x) : node);
  const writers = writersOf(next, items).map((item) => body.indexOf(item)),
    first = Math.min(...writers);
  return body.every((item, i) => {
    const reads = items.reads(item).filter((x) => base(x) === param);
    return (
      reads.length === 0 ||
      i < first ||
      (i === first && writers.length === 1 && inPlace && item.kind === "map" && reads.every((x) => x === param))
    );
  });
}

/** Does nothing but the loop's start read what a state starts from? It is written into the state's own place, which the first step overwrites. */
function isOwnStart(loop: Loop, state: number, users: (node: Node) => readonly Node[]): boolean {
  const { init } = loop.states[state]!;
  /** Of a value, or of a piece that lies in it. */
  const isOwn = (x: Node, reader: (user: Node) => boolean): boolean =>
    users(x).every(reader) && (x.kind !== "place" || x.pieces.every((piece) => isOwn(piece.x, (user) => user === x)));
  const isResult = (user: Node): boolean => (user.kind === "stack" || user.kind === "states") && user.loop === loop;
  const isReadInside = loop.slices.some(({ of }) => of === init) || loop.states.some(({ next }) => next === init);
  return !isReadInside && isOwn(init, isResult);
}

/** What shows all rows of each state, by the state's param. */
function wholesOf(order: readonly Node[]): ReadonlyMap<Param, readonly Node[]> {
  const wholes = new Map<Param, Node[]>();
  for (const node of order) {
    if (node.kind !== "states") continue;
    const { param } = node.loop.states[node.state]!;
    wholes.set(param, [...(wholes.get(param) ?? []), node]);
  }
  return wholes;
}

/** The items that write into a node's memory. */
function writersOf(node: Node, items: Items): readonly Item[] {
  const plus = node.kind === "matmul" && node.plus !== undefined ? writersOf(node.plus, items) : [];
  return [...plus, ...(node.kind === "place" ? node.pieces.flatMap(({ x }) => writersOf(x, items)) : []), ...items.producers(node)];
}
