// How rules look at layers: their options, their weights, and tensors that layers read.
import { leavesOf, Tensor, type Tree } from "@sluice/core";
import type { Emitter } from "../emission/emitter.ts";
import { elementwise, reshape } from "../emission/operators.ts";
import { type Data, type Numbers, scalar } from "../emission/values.ts";
import type { Lowering } from "../graph/lowering.ts";
import type { Use } from "./rule.ts";
import { nth } from "../../read/there.ts";

/** The one value that a layer reads, of f32, which is what onnxruntime's nodes for layers are of; undefined for others. */
export function singleOf({ x }: Use): Tensor | undefined {
  return x instanceof Tensor && x.dtype === "f32" ? x : undefined;
}

/** A layer's weights by path, "forward.wx"; undefined where one is not known as numbers. */
export function weightsOf({ weights, weight }: Use): Readonly<Record<string, Data>> | undefined {
  const found = leavesOf(weights, isTensor).map(([path, tensor]) => [path, weight(tensor as Tensor)] as const); // `isTensor` says so
  return found.every(([, data]) => data !== undefined) ? (Object.fromEntries(found) as Readonly<Record<string, Data>>) : undefined; // as was just seen
}

/** An option as it was given, whatever it is. */
export function option(config: object, name: string): unknown {
  return (config as Readonly<Record<string, unknown>>)[name];
}

/** An option that is a number. */
export function numberOption(config: object, name: string, otherwise: number): number {
  const given = option(config, name);
  return typeof given === "number" ? given : otherwise;
}

/** One that is a text. */
export function textOption(config: object, name: string, otherwise: string): string {
  const given = option(config, name);
  return typeof given === "string" ? given : otherwise;
}

/** x [batch, steps, …] with zeros where steps do not count. */
export function countedOf(e: Emitter, lowering: Lowering, x: Numbers, mask: Tensor | undefined): Numbers {
  if (mask === undefined) return x;
  const counts = lowering.test(mask.node);
  const beside = reshape(e, counts, [...counts.shape, ...x.shape.slice(2).map(() => 1)]);
  return elementwise(e, "Where", [beside, x, scalar(0, x.elem)], x.elem);
}

/** The tensors of a tree, by path. */
export function tensorsIn(tree: Tree<Tensor> | undefined): readonly (readonly [path: string, tensor: Tensor])[] {
  return tree === undefined ? [] : (leavesOf(tree, isTensor).filter(([, leaf]) => isTensor(leaf)) as [string, Tensor][]); // as was just seen
}

/** f32 numbers under a name of their own; `at` is the same at all sizes of the inputs. */
export function made(e: Emitter, name: string, shape: readonly number[], at: (index: readonly number[]) => number): Data {
  const own = e.names.take(`${e.origin}.${name}`),
    length = shape.reduce((a, b) => a * b, 1);
  const known = e.names.made.get(own),
    data = known?.length === length ? known : filledBy(shape, length, at);
  e.names.made.set(own, data);
  return { kind: "data", name: own, data, shape, elem: "f32" };
}

function filledBy(shape: readonly number[], length: number, at: (index: readonly number[]) => number): Float32Array {
  const data = new Float32Array(length),
    index = shape.map(() => 0);
  for (let i = 0; i < length; i++) {
    data[i] = at(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (nth(index, axis) + 1) % nth(shape, axis);
      if (index[axis] !== 0) break;
    }
  }
  return data;
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
