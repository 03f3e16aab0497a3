// Which values one kernel computes: connected pointwise work of one shape between the same barriers. A kernel may have several outputs.
import type { Node, Pointwise, Reduce } from "../graph/node.ts";
import { children } from "../graph/node.ts";
import { consumers } from "../graph/order.ts";
import type { Regions } from "../graph/regions.ts";
import { sameShape } from "../graph/window.ts";

/** Pointwise nodes that one map computes, or that a reduce computes on the way; in order of computation. */
export interface Clusters {
  /** The nodes of each map. */
  readonly maps: readonly (readonly Pointwise[])[];
  /** The reduce that computes the node itself, if one does. */
  inlinedInto(node: Node): Reduce | undefined;
}

interface Options {
  readonly order: readonly Node[];
  readonly regions: Regions;
  /** Does the node have a home to be written to? */
  readonly isHomed: (node: Node) => boolean;
  /** To be computed after all else. */
  readonly late: ReadonlySet<Node>;
  /** Most slots a kernel may touch. */
  readonly bindings: number;
}

export function cluster({ order, regions, isHomed, late, bindings }: Options): Clusters {
  const users = consumers(order),
    inlined = inline(order, users, regions, isHomed, bindings);
  const depth = depths(order, users, regions, inlined, isHomed, late);
  const group = new Map<Pointwise, Set<Pointwise>>();
  for (const node of order) {
    if (node.kind !== "pointwise" || inlined.has(node)) continue;
    const joined = node.args.filter(
      (x): x is Pointwise => x.kind === "pointwise" && joins(x, node, regions) && !inlined.has(x) && depth.get(x) === depth.get(node),
    );
    const all = new Set<Pointwise>([...joined.flatMap((x) => [...group.get(x)!]), node]);
    for (const member of all) group.set(member, all);
  }
  const position = new Map(order.map((node, i) => [node, i]));
  const maps = [...new Set(group.values())].map((members) => [...members].sort((a, b) => position.get(a)! - position.get(b)!));
  return { maps: maps.flatMap((members) => fit(members, users, isHomed, bindings)), inlinedInto: (node) => inlined.get(node) };
}

/** May `x` be an operand inside the kernel of `node`, rather than a load? */
export function joins(x: Node, node: Pointwise | Reduce, regions: Regions): boolean {
  const shape = node.kind === "reduce" ? node.x.shape : node.shape;
  return x.kind === "pointwise" && x.dtype === node.dtype && sameShape(x.shape, shape) && regions.of(x) === regions.of(node);
}

type Users = (node: Node) => readonly Node[];

/** Pointwise work that only one reduce wants is done by that reduce. */
function inline(
  order: readonly Node[],
  users: Users,
  regions: Regions,
  isHomed: (node: Node) => boolean,
  bindings: number,
): Map<Node, Reduce> {
  const inlined = new Map<Node, Reduce>();
  for (const node of order.toReversed()) {
    if (node.kind !== "pointwise" || isHomed(node)) continue;
    const targets = new Set(users(node).map((u) => (u.kind === "reduce" ? u : inlined.get(u))));
    const [target] = targets;
    if (targets.size === 1 && target !== undefined && joins(node, target, regions)) inlined.set(node, target);
  }
  for (const reduce of new Set(inlined.values())) {
    const members = [...inlined].filter(([, r]) => r === reduce).map(([node]) => node);
    if (loadsOf(members).size + 1 > bindings) for (const node of members) inlined.delete(node);
  }
  return inlined;
}

/** The number of barriers before each node; pointwise work that one later kernel alone wants is done there. */
function depths(
  order: readonly Node[],
  users: Users,
  regions: Regions,
  inlined: ReadonlyMap<Node, Reduce>,
  isHomed: (node: Node) => boolean,
  late: ReadonlySet<Node>,
): Map<Node, number> {
  const depth = new Map<Node, number>();
  for (const node of order) {
    const below = children(node).map(
      (x) =>
        (depth.get(x) ?? 0) +
        (node.kind === "pointwise" && joins(x, node, regions) ? 0 : x.kind === "view" || node.kind === "view" ? 0 : 1),
    );
    const viewed = children(node).map((x) => (x.kind === "view" ? (depth.get(x) ?? 0) + 1 : 0));
    depth.set(node, late.has(node) ? order.length : Math.max(0, ...below, ...viewed));
  }
  for (const node of order.toReversed()) {
    if (node.kind !== "pointwise" || isHomed(node) || inlined.has(node)) continue;
    const wanted = users(node).map((u) =>
      u.kind === "pointwise" && joins(node, u, regions) && !inlined.has(u) && !late.has(u) ? depth.get(u)! : -1,
    );
    if (wanted.length > 0 && wanted.every((d) => d === wanted[0] && d >= 0)) depth.set(node, wanted[0]!);
  }
  return depth;
}

/** Halves a kernel that would touch too many slots; the first half stores what the second needs. */
function fit(members: readonly Pointwise[], users: Users, isHomed: (node: Node) => boolean, bindings: number): (readonly Pointwise[])[] {
  const inside = new Set<Node>(members),
    stored = members.filter((node) => isHomed(node) || users(node).some((u) => !inside.has(u)));
  if (loadsOf(members).size + stored.length <= bindings || members.length === 1) return [members];
  const middle = members.length >> 1;
  return [...fit(members.slice(0, middle), users, isHomed, bindings), ...fit(members.slice(middle), users, isHomed, bindings)];
}

function loadsOf(members: readonly Node[]): Set<Node> {
  const inside = new Set(members);
  return new Set(
    members
      .flatMap((node) => children(node))
      .filter((x) => x.kind !== "const" && !inside.has(x))
      .map((x) => (x.kind === "view" ? x.x : x)),
  );
}
