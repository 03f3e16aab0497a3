// Decides where values are written: straight into the place, stack, state or result that wants them, where that is possible, otherwise by a copy.
// Knows graphs and regions; slots come later.
import { withoutReshape } from "../graph/make.ts";
import type { Loop, Matmul, Node, Piece, Place, Stack, ViewOf } from "../graph/node.ts";
import { consumers, postorder } from "../graph/order.ts";
import { regionsOf, type Region, type Regions } from "../graph/regions.ts";
import { rewrite } from "../graph/rewrite.ts";
import { compose, canReshapeStrided } from "../graph/window.ts";
import { type Assignment, type Destination, isComputed, type Result } from "./destination.ts";
import { inPlaceTargets } from "./inPlaceTargets.ts";

/** The results' graph with copies where they are needed, and a destination for every value that is not to lie in scratch of its own. */
export function assignDestinations(results: readonly Result[]): Assignment {
  const roots = results.map(({ node }) => node);
  const order = postorder(roots);
  const assigner = new Assigner(order, new Set(roots));
  const rebuilt = rewrite(roots, (node, old) => assigner.assign(node, old), order);
  return assigner.finish(results, rebuilt);
}

/** Walks a graph from its inputs to its results. `old` is a node as it was, `at` the region it is computed in; each value is written to one destination only. */
class Assigner {
  readonly #destinations = new Map<Node, Destination>();
  readonly #accumulatesInPlace = new Set<Node>();
  readonly #forced = new Map<Node, Region>();
  /** Values that have a destination. */
  readonly #taken = new Set<Node>();
  /** What became of each old node, and the regions of what was made. */
  readonly #made = new Map<Node, Node>();
  readonly #region = new Map<Node, Region>();
  readonly #loops = new Map<Loop, Loop>();
  readonly #before: Regions;
  readonly #users: (node: Node) => readonly Node[];
  readonly #isRoot: ReadonlySet<Node>;
  readonly #inPlaceTarget: (matmul: Matmul) => Node | undefined;

  constructor(order: readonly Node[], isRoot: ReadonlySet<Node>) {
    this.#before = regionsOf(order);
    this.#users = usersOnce(order);
    this.#isRoot = isRoot;
    this.#inPlaceTarget = inPlaceTargets(order, this.#users, isRoot);
  }

  assign(node: Node, old: Node): Node {
    const made = this.#assigned(node, old);
    this.#made.set(old, made);
    this.#region.set(made, this.#before.of(old));
    return made;
  }

