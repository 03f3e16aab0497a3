// Where every value lies: destinations become slots. It knows no kernels.
import type { DType, Slot, View } from "../backend.ts";
import { internal } from "../errors.ts";
import type { Data, Input, Loop, Node, Stack, States } from "../graph/node.ts";
import type { Region, Regions } from "../graph/regions.ts";
import { dense } from "../graph/window.ts";
import { sizeOf } from "../shape.ts";
import type { Assignment } from "./destination.ts";
import { allRows, atDepth, type Placement, rowAt, throughWindow, wholeSlot } from "./placement.ts";

interface Options {
  readonly inputs: readonly Input[];
  /** Length and name of the bindings that are results, in order, after the inputs. */
  readonly results: readonly { readonly name: string; readonly node: Node }[];
  readonly order: readonly Node[];
  readonly assignment: Assignment;
  readonly regions: Regions;
  /** Can the state live in one place instead of one per step? */
  readonly isUpdatedInPlace: (loop: Loop, state: number) => boolean;
}

/** Of a loop: a state by its number, a body value over all steps by its node. */
type Key = number | Node;

/** Slots, made as they are asked for; each value is placed once. */
export class Placements {
  readonly slots: Slot[] = [];
  readonly #options: Options;
  readonly #slotOfBinding: readonly number[];
  readonly #known = new Map<Node, Placement>();
  readonly #constants = new Map<Data, number>();
  /** What holds all steps of a loop, and the nodes that show it. */
  readonly #buffers = new Map<Loop, Map<Key, Placement>>();
  readonly #shown: ReadonlyMap<Loop, ReadonlyMap<Key, Stack | States>>;
  readonly #params = new Map<Node, { readonly loop: Loop; readonly state?: number; readonly of?: Node }>();

  constructor(options: Options) {
    const { inputs, results, order } = options;
    this.#options = options;
    this.#shown = shownBy(order);
    inputs.forEach(({ label, dtype, shape }, binding) =>
      this.#known.set(inputs[binding]!, wholeSlot(this.#slot({ ...named(label), dtype, length: sizeOf(shape), binding }), shape)),
    );
    const resultSlots = results.map(({ name, node: { dtype, shape } }, i) =>
      this.#slot({ name, dtype, length: sizeOf(shape), binding: inputs.length + i }),
    );
    this.#slotOfBinding = [...inputs.map((_, binding) => binding), ...resultSlots];
  }

  /** The node as steps in `region` see it. */
  view(node: Node, region: Region): View {
    const chain = this.#options.regions.enclosingLoops(region);
    for (const loop of chain) this.#enter(loop);
    const { slot, offset, strides, advance } = this.#of(node);
    return { slot, offset, shape: node.shape, strides, advance: atDepth(advance, chain.length) };
  }

