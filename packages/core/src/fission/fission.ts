// Loop fission: only values on a cycle through a state stay in a scan. What feeds the cycle is computed before it and what only reads it after it,
// over all steps at once. Knows nothing of cells.
import * as make from "../graph/make.ts";
import { loopParams, type Loop, type Node, type Piece, type Slice, type State } from "../graph/node.ts";
import { freeParams, postorder } from "../graph/order.ts";
import { rewrite, withChildren } from "../graph/rewrite.ts";
import { denseStrides } from "../shape.ts";
import { analyse } from "./analyse.ts";
import { contract } from "./contract.ts";
import { liftNode } from "./lift.ts";
import { isRematerialisable, staysInLoop } from "./staysInLoop.ts";

/** The same values with every loop split into the cycles it really has; loops inside loops first. */
export function fission(roots: readonly Node[]): Node[] {
  const done = new Set<Node>();
  let nodes = [...roots];
  for (let open = innermost(nodes, done); open.size > 0; open = innermost(nodes, done)) nodes = splitAll(nodes, open, done);
  return contract(nodes);
}

/** The loops not yet split in whose bodies there is none left to split. */
function innermost(roots: readonly Node[], done: ReadonlySet<Node>): Set<Loop> {
  const order = postorder(roots);
  const results = order.filter(
    (node): node is Extract<Node, { loop: Loop }> =>
      (node.kind === "stack" || node.kind === "states") && !loopParams(node.loop).every((p) => done.has(p)),
  );
  const outer = new Set<Node>(results.flatMap((inner) => [...freeParams(inner)]));
  return new Set(results.map((r) => r.loop).filter((loop) => !loopParams(loop).some((p) => outer.has(p))));
}

function splitAll(roots: readonly Node[], open: ReadonlySet<Loop>, done: Set<Node>): Node[] {
  const split = new Map<Loop, Split>();
  const wasOpen = new Set([...open].flatMap(loopParams));
  const of = (loop: Loop): Split => {
    const known = split.get(loop) ?? splitLoop(loop, done);
    split.set(loop, known);
    return known;
  };
  const isUnsplit = (loop: Loop): boolean => loopParams(loop).some((p) => wasOpen.has(p));
  const resolve = (node: Node): Node => {
    if (node.kind === "stack" && isUnsplit(node.loop)) return of(node.loop).lift(node.of);
    if (node.kind === "states" && isUnsplit(node.loop)) return of(node.loop).states(node.state);
    return node.kind === "view" ? make.view(resolve(node.x), node.window) : node;
  };
  return rewrite(roots, (node, old) => ((old.kind === "stack" || old.kind === "states") && open.has(old.loop) ? resolve(node) : node));
}

interface Split {
  /** A body value over all steps. */
  lift(node: Node): Node;
  /** A state before, between and after the steps. */
  states(state: number): Node;
}

/** One of the loops that a loop falls into: the states of one cycle, or none. */
interface Component {
  readonly loop: Loop & { readonly slices: Slice[] };
  readonly convert: (node: Node) => Node;
}

function splitLoop(loop: Loop, done: Set<Node>): Split {
  const body = analyse(loop),
    stays = staysInLoop(body),
    parts = new Map<number, Component>(),
    lifted = new Map<Node, Node>();

  const componentAt = (position: number): Component => {
    const known = parts.get(position);
    if (known !== undefined) return known;
    const members = body.isCyclic(position) ? body.statesOfComponent(position) : [];
    const slices: Slice[] = [],
      convert = rebuilder(position, new Set(members), slices);
    const states: State[] = members.map((i) => ({
      param: loop.states[i]!.param,
      init: loop.states[i]!.init,
      next: convert(loop.states[i]!.next),
    }));
    const part: Component = { loop: { name: loop.name, steps: loop.steps, reverse: loop.reverse, states, slices }, convert };
    parts.set(position, part);
    for (const { param } of states) done.add(param);
    return part;
  };

  /** Body nodes as the part at `position` computes them: what is cheap again, what is costly and known before as a slice. */
  const rebuilder = (position: number, members: ReadonlySet<number>, slices: Slice[]): ((node: Node) => Node) => {
    const converted = new Map<Node, Node>(),
      loops = new Map<Loop, Loop>();
    const slice = (of: Node, like: Node): Node => {
      if (of.kind === "const") return make.constant(of.value, like.shape, like.dtype);
      const known = slices.find((s) => s.of === of);
      if (known !== undefined) return known.param;
      const param = make.param(like.shape, like.dtype, like.label);
      slices.push({ param, of });
      done.add(param);
      return param;
    };
    const fresh = (node: Node): Node => {
      if (node.kind === "stack" || node.kind === "states") renameParams(node.loop, converted);
      if (body.isInInnerLoop(node)) return withChildren(node, convert, loops);
      if (!body.isLoopVariant(node)) return node;
      const own = body.stateOf(node),
        left = body.stateAssignedBy(node);
      if (own !== undefined) return members.has(own) ? node : slice(lift(node), node);
      if (left !== undefined && !members.has(left) && body.componentOf(node) < position) return slice(lift(node), node);
      if (node.kind === "param" || (body.componentOf(node) < position && !isRematerialisable(node))) return slice(lift(node), node);
      return withChildren(node, convert, loops);
    };
    const convert = (node: Node): Node => {
      const known = converted.get(node) ?? fresh(node);
      converted.set(node, known);
      return known;
    };
    return convert;
  };

  const lift = (node: Node): Node => {
    const known = lifted.get(node) ?? liftFresh(node);
    lifted.set(node, known);
    return known;
  };
  const liftFresh = (node: Node): Node => {
    if (!body.isLoopVariant(node)) return make.broadcast(node, [loop.steps, ...node.shape]);
    const own = body.stateOf(node),
      left = body.stateAssignedBy(node);
    if (own !== undefined) return make.stateRowsOf(loop, states(own), "before");
    if (node.kind === "param") return loop.slices.find((s) => s.param === node)!.of;
    if (left !== undefined) return make.stateRowsOf(loop, states(left), "after");
    if (stays(node)) {
      const part = componentAt(body.componentOf(node));
      return make.stack(part.loop, part.convert(node));
    }
    return liftNode(node, loop.steps, lift, (x) => !body.isLoopVariant(x));
  };

  const states = (i: number): Node => {
    const position = body.componentOfState(i),
      { param, init, next } = loop.states[i]!;
    if (body.isCyclic(position)) return make.states(componentAt(position).loop, body.statesOfComponent(position).indexOf(i));
    return delayed(loop, init, lift(next), param.dtype);
  };
  return { lift, states };
}

/** A loop inside gets params of its own in every part that has it. */
function renameParams(loop: Loop, converted: Map<Node, Node>): void {
  for (const param of loopParams(loop)) if (!converted.has(param)) converted.set(param, make.param(param.shape, param.dtype, param.label));
}

/** A state that does not depend on itself is its own input, one step late. */
function delayed(loop: Loop, init: Node, next: Node, dtype: Node["dtype"]): Node {
  const shape = [loop.steps + 1, ...init.shape];
  const first = make.boundaryRow(loop, "start"),
    after = first === 0 ? 1 : 0;
  const at = (row: number, x: Node): Piece => {
    const strides = denseStrides(shape);
    return { x, window: { offset: row * strides[0]!, shape: x.shape, strides } };
  };
  return make.place([at(first, make.reshape(init, [1, ...init.shape])), at(after, next)], shape, dtype);
}
