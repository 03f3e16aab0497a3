// Maps that read the same value behind the same barriers are one map, which reads it once.
import type { Node, Pointwise } from "../graph/node.ts";
import type { Regions } from "../graph/regions.ts";
import { hasBroadcastAxis } from "../graph/window.ts";

interface Options {
  readonly regions: Regions;
  /** The number of barriers before a node. */
  readonly depth: ReadonlyMap<Node, number>;
  /** To be computed after all else, apart from the rest. */
  readonly deferred: ReadonlySet<Node>;
  /** May one kernel compute all of these? */
  readonly fits: (members: readonly Pointwise[]) => boolean;
}

interface SiblingGroup {
  /** How many there were before it. */
  readonly number: number;
  /** What its members have in common; with the region it says who may join. */
  readonly key: string;
  readonly members: Pointwise[];
}

/** The members of each map, with maps of one shape, depth and region merged where they share a read as large as they are. */
export function fuseSiblings(maps: readonly Iterable<Pointwise>[], { regions, depth, deferred, fits }: Options): Pointwise[][] {
  const families: SiblingGroup[] = [];
  const readers = new Map<Node, Set<SiblingGroup>>();
  const keyOf = (node: Pointwise): string => [node.dtype, depth.get(node), ...node.shape].join();
  for (const map of maps) {
    const members = [...map],
      reads = members.some((node) => deferred.has(node)) ? [] : readsOf(members),
      key = keyOf(members[0]!),
      region = regions.of(members[0]!);
    const beside = new Set([...reads].flatMap((x) => [...(readers.get(x) ?? [])])),
      family = [...beside]
        .filter((f) => f.key === key && regions.of(f.members[0]!) === region)
        .sort((x, y) => x.number - y.number)
        .find((f) => fits([...f.members, ...members]));
    const joined = family ?? { number: families.length, key, members: [] };
    if (family === undefined) families.push(joined);
    joined.members.push(...members);
    for (const x of reads) readers.set(x, (readers.get(x) ?? new Set()).add(joined));
  }
  return families.map((f) => f.members);
}

/** What is loaded with an element for every index. */
function readsOf(members: readonly Pointwise[]): Set<Node> {
  const inside = new Set<Node>(members);
  const isRead = (x: Node): boolean => x.kind !== "const" && !inside.has(x) && !(x.kind === "view" && hasBroadcastAxis(x.window));
  return new Set(members.flatMap((node) => node.args).filter(isRead));
}
