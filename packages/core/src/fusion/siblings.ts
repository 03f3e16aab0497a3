// Maps that read the same value behind the same barriers are one map, which reads it once.
import type { Node, Pointwise } from "../graph/node.ts";
import type { Region, Regions } from "../graph/regions.ts";
import { repeats } from "../graph/window.ts";

interface Options {
  readonly regions: Regions;
  /** The number of barriers before a node. */
  readonly depth: ReadonlyMap<Node, number>;
  /** To be computed after all else, apart from the rest. */
  readonly late: ReadonlySet<Node>;
  /** May one kernel compute all of these? */
  readonly fits: (members: readonly Pointwise[]) => boolean;
}

interface Family {
  readonly members: Pointwise[];
  readonly reads: Set<Node>;
}

/** The members of each map, with maps of one shape, depth and region merged where they share a read as large as they are. */
export function mergeSiblings(maps: readonly Iterable<Pointwise>[], { regions, depth, late, fits }: Options): Pointwise[][] {
  const families: Family[] = [];
  /** Those that may become one: by region, then by dtype, depth and shape. */
  const alike = new Map<Region, Map<string, Family[]>>();
  const likeOf = (node: Pointwise): Family[] => {
    const inRegion = alike.get(regions.of(node)) ?? new Map<string, Family[]>();
    alike.set(regions.of(node), inRegion);
    const key = [node.dtype, depth.get(node), ...node.shape].join();
    const like = inRegion.get(key) ?? [];
    inRegion.set(key, like);
    return like;
  };
  for (const map of maps) {
    const members = [...map],
      reads = members.some((node) => late.has(node)) ? new Set<Node>() : readsOf(members),
      like = likeOf(members[0]!);
    const family = like.find((f) => [...reads].some((x) => f.reads.has(x)) && fits([...f.members, ...members]));
    if (family === undefined) {
      const fresh = { members, reads };
      like.push(fresh);
      families.push(fresh);
    } else {
      family.members.push(...members);
      for (const x of reads) family.reads.add(x);
    }
  }
  return families.map((f) => f.members);
}

/** What is loaded with an element for every index. */
function readsOf(members: readonly Pointwise[]): Set<Node> {
  const inside = new Set<Node>(members);
  const isRead = (x: Node): boolean => x.kind !== "const" && !inside.has(x) && !(x.kind === "view" && repeats(x.window));
  return new Set(members.flatMap((node) => node.args).filter(isRead));
}
