// Where every value lies: a slot, and strides within it that may advance with the enclosing loops.
import type { DType, Slot, View } from "../backend.ts";
import { internal } from "../errors.ts";
import type { Data, Input, Loop, Node, Stack, States } from "../graph/node.ts";
import type { Region, Regions } from "../graph/regions.ts";
import { compose, dense, denseStrides, size } from "../graph/window.ts";
import type { Settled } from "./settle.ts";

export interface Storage {
  readonly slots: readonly Slot[];
  /** The node as steps in `region` see it. */
  view(node: Node, region: Region): View;
}

export interface StorageOptions {
  readonly inputs: readonly Input[];
  /** Length and name of the bindings that are results, in order, after the inputs. */
  readonly results: readonly { readonly name: string; readonly node: Node }[];
  readonly order: readonly Node[];
  readonly settled: Settled;
  readonly regions: Regions;
  /** Can the state live in one place instead of one per step? */
  readonly isSingle: (loop: Loop, state: number) => boolean;
}

type Lie = Omit<View, "shape">;

export function storageOf({ inputs, results, order, settled, regions, isSingle }: StorageOptions): Storage {
  const slots: Slot[] = [],
    lies = new Map<Node, Lie>(),
    containers = new Map<Loop, Map<number | Node, Lie>>(),
    constants = new Map<Data, number>();
  const paramOf = new Map<Node, { readonly loop: Loop; readonly state?: number; readonly of?: Node }>();
  const slot = (s: Slot): number => slots.push(s) - 1;
  const named = (label: string | undefined): { name?: string } => (label === undefined ? {} : { name: label });
  inputs.forEach((input, binding) =>
    lies.set(input, {
      slot: slot({ ...named(input.label), dtype: input.dtype, length: size(input.shape), binding }),
      offset: 0,
      strides: denseStrides(input.shape),
      advance: [],
    }),
  );
  const bound = [
    ...inputs.map((_, binding) => binding),
    ...results.map(({ name, node }, i) => slot({ name, dtype: node.dtype, length: size(node.shape), binding: inputs.length + i })),
  ];

  const scratch = (shape: readonly number[], dtype: DType, label: string | undefined, region: Region): Lie => ({
    slot: slot({ ...named(label), dtype, length: size(shape) }),
    offset: 0,
    strides: denseStrides(shape),
    advance: regions.chain(region).map(() => 0),
  });
  const through = (lie: Lie, from: Node, window: View | { offset: number; shape: readonly number[]; strides: readonly number[] }): Lie => {
    const seen = compose(window, { offset: lie.offset, shape: from.shape, strides: lie.strides });
    if (seen === undefined) throw internal("schedule", "a view that its storage cannot express", { from, window });
    return { slot: lie.slot, offset: seen.offset, strides: seen.strides, advance: lie.advance };
  };
  /** Row t + shift of something with a leading axis of steps, as the loop's body sees it at iteration t. */
  const rowOf = ({ slot: at, offset, strides: [row = 0, ...strides], advance }: Lie, loop: Loop, shift: number): Lie => ({
    slot: at,
    offset: offset + (loop.reverse ? Math.max(0, loop.steps - 1) + shift : shift) * row,
    strides,
    advance: [...pad(advance, regions.chain(regions.around(loop)).length), loop.reverse ? -row : row],
  });
  /** The other way: what a body value that lies in rows is as a whole. */
  const wholeOf = ({ slot: at, offset, strides, advance }: Lie, loop: Loop): Lie => {
    const step = advance.at(-1)!,
      first = loop.reverse ? offset + step * Math.max(0, loop.steps - 1) : offset;
    return { slot: at, offset: first, strides: [loop.reverse ? -step : step, ...strides], advance: advance.slice(0, -1) };
  };

  const container = (loop: Loop, key: number | Node, make: () => Lie): Lie => {
    const own = containers.get(loop) ?? new Map<number | Node, Lie>();
    containers.set(loop, own);
    const known = own.get(key) ?? make();
    own.set(key, known);
    return known;
  };
  const whole = new Map<Loop, Map<number | Node, Stack | States>>();
  for (const node of order) {
    if (node.kind !== "stack" && node.kind !== "states") continue;
    const known = whole.get(node.loop) ?? new Map<number | Node, Stack | States>();
    whole.set(node.loop, known.set(node.kind === "stack" ? node.of : node.state, node));
  }
  const homeOfWhole = (loop: Loop, key: number | Node): Lie | undefined => {
    const node = whole.get(loop)?.get(key);
    return node && homeOf(node);
  };
  const statesOf = (loop: Loop, state: number): Lie =>
    container(loop, state, () => {
      const { param } = loop.states[state]!,
        region = regions.around(loop);
      if (!isSingle(loop, state))
        return homeOfWhole(loop, state) ?? scratch([loop.steps + 1, ...param.shape], param.dtype, param.label, region);
      const one = scratch(param.shape, param.dtype, param.label, region);
      return { ...one, strides: [0, ...one.strides] };
    });
  const stackOf = (loop: Loop, of: Node): Lie =>
    container(loop, of, () =>
      settled.adopted.has(of)
        ? wholeOf(lieOf(of), loop)
        : (homeOfWhole(loop, of) ?? scratch([loop.steps, ...of.shape], of.dtype, of.label, regions.around(loop))),
    );

  const homeOf = (node: Node): Lie | undefined => {
    const home = settled.homes.get(node);
    switch (home?.kind) {
      case undefined:
        return undefined;
      case "result":
        return { slot: bound[home.binding]!, offset: 0, strides: denseStrides(node.shape), advance: [] };
      case "piece":
        return through(lieOf(home.place), home.place, home.window);
      case "sum":
        return through(lieOf(home.matmul), home.matmul, dense(node.shape));
      case "start": {
        const { offset, strides, ...rest } = statesOf(home.loop, home.state);
        const start = { ...rest, offset: offset + (home.loop.reverse ? home.loop.steps : 0) * strides[0]!, strides: strides.slice(1) };
        return through(start, home.loop.states[home.state]!.param, dense(node.shape));
      }
      case "next": {
        const row = rowOf(statesOf(home.loop, home.state), home.loop, home.loop.reverse ? 0 : 1);
        return through(row, home.loop.states[home.state]!.param, dense(node.shape));
      }
      case "row":
        return rowOf(stackOf(home.loop, home.of), home.loop, 0);
    }
  };
  const lieFresh = (node: Node): Lie => {
    switch (node.kind) {
      case "const":
        throw internal("schedule", "a constant has no storage", { node });
      case "data": {
        const at = constants.get(node) ?? slot({ ...named(node.label), dtype: node.dtype, length: size(node.shape), data: node.data });
        constants.set(node, at);
        return { slot: at, offset: 0, strides: denseStrides(node.shape), advance: [] };
      }
      case "view":
        return through(lieOf(node.x), node.x, node.window);
      case "param": {
        const { loop, state, of } = paramOf.get(node)!;
        return of === undefined ? rowOf(statesOf(loop, state!), loop, loop.reverse ? 1 : 0) : rowOf(lieOf(of), loop, 0);
      }
      case "states":
        return statesOf(node.loop, node.state);
      case "stack":
        return stackOf(node.loop, node.of);
      case "matmul":
        if (settled.adopted.has(node)) return lieOf(node.plus!);
    }
    return homeOf(node) ?? scratch(node.shape, node.dtype, node.label, regions.of(node));
  };
  const lieOf = (node: Node): Lie => {
    if (node.kind === "stack" || node.kind === "states") register(node.loop);
    const known = lies.get(node) ?? lieFresh(node);
    lies.set(node, known);
    return known;
  };
  const register = (loop: Loop): void => {
    loop.states.forEach(({ param }, state) => paramOf.set(param, { loop, state }));
    for (const { param, of } of loop.slices) paramOf.set(param, { loop, of });
  };
  return {
    slots,
    view(node, region) {
      for (const loop of regions.chain(region)) register(loop);
      const lie = lieOf(node);
      return {
        slot: lie.slot,
        offset: lie.offset,
        shape: node.shape,
        strides: lie.strides,
        advance: pad(lie.advance, regions.chain(region).length),
      };
    },
  };
}

function pad(advance: readonly number[], depth: number): readonly number[] {
  return advance.length === depth ? advance : [...advance, ...Array.from({ length: depth - advance.length }, () => 0)];
}
