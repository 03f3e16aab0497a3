// Where each node is computed: at the top, or in the body of a loop. A node belongs to the innermost loop whose params it depends on.
import { loopChildren, loopParams, type Loop, type Node, type Param } from "./node.ts";
import { freeParams } from "./order.ts";

/** A loop's body; undefined is the top. */
export type Region = Loop | undefined;

export interface Regions {
  of(node: Node): Region;
  /** The region in which a loop stands. */
  parentOf(loop: Loop): Region;
  /** The loops around a region's steps, outermost first, itself included. */
  enclosingLoops(region: Region): readonly Loop[];
}

/** Of nodes in postorder; those of `forcedRegion` are computed where it says, though they depend on less. */
export function regionsOf(order: readonly Node[], forcedRegion: ReadonlyMap<Node, Region> = new Map()): Regions {
  const owner = new Map<Param, Loop>(),
    outputs = new Map<Loop, Node[]>();
  for (const node of order) {
    if (node.kind !== "stack" && node.kind !== "states") continue;
    for (const param of loopParams(node.loop)) owner.set(param, node.loop);
    const known = outputs.get(node.loop) ?? [];
    outputs.set(node.loop, node.kind === "stack" ? [...known, node.of] : known);
  }
  const chains = new Map<Region, readonly Loop[]>([[undefined, []]]);
  const chain = (region: Region): readonly Loop[] => {
    const known = chains.get(region) ?? [...chain(around(region!)), region!];
    chains.set(region, known);
    return known;
  };
  const deepest = (regions: readonly Region[]): Region =>
    regions.reduce((best, r) => (chain(r).length > chain(best).length ? r : best), undefined);
  const surroundings = new Map<Loop, Region>();
  const around = (loop: Loop): Region => {
    if (surroundings.has(loop)) return surroundings.get(loop);
    const own = new Set(loopParams(loop));
    const inside = [...loopChildren(loop), ...(outputs.get(loop) ?? [])];
    const region = deepest(inside.flatMap((node) => [...freeParams(node)].filter((p) => !own.has(p)).map((p) => owner.get(p))));
    surroundings.set(loop, region);
    return region;
  };
  const found = new Map<Node, Region>(forcedRegion);
  const of = (node: Node): Region => {
    if (found.has(node)) return found.get(node);
    const region =
      node.kind === "stack" || node.kind === "states" ? around(node.loop) : deepest([...freeParams(node)].map((p) => owner.get(p)));
    found.set(node, region);
    return region;
  };
  return { of, parentOf: around, enclosingLoops: chain };
}
