// Which values one kernel computes: connected pointwise work of one shape between the same barriers. A kernel may have several outputs.
import type { Node, Pointwise, Reduce } from "../graph/node.ts";
import { children } from "../graph/node.ts";
import type { Regions } from "../graph/regions.ts";
import { rematerialised, type FusionGroup, loadsOf } from "./rematerialise.ts";
import { canFuse } from "./canFuse.ts";
import { fuseSiblings } from "./fuseSiblings.ts";

/** Pointwise nodes that one map computes, or that a reduce computes on the way; in order of computation. */
export interface FusionPlan {
  /** The nodes of each map. */
  readonly maps: readonly (readonly Pointwise[])[];
  /** The reduce that computes the node itself, if one does. */
  fusedIntoReduce(node: Node): Reduce | undefined;
  /** Does every kernel that wants the node compute it, so that none stores it? Such a node belongs to no map. */
  isRematerialised(node: Node): boolean;
}

interface Options {
  readonly order: readonly Node[];
  /** Who uses a node, as `consumers` finds it in `order`. */
  readonly users: Users;
  readonly regions: Regions;
  /** Is it decided where the node is written? */
  readonly hasDestination: (node: Node) => boolean;
  /** To be computed after all else. */
  readonly deferred: ReadonlySet<Node>;
  /** Most slots a kernel may touch. */
  readonly bindings: number;
  /** May kernels compute in more precision than they store? */
  readonly excessPrecision: boolean;
}

export function fuse({ order, users, regions, hasDestination, deferred, bindings, excessPrecision }: Options): FusionPlan {
  const inlined = fuseIntoReduces(order, users, regions, hasDestination, bindings);
  const depth = levels(order, users, regions, inlined, hasDestination, deferred);
  const group = new Map<Pointwise, Set<Pointwise>>();
  for (const node of order) {
    if (node.kind !== "pointwise" || inlined.has(node)) continue;
    const joined = node.args.filter(
      (x): x is Pointwise => x.kind === "pointwise" && canFuse(x, node, regions) && !inlined.has(x) && depth.get(x) === depth.get(node),
    );
    const groups = new Set(joined.map((x) => group.get(x)!)),
      all = [...groups].reduce((x, y) => (y.size > x.size ? y : x), new Set<Pointwise>());
    for (const other of groups)
      if (other !== all)
        for (const member of other) {
          all.add(member);
          group.set(member, all);
        }
    group.set(node, all.add(node));
  }
  const position = new Map(order.map((node, i) => [node, i]));
  const fits = (members: readonly Pointwise[]): boolean =>
    loadsOf(members).size + liveOutsOf(members, users, hasDestination).length <= bindings;
  const fitting = fuseSiblings([...new Set(group.values())], { regions, depth, deferred, fits })
    .map((members) => members.sort((a, b) => position.get(a)! - position.get(b)!))
    .flatMap((members) => splitToFit(members, fits));
  const kernels = [
    ...fitting.map((nodes): FusionGroup => ({ nodes, results: liveOutsOf(nodes, users, hasDestination).length })),
    ...reducesOf(order, inlined).map((nodes): FusionGroup => ({ nodes, results: 1 })),
  ];
  const recomputed = rematerialised({ order, users, regions, hasDestination, deferred, kernels, bindings, excessPrecision });
  return {
    maps: fitting.map((members) => members.filter((node) => !recomputed.has(node))).filter((members) => members.length > 0),
    fusedIntoReduce: (node) => inlined.get(node),
    isRematerialised: (node) => recomputed.has(node),
  };
}

type Users = (node: Node) => readonly Node[];

/** Pointwise work that only one reduce wants is done by that reduce. */
function fuseIntoReduces(
  order: readonly Node[],
  users: Users,
  regions: Regions,
  hasDestination: (node: Node) => boolean,
  bindings: number,
): Map<Node, Reduce> {
  const inlined = new Map<Node, Reduce>();
  for (const node of order.toReversed()) {
    if (node.kind !== "pointwise" || hasDestination(node)) continue;
    const targets = new Set(users(node).map((u) => (u.kind === "reduce" ? u : inlined.get(u))));
    const [target] = targets;
    if (targets.size === 1 && target !== undefined && canFuse(node, target, regions)) inlined.set(node, target);
  }
  for (const [reduce, ...members] of reducesOf(order, inlined))
    if (loadsOf([reduce, ...members]).size + 1 > bindings) for (const node of members) inlined.delete(node);
  return inlined;
}

/** Each reduce with what it computes on the way. */
function reducesOf(order: readonly Node[], inlined: ReadonlyMap<Node, Reduce>): (readonly [Reduce, ...Node[]])[] {
  const members = new Map(order.flatMap((node) => (node.kind === "reduce" ? [[node, [] as Node[]] as const] : [])));
  for (const [node, reduce] of inlined) members.get(reduce)!.push(node);
  return [...members].map(([reduce, nodes]) => [reduce, ...nodes] as const);
}

/** The number of barriers before each node; pointwise work that one later kernel alone wants is done there. */
function levels(
  order: readonly Node[],
  users: Users,
  regions: Regions,
  inlined: ReadonlyMap<Node, Reduce>,
  hasDestination: (node: Node) => boolean,
  deferred: ReadonlySet<Node>,
): Map<Node, number> {
  const depth = new Map<Node, number>();
  for (const node of order) {
    const below = children(node).map(
      (x) =>
        (depth.get(x) ?? 0) +
        (node.kind === "pointwise" && canFuse(x, node, regions) ? 0 : x.kind === "view" || node.kind === "view" ? 0 : 1),
    );
    const viewed = children(node).map((x) => (x.kind === "view" ? (depth.get(x) ?? 0) + 1 : 0));
    depth.set(node, deferred.has(node) ? order.length : Math.max(0, ...below, ...viewed));
  }
  for (const node of order.toReversed()) {
    if (node.kind !== "pointwise" || hasDestination(node) || inlined.has(node)) continue;
    const wanted = users(node).map((u) =>
      u.kind === "pointwise" && canFuse(node, u, regions) && !inlined.has(u) && !deferred.has(u) ? depth.get(u)! : -1,
    );
    if (wanted.length > 0 && wanted.every((d) => d === wanted[0] && d >= 0)) depth.set(node, wanted[0]!);
  }
  return depth;
}

/** Halves a kernel that would touch too many slots; the first half stores what the second needs. */
function splitToFit(members: readonly Pointwise[], fits: (members: readonly Pointwise[]) => boolean): (readonly Pointwise[])[] {
  if (fits(members) || members.length === 1) return [members];
  const middle = members.length >> 1;
  return [...splitToFit(members.slice(0, middle), fits), ...splitToFit(members.slice(middle), fits)];
}

function liveOutsOf(members: readonly Pointwise[], users: Users, hasDestination: (node: Node) => boolean): readonly Pointwise[] {
  const inside = new Set<Node>(members);
  return members.filter((node) => hasDestination(node) || users(node).some((u) => !inside.has(u)));
}
