// Reading the inputs of a call.
import type { Tensor } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { axisIn, intsOf, type Known, mostKnown, rankOf, tensorOf, type Value } from "../values/value.ts";
import type { Call } from "./operator.ts";

/** Throws FILE_CORRUPT where it is left out. */
export function input({ inputs, node }: Call, index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw corrupt(`the node "${node.name}" lacks its input ${index + 1}`, { node: node.name });
  return value;
}

export function tensor(call: Call, index: number): Tensor {
  return tensorOf(input(call, index));
}

export function optionalTensor(call: Call, index: number): Tensor | undefined {
  const value = call.inputs[index];
  return value && tensorOf(value);
}

/** Undefined where it is left out. */
export function knownInput({ inputs, run }: Call, index: number, what: string): Known | undefined {
  const value = inputs[index];
  return value && run.known(value, what);
}

export function knownInts(call: Call, index: number, what: string): readonly number[] | undefined {
  const value = knownInput(call, index, what);
  return value && intsOf(value);
}

/** One number; undefined where it is left out. */
export function knownNumber(call: Call, index: number, what: string): number | undefined {
  const value = knownInput(call, index, what);
  if (value === undefined) return undefined;
  if (value.data.length !== 1) throw corrupt(`${what} must be one number, got ${value.data.length}`);
  return value.data[0];
}

/** Axes from an attribute, as older versions have them, or from an input; counted from the start. */
export function axesOf(call: Call, index: number, rank: number): readonly number[] | undefined {
  const axes = call.attributes.ints("axes") ?? knownInts(call, index, "its axes");
  return axes?.map((axis) => axisIn(axis, rank));
}

/** The axis of an attribute, counted from the start. */
export function axisOf(call: Call, otherwise: number, value = input(call, 0)): number {
  return axisIn(call.attributes.int("axis", otherwise), rankOf(value));
}

/** A number that is counted up to while tracing, as indices are. Throws what is not supported beyond what loading may take. */
export function countable(n: number): number {
  if (n <= mostKnown) return n;
  throw new NotSupported(`counts ${n} elements, more than ${mostKnown}`, "make its axis shorter");
}