  #of(node: Node): Placement {
    if (node.kind === "stack" || node.kind === "states") this.#enter(node.loop);
    const known = this.#known.get(node) ?? this.#find(node);
    this.#known.set(node, known);
    return known;
  }

  #find(node: Node): Placement {
    switch (node.kind) {
      case "const":
        throw internal("schedule", "a constant has no storage", { node });
      case "data":
        return wholeSlot(this.#constant(node), node.shape);
      case "view":
        return throughWindow(this.#of(node.x), node.x.shape, node.window);
      case "param": {
        const { loop, state, of } = this.#params.get(node)!;
        return of === undefined ? this.#row(this.#stateBuffer(loop, state!), loop, loop.reverse ? 1 : 0) : this.#row(this.#of(of), loop, 0);
      }
      case "states":
        return this.#stateBuffer(node.loop, node.state);
      case "stack":
        return this.#stackBuffer(node.loop, node.of);
      case "matmul":
        if (this.#options.assignment.accumulatesInPlace.has(node)) return this.#of(node.plus!);
    }
    return this.#destination(node) ?? this.#scratch(node.shape, node.dtype, node.label, this.#options.regions.of(node));
  }

  /** Where the value is to be written; undefined where it may lie anywhere. */
  #destination(node: Node): Placement | undefined {
    const to = this.#options.assignment.destinations.get(node);
    switch (to?.kind) {
      case undefined:
        return undefined;
      case "result":
        return wholeSlot(this.#slotOfBinding[to.binding]!, node.shape);
      case "piece":
        return throughWindow(this.#of(to.place), to.place.shape, to.window);
      case "sum":
        return throughWindow(this.#of(to.matmul), to.matmul.shape, dense(node.shape));
      case "start":
        return throughWindow(this.#startRow(to.loop, to.state), to.loop.states[to.state]!.param.shape, dense(node.shape));
      case "next": {
        const row = this.#row(this.#stateBuffer(to.loop, to.state), to.loop, to.loop.reverse ? 0 : 1);
        return throughWindow(row, to.loop.states[to.state]!.param.shape, dense(node.shape));
      }
      case "row":
        return this.#row(this.#stackBuffer(to.loop, to.of), to.loop, 0);
    }
  }

  /** The row that a state starts in, as seen around the loop. */
  #startRow(loop: Loop, state: number): Placement {
    const { offset, strides, ...rest } = this.#stateBuffer(loop, state);
    return { ...rest, offset: offset + (loop.reverse ? loop.steps : 0) * strides[0]!, strides: strides.slice(1) };
  }

  /** A state before, between and after the steps; in one place where it is updated in place. */
  #stateBuffer(loop: Loop, state: number): Placement {
    return this.#buffer(loop, state, () => {
      const { shape, dtype, label } = loop.states[state]!.param,
        around = this.#options.regions.parentOf(loop);
      if (!this.#options.isUpdatedInPlace(loop, state))
        return this.#destinationOfAll(loop, state) ?? this.#scratch([loop.steps + 1, ...shape], dtype, label, around);
      const one = this.#scratch(shape, dtype, label, around);
      return { ...one, strides: [0, ...one.strides] };
    });
  }

  /** A body value over all steps. */
  #stackBuffer(loop: Loop, of: Node): Placement {
    return this.#buffer(loop, of, () =>
      this.#options.assignment.accumulatesInPlace.has(of)
        ? allRows(this.#of(of), loop)
        : (this.#destinationOfAll(loop, of) ??
          this.#scratch([loop.steps, ...of.shape], of.dtype, of.label, this.#options.regions.parentOf(loop))),
    );
  }

  #buffer(loop: Loop, key: Key, make: () => Placement): Placement {
    const own = this.#buffers.get(loop) ?? new Map<Key, Placement>();
    this.#buffers.set(loop, own);
    const known = own.get(key) ?? make();
    own.set(key, known);
    return known;
  }

  #destinationOfAll(loop: Loop, key: Key): Placement | undefined {
    const node = this.#shown.get(loop)?.get(key);
    return node && this.#destination(node);
  }

  #row(placement: Placement, loop: Loop, shift: number): Placement {
    const { regions } = this.#options;
    return rowAt(placement, loop, shift, regions.enclosingLoops(regions.parentOf(loop)).length);
  }

  #scratch(shape: readonly number[], dtype: DType, label: string | undefined, region: Region): Placement {
    return wholeSlot(
      this.#slot({ ...named(label), dtype, length: sizeOf(shape) }),
      shape,
      this.#options.regions.enclosingLoops(region).length,
    );
  }

  #constant(node: Data): number {
    const { label, dtype, shape, data } = node;
    const slot = this.#constants.get(node) ?? this.#slot({ ...named(label), dtype, length: sizeOf(shape), data });
    this.#constants.set(node, slot);
    return slot;
  }

  #slot(slot: Slot): number {
    return this.slots.push(slot) - 1;
  }

  /** From now on the params of this loop can be placed. */
  #enter(loop: Loop): void {
    loop.states.forEach(({ param }, state) => this.#params.set(param, { loop, state }));
    for (const { param, of } of loop.slices) this.#params.set(param, { loop, of });
  }
}

/** The node that shows all steps of a state, or of a body value. */
function shownBy(order: readonly Node[]): ReadonlyMap<Loop, ReadonlyMap<Key, Stack | States>> {
  const shown = new Map<Loop, Map<Key, Stack | States>>();
  for (const node of order) {
    if (node.kind !== "stack" && node.kind !== "states") continue;
    const own = shown.get(node.loop) ?? new Map<Key, Stack | States>();
    shown.set(node.loop, own.set(node.kind === "stack" ? node.of : node.state, node));
  }
  return shown;
}

function named(label: string | undefined): { readonly name?: string } {
  return label === undefined ? {} : { name: label };
}
