// Loop fission: only values on a cycle through a state stay in a scan. What feeds the cycle is computed before it and what only reads it after it,
// over all steps at once. Knows nothing of cells.
import * as make from "../graph/make.ts";
import { loopParams, type Loop, type Node, type Piece, type Slice, type State } from "../graph/node.ts";
import { freeParams, postorder } from "../graph/order.ts";
import { rewrite, withChildren } from "../graph/rewrite.ts";
import { denseStrides } from "../shape.ts";
import { analyse, type Analysis } from "./analyse.ts";
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
  const split = new Map<Loop, SplitLoop>();
  const wasOpen = new Set([...open].flatMap(loopParams));
  const of = (loop: Loop): SplitLoop => {
    const known = split.get(loop) ?? new SplitLoop(loop, done);
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

/** One of the loops that a loop falls into: the states of one cycle, or none. */
interface Component {
  readonly loop: Loop & { readonly slices: Slice[] };
  /** A body node as this loop computes it. */
  readonly rebuild: (node: Node) => Node;
}

/** A loop that falls into its components as its values are asked for. `done` takes the params of the loops that it falls into. */
class SplitLoop {
  readonly #loop: Loop;
  readonly #done: Set<Node>;
  readonly #body: Analysis;
  readonly #stays: (node: Node) => boolean;
  readonly #components = new Map<number, Component>();
  readonly #lifted = new Map<Node, Node>();

  constructor(loop: Loop, done: Set<Node>) {
    this.#loop = loop;
    this.#done = done;
    this.#body = analyse(loop);
    this.#stays = staysInLoop(this.#body);
  }

  /** A body value over all steps. */
  lift(node: Node): Node {
    const lifted = this.#lifted.get(node) ?? this.#lift(node);
    this.#lifted.set(node, lifted);
    return lifted;
  }

  /** A state before, between and after the steps. */
  states(state: number): Node {
    const component = this.#body.componentOfState(state),
      { param, init, next } = this.#loop.states[state]!;
    if (!this.#body.isCyclic(component)) return delayed(this.#loop, init, this.lift(next), param.dtype);
    return make.states(this.#component(component).loop, this.#body.statesOfComponent(component).indexOf(state));
  }

  #lift(node: Node): Node {
    const { steps, slices } = this.#loop;
    if (!this.#body.isLoopVariant(node)) return make.broadcast(node, [steps, ...node.shape]);
    const own = this.#body.stateOf(node),
      assigned = this.#body.stateAssignedBy(node);
    if (own !== undefined) return make.stateRowsOf(this.#loop, this.states(own), "before");
    if (node.kind === "param") return slices.find((s) => s.param === node)!.of;
    if (assigned !== undefined) return make.stateRowsOf(this.#loop, this.states(assigned), "after");
    if (this.#stays(node)) {
      const { loop, rebuild } = this.#component(this.#body.componentOf(node));
      return make.stack(loop, rebuild(node));
    }
    return liftNode(
      node,
      steps,
      (x) => this.lift(x),
      (x) => !this.#body.isLoopVariant(x),
    );
  }

  #component(at: number): Component {
    const known = this.#components.get(at);
    if (known !== undefined) return known;
    const members = this.#body.isCyclic(at) ? this.#body.statesOfComponent(at) : [];
    const slices: Slice[] = [],
      rebuild = this.#rebuilder(at, new Set(members), slices);
    const states = members.map((i): State => {
      const { param, init, next } = this.#loop.states[i]!;
      return { param, init, next: rebuild(next) };
    });
    const { name, steps, reverse } = this.#loop,
      component: Component = { loop: { name, steps, reverse, states, slices }, rebuild };
    this.#components.set(at, component);
    for (const { param } of states) this.#done.add(param);
    return component;
  }

  /** Body nodes as the component computes them: what is cheap is rematerialised, what is expensive and known before is one more of the `slices`. */
  #rebuilder(at: number, members: ReadonlySet<number>, slices: Slice[]): (node: Node) => Node {
    const body = this.#body,
      rebuilt = new Map<Node, Node>(),
      loops = new Map<Loop, Loop>();
    const isKnownBefore = (node: Node): boolean => {
      const own = body.stateOf(node),
        assigned = body.stateAssignedBy(node);
      if (own !== undefined) return !members.has(own);
      if (body.componentOf(node) >= at) return node.kind === "param";
      return node.kind === "param" || !isRematerialisable(node) || (assigned !== undefined && !members.has(assigned));
    };
    const rebuildOnce = (node: Node): Node => {
      if (node.kind === "stack" || node.kind === "states") cloneParams(node.loop, rebuilt);
      if (body.isInInnerLoop(node)) return withChildren(node, rebuild, loops);
      if (!body.isLoopVariant(node)) return node;
      if (isKnownBefore(node)) return this.#slice(this.lift(node), node, slices);
      return body.stateOf(node) === undefined ? withChildren(node, rebuild, loops) : node;
    };
    const rebuild = (node: Node): Node => {
      const known = rebuilt.get(node) ?? rebuildOnce(node);
      rebuilt.set(node, known);
      return known;
    };
    return rebuild;
  }

  /** What the body sees of one row of `of`. */
  #slice(of: Node, { shape, dtype, label }: Node, slices: Slice[]): Node {
    if (of.kind === "const") return make.constant(of.value, shape, dtype);
    const known = slices.find((s) => s.of === of);
    if (known !== undefined) return known.param;
    const param = make.param(shape, dtype, label);
    slices.push({ param, of });
    this.#done.add(param);
    return param;
  }
}

/** A loop inside gets params of its own in every component that has it. */
function cloneParams(loop: Loop, rebuilt: Map<Node, Node>): void {
  for (const param of loopParams(loop)) if (!rebuilt.has(param)) rebuilt.set(param, make.param(param.shape, param.dtype, param.label));
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
