// The order of work in each region: items, what each waits for, and a sequence that respects it.
import type { Matmul, Node, Place, Pointwise, Reduce, Gather, Scatter, Loop } from "../graph/node.ts";
import { children, loopChildren } from "../graph/node.ts";
import type { Region, Regions } from "../graph/regions.ts";
import { sizeOf } from "../shape.ts";
import { internal } from "../errors.ts";
import type { FusionPlan } from "../fusion/fuse.ts";
import type { Destination } from "./destination.ts";

/** One thing to do: a kernel, the zeros under a place, or a whole loop. */
export type Item =
  | { readonly kind: "map"; readonly nodes: readonly Pointwise[]; readonly region: Region }
  | { readonly kind: "node"; readonly node: Reduce | Matmul | Gather | Scatter; readonly region: Region }
  | { readonly kind: "zeros"; readonly place: Place; readonly region: Region }
  | { readonly kind: "loop"; readonly loop: Loop; readonly region: Region };

export interface Items {
  in(region: Region): readonly Item[];
  /** The item that computes a node's elements; of views and params, whatever they look at in the same region. */
  producers(node: Node): readonly Item[];
  /** What an item reads, through views. */
  reads(item: Item): readonly Node[];
}

export function itemsOf(
  order: readonly Node[],
  regions: Regions,
  clusters: FusionPlan,
  destinations: ReadonlyMap<Node, Destination>,
  deferred: ReadonlySet<Node>,
): Items {
  const all: Item[] = [],
    own = new Map<Node, Item>(),
    loops = new Map<Loop, Item>();
  const bodies = new Map<Loop, Set<Node>>();
  for (const nodes of clusters.maps) {
    const item: Item = { kind: "map", nodes, region: regions.of(nodes[0]!) };
    all.push(item);
    for (const node of nodes) own.set(node, item);
  }
  for (const node of order) {
    const region = regions.of(node);
    if (node.kind === "place" && hasGaps(node)) own.set(node, push(all, { kind: "zeros", place: node, region }));
    else if (node.kind === "reduce" || node.kind === "matmul" || node.kind === "gather" || node.kind === "scatter")
      own.set(node, push(all, { kind: "node", node, region }));
    else if (node.kind === "stack" || node.kind === "states") {
      if (!loops.has(node.loop)) loops.set(node.loop, push(all, { kind: "loop", loop: node.loop, region }));
      const body = bodies.get(node.loop) ?? new Set(loopChildren(node.loop));
      if (node.kind === "stack") body.add(node.of);
      bodies.set(node.loop, body);
    }
  }

  const producers = (node: Node): readonly Item[] => {
    switch (node.kind) {
      case "view":
        return producers(node.x);
      case "stack":
      case "states":
        return [loops.get(node.loop)!];
      case "place": {
        const zeros = own.get(node);
        return [...(zeros === undefined ? [] : [zeros]), ...node.pieces.flatMap(({ x }) => producers(x))];
      }
      default: {
        const item = own.get(node);
        return item === undefined ? [] : [item];
      }
    }
  };
  const known = new Map<Item, readonly Node[]>();
  const reads = (item: Item): readonly Node[] => {
    const all = known.get(item) ?? readsOf(item);
    known.set(item, all);
    return all;
  };
  const readsOf = (item: Item): readonly Node[] => {
    switch (item.kind) {
      case "map": {
        const inside = new Set<Node>(item.nodes);
        return externalOperands(item.nodes, (node) => inside.has(node) || clusters.isRematerialised(node));
      }
      case "node": {
        const { node } = item;
        return node.kind === "reduce"
          ? externalOperands([node], (x) => clusters.fusedIntoReduce(x) === node || clusters.isRematerialised(x))
          : children(node);
      }
      case "zeros":
        return [];
      case "loop":
        return [...(bodies.get(item.loop) ?? [])].flatMap((node) => capturedBy(node, item, regions));
    }
  };
  const dependenciesOf = (item: Item): readonly Item[] => {
    const written = item.kind === "map" ? item.nodes : item.kind === "node" ? [item.node] : [];
    const zeros = written.flatMap((node) => zeroFillsBefore(node, destinations, own));
    return [...reads(item).flatMap(producers), ...zeros].filter((other) => other !== item);
  };
  const sorted = new Map<Region, readonly Item[]>();
  // Nothing waits for a deferred item, so that last here is last in the sequence.
  const isDeferred = (item: Item): boolean => item.kind === "map" && item.nodes.some((node) => deferred.has(node));
  all.sort((a, b) => Number(isDeferred(a)) - Number(isDeferred(b)));
  const byRegion = new Map<Region, Item[]>();
  for (const item of all) {
    const inRegion = byRegion.get(item.region);
    if (inRegion === undefined) byRegion.set(item.region, [item]);
    else inRegion.push(item);
  }
  return {
    in: (region) => {
      const known = sorted.get(region) ?? topologicalSort(byRegion.get(region) ?? [], dependenciesOf);
      sorted.set(region, known);
      return known;
    },
    producers,
    reads,
  };
}

function push(all: Item[], item: Item): Item {
  all.push(item);
  return item;
}

export function hasGaps(place: Place): boolean {
  return place.pieces.reduce((n, { x }) => n + sizeOf(x.shape), 0) < sizeOf(place.shape);
}

/** Places that a node is written into must be cleared first where they have gaps. */
function zeroFillsBefore(node: Node, destinations: ReadonlyMap<Node, Destination>, own: ReadonlyMap<Node, Item>): readonly Item[] {
  const to = destinations.get(node);
  if (to?.kind !== "piece") return to?.kind === "sum" ? zeroFillsBefore(to.matmul, destinations, own) : [];
  const zeros = own.get(to.place);
  return [...(zeros === undefined ? [] : [zeros]), ...zeroFillsBefore(to.place, destinations, own)];
}

/** The operands of a kernel, and of what it computes on the way. */
function externalOperands(roots: readonly Node[], isInside: (node: Node) => boolean): readonly Node[] {
  const reads: Node[] = [],
    seen = new Set<Node>(roots);
  const visit = (node: Node): void => {
    for (const x of children(node)) {
      if (seen.has(x)) continue;
      seen.add(x);
      if (isInside(x)) visit(x);
      else reads.push(x);
    }
  };
  roots.forEach(visit);
  return reads;
}

/** What a loop's body takes from the region around the loop. */
function capturedBy(root: Node, loop: Item, regions: Regions): readonly Node[] {
  const found: Node[] = [],
    seen = new Set<Node>(),
    depth = regions.enclosingLoops(loop.region).length;
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "view") visit(node.x);
    else if (regions.enclosingLoops(regions.of(node)).length <= depth) found.push(node);
    else children(node).forEach(visit);
  };
  visit(root);
  return found;
}

/** Topological, otherwise as they come. */
function topologicalSort(items: readonly Item[], waits: (item: Item) => readonly Item[]): Item[] {
  const here = new Set(items),
    done = new Set<Item>(),
    open = new Set<Item>(),
    sequence: Item[] = [];
  const visit = (item: Item): void => {
    if (done.has(item) || !here.has(item)) return;
    if (open.has(item)) throw internal("schedule", "a cycle among kernels", { item });
    open.add(item);
    waits(item).forEach(visit);
    open.delete(item);
    done.add(item);
    sequence.push(item);
  };
  items.forEach(visit);
  return sequence;
}
