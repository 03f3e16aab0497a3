// A graph computed on the host, value by value, in an order in which each comes after what it is computed from: to find out where something goes wrong.
import type { TypedArray } from "../backend.ts";
import { allocate } from "../dtypes/arrays.ts";
import { internal } from "../errors.ts";
import { sizeOf } from "../shape.ts";
import { compute } from "./compute.ts";
import type { Loop, Node, Stack, States } from "./node.ts";
import { postorder } from "./order.ts";
import { regionsOf, type Regions } from "./regions.ts";

/** A value, as soon as it was computed. */
export interface Computed {
  readonly node: Node;
  /** Row-major; not to be written to. */
  readonly values: TypedArray;
  /** The loops around and their iterations, outermost first. */
  readonly iterations: readonly { readonly loop: Loop; readonly t: number }[];
}

/**
 * Yields every value that the roots are computed from, each in each iteration of its loops; those of loops that are needed late may come twice. `known` are the inputs, row-major.
 * Ends early where the caller does. Thousands of times slower than a backend.
 */
export function* interpret(roots: readonly Node[], known: ReadonlyMap<Node, TypedArray>): Generator<Computed, (node: Node) => TypedArray> {
  const order = postorder(roots);
  const values = new Map(known);
  const get = (node: Node): TypedArray => {
    const found = values.get(node);
    if (found === undefined) throw internal("interpret", `${node.label ?? node.kind} is needed before it is computed`);
    return found;
  };
  const running: Running = { order, regions: regionsOf(order), values, get };
  yield* run(
    running,
    order.filter((node) => running.regions.of(node) === undefined),
    [],
  );
  return get;
}

interface Running {
  readonly order: readonly Node[];
  readonly regions: Regions;
  readonly values: Map<Node, TypedArray>;
  readonly get: (node: Node) => TypedArray;
}

/** Nodes of one region, in order. */
function* run(running: Running, nodes: readonly Node[], iterations: Computed["iterations"]): Generator<Computed, void> {
  const { values, get } = running;
  for (const node of nodes) {
    if (values.has(node)) continue;
    if (node.kind === "stack" || node.kind === "states") yield* runLoop(running, node, iterations);
    else values.set(node, compute(node, get));
    yield { node, values: get(node), iterations };
  }
}

/** This result of a loop, and those others that can be computed already. */
function* runLoop(running: Running, first: Stack | States, around: Computed["iterations"]): Generator<Computed, void> {
  const { order, values, get } = running,
    { loop } = first;
  const results = order.filter(
    (node): node is Stack | States =>
      (node.kind === "stack" || node.kind === "states") && node.loop === loop && !values.has(node) && isReady(running, node),
  );
  const stacks = results.filter((node) => node.kind === "stack");
  const body = bodyOf(running, loop, stacks);
  const states = loop.states.map(({ param }) => allocate(param.dtype, (loop.steps + 1) * sizeOf(param.shape)));
  const stacked = stacks.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape)));
  loop.states.forEach(({ init }, s) => setRow(states[s], loop.reverse ? loop.steps : 0, get(init)));
  for (let i = 0; i < loop.steps; i++) {
    const t = loop.reverse ? loop.steps - 1 - i : i;
    for (const { param, of } of loop.slices) values.set(param, rowOf(get(of), t, sizeOf(param.shape)));
    loop.states.forEach(({ param }, s) => values.set(param, rowOf(states[s], loop.reverse ? t + 1 : t, sizeOf(param.shape))));
    yield* run(running, body, [...around, { loop, t }]);
    loop.states.forEach(({ next }, s) => setRow(states[s], loop.reverse ? t : t + 1, get(next)));
    stacks.forEach(({ of }, s) => setRow(stacked[s], t, get(of)));
    for (const node of [...body, ...loop.slices.map(({ param }) => param), ...loop.states.map(({ param }) => param)]) values.delete(node);
  }
  for (const node of results) {
    const made = node.kind === "states" ? states[node.state] : stacked[stacks.indexOf(node)];
    if (made !== undefined) values.set(node, made);
  }
}

/** What an iteration computes, in order, for these stacks. */
function bodyOf({ order, regions, values }: Running, loop: Loop, stacks: readonly Stack[]): readonly Node[] {
  const wanted = new Set(postorder([...loop.states.map(({ next }) => next), ...stacks.map(({ of }) => of)], (node) => values.has(node)));
  return order.filter((node) => wanted.has(node) && regions.of(node) === loop && node.kind !== "param");
}

/** Whether all that a result needs from outside of its loop is there. */
function isReady({ regions, values }: Running, node: Stack | States): boolean {
  const { loop } = node;
  const roots = [...loop.states.map(({ next }) => next), ...(node.kind === "stack" ? [node.of] : [])];
  const outside = postorder(roots, (each) => values.has(each)).filter((each) => !values.has(each));
  return outside.every((each) => regions.enclosingLoops(regions.of(each)).includes(loop));
}

function rowOf(rows: TypedArray | undefined, at: number, size: number): TypedArray {
  return rows?.subarray(at * size, (at + 1) * size) ?? new Float64Array(size);
}

function setRow(rows: TypedArray | undefined, at: number, row: TypedArray): void {
  rows?.set(row, at * row.length);
}
