// A traced function's graph as nodes of ONNX, at the sizes that it was traced at: each value once, where it is computed, and only what is needed.
import { SluiceError } from "@sluice/core";
import {
  children,
  type Graph,
  type Loop,
  type Node,
  postorder,
  type Region,
  type Regions,
  type States,
  regionsOf,
} from "@sluice/core/graph";
import { Emitter, type NameSource } from "../emission/emitter.ts";
import { cast, expand, sameShape } from "../emission/operators.ts";
import type { Numbers } from "../emission/values.ts";
import { lookThrough } from "../windows/look.ts";
import { layOnto } from "../windows/lay.ts";
import { emitGather, emitScatter } from "./indexing.ts";
import { emitLoop } from "./loop.ts";
import type { LoopResults, Lowering, Replaced, Replacement } from "./lowering.ts";
import { emitMatmul } from "./matmul.ts";
import { emitPointwise, emitTest } from "./pointwise.ts";
import { emitReduce } from "./reduce.ts";
import { lookAtStates } from "./states.ts";
import { nth } from "../../read/there.ts";

export interface LoweringParts {
  readonly graph: Graph;
  readonly names: NameSource;
  /** What inputs of the graph are: weights, and inputs of the file. */
  readonly inputs: ReadonlyMap<Node, Numbers>;
  readonly replaced: (node: Node) => Replaced | undefined;
  /** As emitters have it. */
  readonly evenly: boolean;
}

export class GraphLowering implements Lowering {
  readonly top: Emitter;
  readonly order: readonly Node[];
  readonly regions: Regions;
  readonly names: NameSource;
  readonly #roots: ReadonlySet<Node>;
  readonly #usersOf: (node: Node) => readonly Node[];
  readonly #replaced: (node: Node) => Replaced | undefined;
  readonly #emitters = new Map<Region, Emitter>();
  readonly #known = new Map<Node, Numbers>();
  readonly #spread = new Map<Node, Numbers>();
  readonly #tests = new Map<Node, Numbers>();
  readonly #loops = new Map<Loop, LoopResults>();
  readonly #replacements = new Map<Replacement, readonly Numbers[]>();

  constructor({ graph, names, inputs, replaced, evenly }: LoweringParts) {
    const roots = graph.outputs.map(({ node }) => node);
    const read = (node: Node): readonly Node[] => replaced(node)?.by.reads ?? children(node);
    this.#replaced = replaced;
    this.order = postorder(roots, (node) => inputs.has(node), read);
    this.#roots = new Set(roots);
    this.#usersOf = consumersBy(this.order, read);
    this.regions = regionsOf(postorder(roots));
    this.names = names;
    this.top = new Emitter(names, evenly);
    this.#emitters.set(undefined, this.top);
    for (const [node, value] of inputs) this.#known.set(node, value);
  }

  run(region?: Region): void {
    for (const node of this.order) if (!isLazy(node) && this.regions.of(node) === region) this.spread(node);
  }

  emitterOf(region: Region): Emitter {
    return this.#emitters.get(region) ?? this.top; // a body is emitted while it is open
  }

  open(loop: Loop, params: ReadonlyMap<Node, Numbers>): Emitter {
    const emitter = new Emitter(this.names, this.top.evenly);
    this.#emitters.set(loop, emitter);
    for (const [node, value] of params) this.#known.set(node, value);
    return emitter;
  }

  value(node: Node): Numbers {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const spread = this.spread(node);
    const value = sameShape(spread.shape, node.shape) ? spread : this.#at(node, (e) => expand(e, spread, node.shape));
    this.#known.set(node, value);
    return value;
  }

  spread(node: Node): Numbers {
    const known = this.#known.get(node) ?? this.#spread.get(node);
    if (known !== undefined) return known;
    const value = this.#at(node, (e) => this.#emit(e, node));
    this.#spread.set(node, value);
    return value;
  }

  test(node: Node): Numbers {
    const known = this.#tests.get(node);
    if (known !== undefined) return known;
    const value = this.#at(node, (e) => emitTest(e, this, node) ?? cast(e, this.spread(node), "bool"));
    this.#tests.set(node, value);
    return value;
  }

  readersOf(states: States): readonly Node[] {
    return this.#usersOf(states);
  }

  isResult(node: Node): boolean {
    return this.#roots.has(node);
  }

  loop(loop: Loop): LoopResults {
    const known = this.#loops.get(loop);
    if (known !== undefined) return known;
    const results = emitLoop(this, loop);
    this.#loops.set(loop, results);
    return results;
  }

  #at(node: Node, emit: (e: Emitter) => Numbers): Numbers {
    const e = this.emitterOf(this.regions.of(node)),
      before = e.origin;
    e.origin = node.label?.split(".").slice(0, -1).join(".") || before;
    const value = emit(e);
    e.origin = before;
    return value;
  }

  #emit(e: Emitter, node: Node): Numbers {
    const replaced = this.#replaced(node);
    if (replaced !== undefined) return this.#instead(e, replaced);
    switch (node.kind) {
      case "input":
      case "param":
        throw new SluiceError({ code: "INTERNAL", who: "toOnnx", what: `internal: ${node.label ?? node.kind} is not known` }); // inputs and params are, before anything is emitted
      case "const":
        return { kind: "scalar", value: node.value, elem: node.dtype, shape: [] };
      case "data":
        return { kind: "data", data: node.data, shape: node.shape, elem: node.dtype };
      case "pointwise":
        return emitPointwise(e, this, node);
      case "view":
        return node.x.kind === "states" ? lookAtStates(e, this, node, node.x) : lookThrough(e, this.value(node.x), node.window);
      case "place":
        return layOnto(
          e,
          node.pieces.map(({ x, window }) => ({ x: this.value(x), window })),
          node.shape,
          node.dtype,
        );
      case "reduce":
        return emitReduce(e, this, node);
      case "matmul":
        return emitMatmul(e, this, node);
      case "gather":
        return emitGather(e, this, node);
      case "scatter":
        return emitScatter(e, this, node);
      case "stack":
        return this.loop(node.loop).stacked(node.of);
      case "states":
        return this.loop(node.loop).all(node.state);
    }
  }

  #instead(e: Emitter, { by, index }: Replaced): Numbers {
    const known = this.#replacements.get(by);
    if (known !== undefined) return nth(known, index); // as many as it replaces
    const before = e.origin;
    e.origin = by.origin;
    const given = by.emit(e, this);
    e.origin = before;
    this.#replacements.set(by, given);
    return nth(given, index); // as many as it replaces
  }
}

/** What is written only where it is read, in the way that the reader takes. */
function isLazy(node: Node): boolean {
  return (
    node.kind === "const" ||
    node.kind === "states" ||
    node.kind === "view" ||
    node.kind === "data" ||
    (node.kind === "pointwise" && node.op === "less")
  );
}

function consumersBy(order: readonly Node[], read: (node: Node) => readonly Node[]): (node: Node) => readonly Node[] {
  const users = new Map<Node, Node[]>();
  for (const node of order)
    for (const child of read(node)) {
      const list = users.get(child);
      if (list === undefined) users.set(child, [node]);
      else list.push(node);
    }
  return (node) => users.get(node) ?? [];
}
