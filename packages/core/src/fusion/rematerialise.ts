// Which values every kernel that wants them computes for itself, instead of one storing them for the others: those that cost no more to
// compute than to load.
import { children, type Node, type Pointwise } from "../graph/node.ts";
import type { Regions } from "../graph/regions.ts";
import { hasBroadcastAxis } from "../graph/window.ts";
import { canFuse } from "./canFuse.ts";

/** What one map or reduce computes. */
export interface FusionGroup {
  readonly nodes: readonly Node[];
  /** How many of them are written to memory, at most. */
  readonly results: number;
}

interface Options {
  readonly order: readonly Node[];
  readonly users: (node: Node) => readonly Node[];
  readonly regions: Regions;
  readonly hasDestination: (node: Node) => boolean;
  /** To be computed after all else, when what would be loaded may be overwritten. */
  readonly deferred: ReadonlySet<Node>;
  readonly kernels: readonly FusionGroup[];
  readonly bindings: number;
  /** May kernels compute in more precision than they store? */
  readonly excessPrecision: boolean;
}

/** The values to be rematerialised: computed in every kernel that wants them. No kernel comes to touch more slots than `bindings`. */
export function rematerialised({ kernels, users, bindings, ...rest }: Options): ReadonlySet<Node> {
  const kernelOf = new Map(kernels.flatMap((kernel) => kernel.nodes.map((node) => [node, kernel] as const))),
    cheap = new Set(candidatesOf({ users, ...rest }));
  for (;;) {
    const recomputed = wanted(cheap, (node) => users(node).some((u) => kernelOf.get(u) !== kernelOf.get(node)));
    const large = kernels.filter(({ nodes, results }) => loadsOf(nodes, recomputed).size + results > bindings);
    const withdrawn = large.flatMap(({ nodes }) => [...operandsOf(nodes, recomputed)].filter((node) => recomputed.has(node)));
    if (withdrawn.length === 0) return recomputed;
    for (const node of withdrawn) cheap.delete(node);
  }
}

/**
 * A few operations on what is in memory anyway: loading that moves no more than storing and loading the value would, and keeps no more
 * alive. At most two operands are of the value's own size, at most one of them scratch of this very region. What is compared with a maximum
 * of itself, or of which one is subtracted, must have the very bits that were folded: it is stored where kernels may compute in more precision
 * than they store. Of scores of 10¹⁰ the maximum would otherwise be off by more than e^… takes.
 */
function candidatesOf({
  order,
  users,
  regions,
  hasDestination,
  deferred,
  excessPrecision,
}: Omit<Options, "kernels" | "bindings">): Iterable<Node> {
  const operands = new Map<Node, readonly Node[]>(),
    maxima = excessPrecision ? derivedFromMaxima(order) : new Set<Node>();
  const isStored = (node: Node): boolean =>
    node.kind !== "pointwise" || hasDestination(node) || !users(node).every((u) => canFuse(node, u, regions) && !deferred.has(u));
  for (const node of order) {
    if (isStored(node) || node.kind !== "pointwise" || expensiveOps.has(node.op)) continue;
    if (users(node).some((u) => u.kind === "pointwise" && exact.has(u.op) && u.args.some((x) => maxima.has(x)))) continue;
    const below = node.args.map((x) => (isStored(x) ? [x] : operands.get(x))),
      large = [...new Set(below.flatMap((list) => list ?? []))].filter(isFullSize),
      isShortLived = (x: Node): boolean => isScratch(x) && regions.of(x) === regions.of(node);
    if (below.includes(undefined) || large.length > 2 || large.filter(isShortLived).length > 1) continue;
    operands.set(node, large);
  }
  return operands.keys();
}

/** Maxima along axes, as they are seen or computed with. */
function derivedFromMaxima(order: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of order) {
    const isMade = node.kind === "reduce" ? node.combine === "max" : node.kind === "view" || node.kind === "pointwise";
    if (isMade && (node.kind === "reduce" || children(node).some((x) => found.has(x)))) found.add(node);
  }
  return found;
}

/** The cheap values that another kernel wants, and the cheap ones that they are computed from. */
function wanted(cheap: ReadonlySet<Node>, isWantedElsewhere: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  const add = (node: Node): void => {
    if (found.has(node) || !cheap.has(node)) return;
    found.add(node);
    children(node).forEach(add);
  };
  for (const node of cheap) if (isWantedElsewhere(node)) add(node);
  return found;
}

/** What kernels read to compute `nodes`: memory, and what is recomputed on the way to it. */
function operandsOf(nodes: readonly Node[], recomputed: ReadonlySet<Node>): ReadonlySet<Node> {
  const inside = new Set(nodes),
    found = new Set<Node>();
  const visit = (node: Node): void => {
    for (const x of children(node)) {
      if (found.has(x) || (inside.has(x) && !recomputed.has(x))) continue;
      found.add(x);
      if (recomputed.has(x)) visit(x);
    }
  };
  for (const node of nodes) if (!recomputed.has(node)) visit(node);
  return found;
}

/** The values in memory that a kernel of `nodes` touches, views as what they look at. */
export function loadsOf(nodes: readonly Node[], recomputed: ReadonlySet<Node> = new Set()): ReadonlySet<Node> {
  const loads = [...operandsOf(nodes, recomputed)].filter((x) => x.kind !== "const" && !recomputed.has(x));
  return new Set(loads.map((x) => (x.kind === "view" ? x.x : x)));
}

/** What tells apart values that differ by a rounding. */
const exact: ReadonlySet<Pointwise["op"]> = new Set(["less", "sub"]);

/** Slower than a load. */
export const expensiveOps: ReadonlySet<Pointwise["op"]> = new Set([
  "exp",
  "log",
  "log1p",
  "expm1",
  "sqrt",
  "tanh",
  "sigmoid",
  "sin",
  "cos",
  "erf",
  "div",
]);

/** Has it as many elements as indices? What is repeated along an axis has fewer. */
function isFullSize(node: Node): boolean {
  return node.kind !== "const" && !(node.kind === "view" && hasBroadcastAxis(node.window));
}

function isScratch(node: Node): boolean {
  const { kind } = node.kind === "view" ? node.x : node;
  return kind !== "input" && kind !== "data";
}
