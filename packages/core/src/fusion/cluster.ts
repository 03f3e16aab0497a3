// Which values one kernel computes: connected pointwise work of one shape between the same barriers. A kernel may have several outputs.
import type { Node, Pointwise, Reduce } from "../graph/node.ts";
import { children } from "../graph/node.ts";
import { consumers } from "../graph/order.ts";
import type { Regions } from "../graph/regions.ts";
import { computedAgain, type Kernel, loadsOf } from "./again.ts";
import { joins } from "./joins.ts";
import { mergeSiblings } from "./siblings.ts";

/** Pointwise nodes that one map computes, or that a reduce computes on the way; in order of computation. */
export interface Clusters {
  /** The nodes of each map. */
  readonly maps: readonly (readonly Pointwise[])[];
  /** The reduce that computes the node itself, if one does. */
  inlinedInto(node: Node): Reduce | undefined;
  /** Does every kernel that wants the node compute it, so that none stores it? Such a node belongs to no map. */
  isComputedAgain(node: Node): boolean;
}

interface Options {
  readonly order: readonly Node[];
  readonly regions: Regions;
  /** Is it decided where the node is written? */
  readonly hasDestination: (node: Node) => boolean;
  /** To be computed after all else. */
  readonly late: ReadonlySet<Node>;
  /** Most slots a kernel may touch. */
  readonly bindings: number;
  /** May kernels compute in more precision than they store? */
  readonly excessPrecision: boolean;
}

export function cluster({ order, regions, hasDestination, late, bindings, excessPrecision }: Options): Clusters {
  const users = consumers(order),
    inlined = inline(order, users, regions, hasDestination, bindings);
  const depth = depths(order, users, regions, inlined, hasDestination, late);
  const group = new Map<Pointwise, Set<Pointwise>>();
  for (const node of order) {
    if (node.kind !== "pointwise" || inlined.has(node)) continue;
    const joined = node.args.filter(
      (x): x is Pointwise => x.kind === "pointwise" && joins(x, node, regions) && !inlined.has(x) && depth.get(x) === depth.get(node),
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
    loadsOf(members).size + storedOf(members, users, hasDestination).length <= bindings;
  const fitting = mergeSiblings([...new Set(group.values())], { regions, depth, late, fits })
    .map((members) => members.sort((a, b) => position.get(a)! - position.get(b)!))
    .flatMap((members) => halve(members, fits));
  const kernels = [
    ...fitting.map((nodes): Kernel => ({ nodes, results: storedOf(nodes, users, hasDestination).length })),
    ...reducesOf(order, inlined).map((nodes): Kernel => ({ nodes, results: 1 })),
  ];
  const again = computedAgain({ order, users, regions, hasDestination, late, kernels, bindings, excessPrecision });
  return {
    maps: fitting.map((members) => members.filter((node) => !again.has(node))).filter((members) => members.length > 0),
    inlinedInto: (node) => inlined.get(node),
    isComputedAgain: (node) => again.has(node),
  };
}

type Users = (node: Node) => readonly Node[];

/** Pointwise work that only one reduce wants is done by that reduce. */
function inline(
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
    if (targets.size === 1 && target !== undefined && joins(node, target, regions)) inlined.set(node, target);
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
function depths(
  order: readonly Node[],
  users: Users,
  regions: Regions,
  inlined: ReadonlyMap<Node, Reduce>,
  hasDestination: (node: Node) => boolean,
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
    if (node.kind !== "pointwise" || hasDestination(node) || inlined.has(node)) continue;
    const wanted = users(node).map((u) =>
      u.kind === "pointwise" && joins(node, u, regions) && !inlined.has(u) && !late.has(u) ? depth.get(u)! : -1,
    );
    if (wanted.length > 0 && wanted.every((d) => d === wanted[0] && d >= 0)) depth.set(node, wanted[0]!);
  }
  return depth;
}

/** Halves a kernel that would touch too many slots; the first half stores what the second needs. */
function halve(members: readonly Pointwise[], fits: (members: readonly Pointwise[]) => boolean): (readonly Pointwise[])[] {
  if (fits(members) || members.length === 1) return [members];
  const middle = members.length >> 1;
  return [...halve(members.slice(0, middle), fits), ...halve(members.slice(middle), fits)];
}

function storedOf(members: readonly Pointwise[], users: Users, hasDestination: (node: Node) => boolean): readonly Pointwise[] {
  const inside = new Set<Node>(members);
  return members.filter((node) => hasDestination(node) || users(node).some((u) => !inside.has(u)));
}
