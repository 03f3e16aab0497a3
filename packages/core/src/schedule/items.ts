// The order of work in each region: items, what each waits for, and a sequence that respects it.
import type { Gather, Loop, Matmul, Node, Place, Pointwise, Reduce, Scatter, Stack, States } from "../graph/node.ts";
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

/** What there is to do for a graph, region by region. */
export class Items {
  readonly #regions: Regions;
  readonly #plan: FusionPlan;
  readonly #destinations: ReadonlyMap<Node, Destination>;
  /** The item of each node that has one, of each loop, and what each loop's body takes part in. */
  readonly #ofNode = new Map<Node, Item>();
  readonly #ofLoop = new Map<Loop, Item>();
  readonly #bodies = new Map<Loop, Set<Node>>();
  readonly #inRegion = new Map<Region, Item[]>();
  readonly #sorted = new Map<Region, readonly Item[]>();
  readonly #reads = new Map<Item, readonly Node[]>();

  /** `deferred` nodes are computed last of all. */
  constructor(
    order: readonly Node[],
    regions: Regions,
    plan: FusionPlan,
    destinations: ReadonlyMap<Node, Destination>,
    deferred: ReadonlySet<Node>,
  ) {
    this.#regions = regions;
    this.#plan = plan;
    this.#destinations = destinations;
    // Nothing waits for a deferred item, so that last here is last in the sequence.
    const isDeferred = (item: Item): boolean => item.kind === "map" && item.nodes.some((node) => deferred.has(node));
    const all = this.#collect(order).sort((a, b) => Number(isDeferred(a)) - Number(isDeferred(b)));
    for (const item of all) {
      const inRegion = this.#inRegion.get(item.region);
      if (inRegion === undefined) this.#inRegion.set(item.region, [item]);
      else inRegion.push(item);
    }
  }

  /** In an order in which they can be done. */
  in(region: Region): readonly Item[] {
    const sorted = this.#sorted.get(region) ?? topologicalSort(this.#inRegion.get(region) ?? [], (item) => this.#dependenciesOf(item));
    this.#sorted.set(region, sorted);
    return sorted;
  }

  /** The items that compute a node's elements; of views and params, whatever they look at in the same region. */
  producers(node: Node): readonly Item[] {
    switch (node.kind) {
      case "view":
        return this.producers(node.x);
      case "stack":
      case "states":
        return [this.#ofLoop.get(node.loop)!];
      case "place": {
        const zeros = this.#ofNode.get(node);
        return [...(zeros === undefined ? [] : [zeros]), ...node.pieces.flatMap(({ x }) => this.producers(x))];
      }
      default: {
        const item = this.#ofNode.get(node);
        return item === undefined ? [] : [item];
      }
    }
  }

  /** What an item reads, through views. */
  reads(item: Item): readonly Node[] {
    const reads = this.#reads.get(item) ?? this.#readsOf(item);
    this.#reads.set(item, reads);
    return reads;
  }

  /** Maps as they are fused, then everything else as it comes. */
  #collect(order: readonly Node[]): Item[] {
    const maps = this.#plan.maps.map((nodes): Item => ({ kind: "map", nodes, region: this.#regions.of(nodes[0]!) }));
    for (const item of maps) if (item.kind === "map") for (const node of item.nodes) this.#ofNode.set(node, item);
    return [...maps, ...order.flatMap((node) => this.#itemOf(node))];
  }

  #itemOf(node: Node): readonly Item[] {
    const region = this.#regions.of(node);
    if (node.kind === "stack" || node.kind === "states") return this.#loopOf(node, region);
    const item = kernelOf(node, region);
    if (item === undefined) return [];
    this.#ofNode.set(node, item);
    return [item];
  }

  /** The loop of which this is a result, where it is the first. */
  #loopOf(node: Stack | States, region: Region): readonly Item[] {
    const { loop } = node,
      body = this.#bodies.get(loop) ?? new Set(loopChildren(loop));
    if (node.kind === "stack") body.add(node.of);
    this.#bodies.set(loop, body);
    if (this.#ofLoop.has(loop)) return [];
    const item: Item = { kind: "loop", loop, region };
    this.#ofLoop.set(loop, item);
    return [item];
  }

  #readsOf(item: Item): readonly Node[] {
    switch (item.kind) {
      case "map": {
        const inside = new Set<Node>(item.nodes);
        return externalOperands(item.nodes, (node) => inside.has(node) || this.#plan.isRematerialised(node));
      }
      case "node": {
        const { node } = item;
        if (node.kind !== "reduce") return children(node);
        return externalOperands([node], (x) => this.#plan.fusedIntoReduce(x) === node || this.#plan.isRematerialised(x));
      }
      case "zeros":
        return [];
      case "loop":
        return [...(this.#bodies.get(item.loop) ?? [])].flatMap((node) => capturedBy(node, item, this.#regions));
    }
  }

  #dependenciesOf(item: Item): readonly Item[] {
    const written = item.kind === "map" ? item.nodes : item.kind === "node" ? [item.node] : [];
    const zeros = written.flatMap((node) => zeroFillsBefore(node, this.#destinations, this.#ofNode));
    return [...this.reads(item).flatMap((node) => this.producers(node)), ...zeros].filter((other) => other !== item);
  }
}

/** What a node takes by itself: the zeros under a place, or a kernel that no other shares. */
function kernelOf(node: Node, region: Region): Item | undefined {
  switch (node.kind) {
    case "place":
      return hasGaps(node) ? { kind: "zeros", place: node, region } : undefined;
    case "reduce":
    case "matmul":
    case "gather":
    case "scatter":
      return { kind: "node", node, region };
    default:
      return undefined;
  }
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
