// Turning a function into a graph: it runs once, on tensors that stand for its arguments.
import { checkDType, checkFunction, checkShape, checkText } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";
import { show } from "../arguments/show.ts";
import type { DType, Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import type { Graph, Input, Node } from "../graph/node.ts";
import { freeParams, postorder } from "../graph/order.ts";
import { sameShape } from "../shape.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { isTensor, type Tensor } from "./tensor.ts";
import { TracedTensor } from "./traced.ts";
import { leavesOf, mapTree } from "./tree.ts";

/** What an argument is, without its numbers. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly axes?: readonly (string | undefined)[] | undefined;
}

export interface Traced {
  readonly graph: Graph;
  /** What the function returned, with tensors where results go. */
  readonly result: unknown;
}

interface Recorder {
  readonly inputs: Set<Input>;
  readonly updates: Map<Input, Node>;
}
let current: Recorder | undefined;

/**
 * Runs `fn` on tensors for `args`, trees of specs. It must be synchronous and the same for the same shapes.
 * Throws whatever `fn` throws, INVALID_ARGUMENT for a promise, TRACE_LEAK for tensors that belong to another trace.
 */
export function trace(name: string, fn: (...args: never[]) => unknown, args: readonly unknown[]): Traced {
  checkText("trace", "name", name);
  checkFunction(name, "fn", fn);
  if (!Array.isArray(args)) throw refused(name, "args", args, "a list");
  const before = current,
    recorder: Recorder = (current = { inputs: new Set(), updates: new Map() });
  try {
    const tensors = args.map((arg, i) => mapTree(arg, isSpec, (leaf, path) => enter(leaf, path || `argument ${i + 1}`, name)));
    const result: unknown = fn(...(tensors as never[]));
    if (result instanceof Promise)
      throw new SluiceError({
        code: "INVALID_ARGUMENT",
        who: name,
        what: "a traced function returned a promise",
        fix: "Trace synchronous functions only; read results after the run",
      });
    const outputs = leavesOf(result, isTensor)
      .filter((entry): entry is [string, Tensor] => isTensor(entry[1]))
      .map(([path, t]) => ({ path, node: t.node }));
    const graph = { name, inputs: [...recorder.inputs], outputs, updates: [...recorder.updates].map(([input, node]) => ({ input, node })) };
    checkClosed(graph);
    return { graph, result };
  } finally {
    current = before;
  }
}

/**
 * After the run the argument `x` holds `value`; until then every read of x sees what it held before.
 * `x` is an argument of the traced function itself, not something computed. Throws INVALID_ARGUMENT, SHAPE_MISMATCH, DTYPE_MISMATCH.
 */
export function assign(x: Tensor, value: Tensor): void {
  checkTensor("assign", x);
  checkTensor("assign", value, "value");
  const { node } = x;
  if (current === undefined || node.kind !== "input" || !current.inputs.has(node))
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: "assign",
      what: `${describe(x)} is not an argument of the function that is being traced`,
      fix: "Pass the array as an argument and assign to that tensor",
    });
  if (!sameShape(x.shape, value.shape) || x.dtype !== value.dtype)
    throw new SluiceError({
      code: x.dtype === value.dtype ? "SHAPE_MISMATCH" : "DTYPE_MISMATCH",
      who: "assign",
      what: `${describe(x)} ${x.dtype} cannot hold ${describe(value, "value")} ${value.dtype}`,
      facts: { shapes: [x.shape, value.shape] },
    });
  current.updates.set(node, value.node);
}

export function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value;
}

function enter(leaf: unknown, path: string, name: string): Tensor {
  if (!isSpec(leaf))
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: name,
      what: `${path} is no array: ${show(leaf)}`,
      fix: "Pass arrays, numbers, or records and lists of them",
    });
  checkDType(name, `the dtype of ${path}`, leaf.dtype);
  checkShape(name, `the shape of ${path}`, leaf.shape);
  const node = make.input(leaf.shape, leaf.dtype, path);
  current!.inputs.add(node);
  return new TracedTensor(node, leaf.axes ?? [], path);
}

function checkClosed({ name, inputs, outputs, updates }: Graph): void {
  const roots = [...outputs, ...updates].map((o) => o.node),
    order = postorder(roots),
    known = new Set<Node>(inputs);
  const alien = order.find((node) => node.kind === "input" && !known.has(node)) ?? roots.flatMap((root) => [...freeParams(root)])[0];
  if (alien !== undefined)
    throw new SluiceError({
      code: "TRACE_LEAK",
      who: name,
      what: `${alien.label ?? "a tensor"} belongs to another trace or to the inside of a scan`,
      fix: "Pass it as an argument, or return it from the step as an output",
    });
}