  /** Results are written last; an update is always copied, since others may read what the binding held. */
  finish(results: readonly Result[], rebuilt: readonly Node[]): Assignment {
    const writers = results.map(({ binding, update }, i) => {
      const x = rebuilt[i]!;
      const writer = update ? this.#copy(isComputed(x) ? x : this.#copy(x, undefined), undefined) : this.#writeInOrder(x, undefined);
      this.#destinations.set(writer, { kind: "result", binding });
      return writer;
    });
    const rebuiltRegion = (at: Region): Region => (at === undefined ? undefined : (this.#loops.get(at) ?? at));
    return {
      writers,
      destinations: this.#destinations,
      accumulatesInPlace: this.#accumulatesInPlace,
      forcedRegion: new Map([...this.#forced].map(([node, at]) => [node, rebuiltRegion(at)])),
    };
  }

  #assigned(node: Node, old: Node): Node {
    const at = this.#before.of(old);
    switch (node.kind) {
      case "place":
        return this.#place(node, old as Place, at);
      case "matmul":
        return this.#matmul({ ...node, a: this.#inMemory(node.a, at), b: this.#inMemory(node.b, at) }, old as Matmul, at);
      case "gather":
        return { ...node, table: this.#inMemory(node.table, at), index: this.#inMemory(node.index, at) };
      case "scatter":
        return { ...node, source: this.#inMemory(node.source, at), index: this.#inMemory(node.index, at) };
      case "stack":
        return this.#stack(node, old as Stack);
      case "states":
        return { ...node, loop: this.#loop(node.loop, (old as typeof node).loop) };
      default:
        return node;
    }
  }

  /** Pieces are written where they lie in the place, unless a view of one cannot be expressed there. */
  #place(node: Place, old: Place, at: Region): Place {
    const viewsOf = (x: Node): readonly ViewOf[] => this.#users(x).filter((user) => user.kind === "view");
    const pieces = node.pieces.map(({ x, window }, i): Piece => {
      const isWhole = x.kind !== "place" && x.kind !== "stack" && x.kind !== "states";
      const fits = isWhole && viewsOf(old.pieces[i]?.x ?? x).every((view) => compose(view.window, window) !== undefined);
      return { x: fits ? this.#write(x, at) : this.#copy(x, at), window };
    });
    const place: Place = { ...node, pieces };
    for (const { x, window } of pieces) this.#destinations.set(x, { kind: "piece", place, window });
    return place;
  }

  /** A product with an addend: it accumulates onto it where nobody else wants it, onto the part of a larger value that it is, or onto a copy. */
  #matmul(node: Matmul, old: Matmul, at: Region): Matmul {
    const { plus } = node;
    if (plus === undefined) return node;
    const addend = withoutReshape(plus);
    const isOwn =
      this.#isFree(addend, at) && addend.kind !== "place" && this.#hasOneUse(old.plus!) && this.#hasOneUse(withoutReshape(old.plus!));
    if (isOwn && canReshapeStrided(addend.shape, node.shape)) {
      this.#taken.add(addend);
      return this.#sum({ ...node }, addend);
    }
    const target = this.#inPlaceTarget(old),
      made = target && this.#made.get(target);
    if (target !== undefined && isComputed(made ?? target) && !this.#taken.has(made!)) {
      this.#taken.add(made!).add(node);
      this.#accumulatesInPlace.add(node);
      return node;
    }
    const copy = this.#copy(plus, at);
    return this.#sum({ ...node, plus: copy }, copy);
  }

  #sum(matmul: Matmul, addend: Node): Matmul {
    this.#destinations.set(addend, { kind: "sum", matmul });
    return matmul;
  }

  #stack(node: Stack, old: Stack): Stack {
    const loop = this.#loop(node.loop, old.loop);
    if (this.#accumulatesInPlace.has(node.of) && isSlice((node.of as Matmul).plus!, loop)) {
      const made = { ...node, loop };
      this.#taken.add(made); // its rows lie where they were accumulated: whoever wants them elsewhere copies them
      return made;
    }
    const of = this.#write(node.of, old.loop);
    this.#destinations.set(of, { kind: "row", loop, of });
    return { ...node, loop, of };
  }

  #loop(loop: Loop, old: Loop): Loop {
    const known = this.#loops.get(old);
    if (known !== undefined) return known;
    const around = this.#before.parentOf(old);
    const states = loop.states.map(({ param, init, next }) => ({
      param,
      init: this.#writeInOrder(init, around),
      next: this.#writeInOrder(next, old),
    }));
    const slices = loop.slices.map(({ param, of }) => ({ param, of: this.#inMemory(of, around) }));
    const made: Loop = { ...loop, states, slices };
    states.forEach(({ init, next }, state) => {
      this.#destinations.set(init, { kind: "start", loop: made, state });
      this.#destinations.set(next, { kind: "next", loop: made, state });
    });
    this.#loops.set(old, made);
    return made;
  }

  /** x itself where it can be written there directly, otherwise a copy. */
  #write(x: Node, at: Region): Node {
    if (!this.#isFree(x, at)) return this.#copy(x, at);
    this.#taken.add(x);
    return x;
  }

  /** The same where elements lie in order, so that what x shows under another shape will do as well. */
  #writeInOrder(x: Node, at: Region): Node {
    return this.#write(this.#isFree(withoutReshape(x), at) ? withoutReshape(x) : x, at);
  }

  #copy(x: Node, at: Region): Node {
    const copy: Node = { kind: "pointwise", op: "copy", args: [x], shape: x.shape, dtype: x.dtype, label: x.label };
    this.#forced.set(copy, at);
    this.#region.set(copy, at);
    this.#taken.add(copy);
    return copy;
  }

  #inMemory(x: Node, at: Region): Node {
    return x.kind === "const" ? this.#copy(x, at) : x;
  }

  #isFree(x: Node, at: Region): boolean {
    return isComputed(x) && !this.#taken.has(x) && this.#region.get(x) === at;
  }

  #hasOneUse(old: Node): boolean {
    return this.#users(old).length === 1 && !this.#isRoot.has(old);
  }
}

function isSlice(plus: Node, loop: Loop): boolean {
  const base = plus.kind === "view" ? plus.x : plus;
  return loop.slices.some(({ param }) => param === base);
}

/** As `consumers`, but a loop's results count once per loop for what the loop uses. */
function usersOnce(order: readonly Node[]): (node: Node) => readonly Node[] {
  const users = consumers(order);
  return (node) => {
    const seen = new Set<Loop>();
    return users(node).filter((user) => {
      if (user.kind !== "stack" && user.kind !== "states") return true;
      if (seen.has(user.loop)) return false;
      seen.add(user.loop);
      return true;
    });
  };
}
