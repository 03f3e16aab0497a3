// Which body values of a loop depend on which states, and which states on each other: the cycles, in an order in which they can run.
import { children, loopParams, type Loop, type Node, type Stack, type States as StatesNode } from "../graph/node.ts";
import { findFreeParams, postorder } from "../graph/order.ts";

export interface Analysis {
  /** Does the node depend on anything of this loop? */
  isLoopVariant(node: Node): boolean;
  /** Does it belong to the body of a loop inside this one? */
  isInInnerLoop(node: Node): boolean;
  /** The state that the node is the param of. */
  stateOf(node: Node): number | undefined;
  /** A state that the node is the next value of. */
  stateAssignedBy(node: Node): number | undefined;
  /** Is it computed from a state of a cycle, and needed for the next state of the same cycle? */
  isOnCycle(node: Node): boolean;
  /** The position of the latest cycle it depends on; −1 where it depends on no state. */
  componentOf(node: Node): number;
  componentOfState(state: number): number;
  /** The states at a position, ascending. */
  statesOfComponent(position: number): readonly number[];
  /** Do they depend on themselves? A state that only delays its input does not. */
  isCyclic(position: number): boolean;
}

type StateSet = ReadonlySet<number>;
const none: StateSet = new Set();

export function analyse(loop: Loop): Analysis {
  const own = new Set<Node>(loopParams(loop)),
    states = new Map<Node, StateSet>(),
    inside = new Set<Node>(),
    inner = new Set<Node>();
  const paramOf = new Map<Node, number>(loop.states.map((s, i) => [s.param, i])),
    nextOf = new Map<Node, number>();
  loop.states.forEach((s, i) => nextOf.has(s.next) || nextOf.set(s.next, i));

  const seen = new Set<Node>();
  const visit = (root: Node): void => {
    for (const node of postorder([root], (n) => seen.has(n))) {
      if (seen.has(node)) continue;
      seen.add(node);
      const below = children(node);
      if (node.kind === "stack" || node.kind === "states") for (const bound of innerBody(node)) inner.add(bound);
      if (own.has(node) || below.some((x) => inside.has(x))) inside.add(node);
      const i = paramOf.get(node);
      states.set(node, i === undefined ? merge(below.map((x) => states.get(x) ?? none)) : new Set([i]));
    }
  };
  const statesOf = (node: Node): StateSet => {
    visit(node);
    return states.get(node)!;
  };

  const direct = loop.states.map((s) => statesOf(s.next)),
    reach = transitiveClosure(direct);
  const groups = stronglyConnected(reach),
    positions = new Map(groups.flatMap((members, position) => members.map((i) => [i, position] as const)));
  const onCycle = new Set(
    groups.flatMap((members) => {
      const together = new Set(members);
      return postorder(members.map((i) => loop.states[i]!.next)).filter((node) => [...statesOf(node)].some((i) => together.has(i)));
    }),
  );
  return {
    isLoopVariant: (node) => (visit(node), inside.has(node)),
    isInInnerLoop: (node) => inner.has(node),
    stateOf: (node) => paramOf.get(node),
    stateAssignedBy: (node) => (paramOf.has(node) || !(visit(node), inside.has(node)) ? undefined : nextOf.get(node)),
    isOnCycle: (node) => onCycle.has(node) && !paramOf.has(node),
    componentOf: (node) => Math.max(-1, ...[...statesOf(node)].map((i) => positions.get(i)!)),
    componentOfState: (state) => positions.get(state)!,
    statesOfComponent: (position) => groups[position] ?? [],
    isCyclic: (position) => (groups[position] ?? []).some((i) => reach[i]!.has(i)),
  };
}

/** A loop's params, and the nodes of its body that depend on them. */
function innerBody(node: Stack | StatesNode): readonly Node[] {
  const own = new Set<Node>(loopParams(node.loop)),
    order = postorder(children(node)),
    free = findFreeParams();
  return [...own, ...order.filter((x) => [...free(x)].some((p) => own.has(p)))];
}

function merge(sets: readonly StateSet[]): StateSet {
  const filled = sets.filter((s) => s.size > 0);
  return filled.length <= 1 ? (filled[0] ?? none) : new Set(filled.flatMap((s) => [...s]));
}

/** What each state depends on over any number of steps. */
function transitiveClosure(direct: readonly StateSet[]): StateSet[] {
  const reach = direct.map((s) => new Set(s));
  for (let k = 0; k < reach.length; k++) for (const r of reach) if (r.has(k)) for (const j of reach[k]!) r.add(j);
  return reach;
}

/** States that depend on each other, together; a group after all that it depends on. */
function stronglyConnected(reach: readonly StateSet[]): number[][] {
  const groups: number[][] = [];
  reach.forEach((r, i) => {
    const group = groups.find(([j]) => r.has(j!) && reach[j!]!.has(i));
    if (group === undefined) groups.push([i]);
    else group.push(i);
  });
  const depth = (group: readonly number[]): number => groups.filter((other) => other !== group && reach[group[0]!]!.has(other[0]!)).length;
  return groups.sort((a, b) => depth(a) - depth(b));
}
