// For tests: what is done with what a call made, as far as a Program and its run.
import {
  check,
  initialise,
  isWeight,
  lowerGraph,
  mapTree,
  recurrence,
  trace,
  type Backend,
  type Cell,
  type Program,
  type Spec,
  type Step,
  type Tensor,
  type Weight,
} from "@sluice/core";
import { open } from "@sluice/core/reference";
import { Later, type Fn, type Param, type Row } from "../../fuzz/index.ts";

export const backend: Backend = (await open()) as Backend;

/** Called while tracing; its results become a Program, which is run where that is quick. */
export function traced(...params: readonly Param[]): Row {
  return { params, use: (fn, args) => program(fn, args) };
}

/** Called as it is. */
export function plain(...params: readonly Param[]): Row {
  return { params, use: (fn, args) => fn(...(args as never[])) };
}

/** Called as it is; `then` uses what it made. */
export function made(then: (result: never, fn: Fn) => unknown, ...params: readonly Param[]): Row {
  return { params, use: async (fn, args) => then((await fn(...(args as never[]))) as never, fn) };
}

/** Called while tracing; `then` makes tensors of the result. */
export function tracedThen(then: (result: never, args: readonly unknown[]) => unknown, ...params: readonly Param[]): Row {
  return { params, use: (fn, args) => program((...given) => then(fn(...given) as never, given), args) };
}

/** The Program of `fn` called with `args`, wherever there are tensors among them. */
export async function program(fn: Fn, args: readonly unknown[]): Promise<void> {
  const specs: Spec[] = [];
  walk(args, (later) => specs.push(later.spec));
  const { graph } = trace("fuzz", (...tensors: Tensor[]) => fn(...(place(args, tensors) as never[])), specs);
  await execute(lowerGraph(graph, backend.supports));
}

/** A weight, a state and an output of a cell: everything it takes part in. */
export async function useCell(cell: Cell): Promise<void> {
  const model = recurrence(cell),
    weights = model.weights({ input: 2, units: 3 });
  initialise(weights, { seed: 1 });
  const specs = mapTree(weights, isWeight, (leaf) => ({ shape: Object.values((leaf as Weight).axes), dtype: "f32" }));
  const { graph } = trace("cell", (w: never, x: Tensor) => model.run(w, x).outputs, [specs, { shape: [2, 2, 2], dtype: "f32" }]);
  await execute(lowerGraph(graph, backend.supports));
}

/** Legal, and run where few elements are touched. */
export async function execute(made: Program): Promise<void> {
  check(made);
  if (made.slots.reduce((n, { length }) => n + length, 0) > 1e5 || made.steps.reduce((n, step) => n + work(step), 0) > 1e5) return;
  const executable = await backend.compile(made),
    bound = made.slots.filter(({ binding }) => binding !== undefined).sort((a, b) => a.binding! - b.binding!);
  executable.run(bound.map(({ dtype, length }) => backend.create(dtype, length)));
  executable.destroy();
}

function work(step: Step): number {
  const size = (shape: readonly number[]): number => shape.reduce((n, m) => n * m, 1);
  switch (step.kind) {
    case "map":
    case "reduce":
      return size(step.shape) * step.body.length;
    case "matmul":
      return size(step.out.shape) * step.a.shape.at(-1)!;
    case "gather":
      return size(step.out.shape);
    case "scatter":
      return size(step.source.shape);
    case "scan":
      return step.length * (1 + step.body.reduce((n, inner) => n + work(inner), 0));
  }
}

/** The arguments with tensors in place of those that come later, in their order. */
function place(args: unknown, tensors: readonly Tensor[]): unknown {
  let next = 0;
  return walk(args, () => tensors[next++]!);
}

/** Into lists and plain records. */
function walk(value: unknown, visit: (later: Later) => unknown): unknown {
  if (value instanceof Later) return visit(value);
  if (Array.isArray(value)) return Array.from(value as unknown[], (each) => walk(each, visit));
  const isPlain = isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, visit)])) : value;
}

export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
