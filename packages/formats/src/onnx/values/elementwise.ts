// Operations on one element of each operand, of known numbers and of tensors alike, with numpy's broadcasting.
import { cast, type DType, type Tensor, where } from "@sluice/core";
import type { TensorType } from "../schema/tensor.ts";
import { spread } from "./moves.ts";
import { dtypeOf, flagsOf, isEarly, type Known, room, shapeOf, sizeOf, tensorOf, together, traced, type Value } from "./value.ts";

/** What one is, said for numbers and for tensors of one dtype. Operands beyond its own are anything. */
export interface Elementwise {
  readonly known: (x: number, y: number, z: number) => number;
  readonly traced: (x: Tensor, y: Tensor, z: Tensor) => Tensor;
}

/** `operation` of values of one type; the result has that type, or another. */
export function elementwise(operation: Elementwise, values: readonly [Value, ...Value[]], type: TensorType = values[0].type): Value {
  if (values.every((value) => value.kind === "known")) return ofKnown(operation.known, values as readonly Known[], type); // as just seen
  const dtype = dtypeOf(values[0].type),
    result = onTensors(operation.traced, values, (value) => tensorOf(value, dtype));
  return traced(type, type === "bool" ? result : cast(result, dtypeOf(type)), isEarly(values));
}

/** Where the condition is not 0 the first, otherwise the second. */
export function chosen(condition: Value, x: Value, y: Value): Value {
  const values = [condition, x, y];
  if (values.every((value) => value.kind === "known"))
    return ofKnown((test, a, b) => (test === 0 ? b : a), values as readonly Known[], x.type); // as just seen
  const dtype = dtypeOf(x.type);
  return traced(x.type, where(flagsOf(condition, dtype), tensorOf(x, dtype), tensorOf(y, dtype)), isEarly(values));
}

/** On values that are taken as true or false. */
export function logical(operation: Elementwise, values: readonly [Value, ...Value[]]): Value {
  if (values.every((value) => value.kind === "known")) return ofKnown(operation.known, values as readonly Known[], "bool"); // as just seen
  const dtype: DType = "f32";
  return traced(
    "bool",
    onTensors(operation.traced, values, (value) => flagsOf(value, dtype)),
    isEarly(values),
  );
}

/** On up to three. */
function onTensors(operation: Elementwise["traced"], values: readonly [Value, ...Value[]], each: (value: Value) => Tensor): Tensor {
  const [x, y, z] = values.map(each) as [Tensor, ...Tensor[]]; // one for each
  return operation(x, y ?? x, z ?? x);
}

function ofKnown(operation: Elementwise["known"], values: readonly Known[], type: TensorType): Known {
  const shape = values.map(shapeOf).reduce(together),
    data = room(type, sizeOf(shape)),
    operands = values.map((value) => (spread(value, shape) as Known).data), // known numbers stay known
    [x, y, z] = operands;
  for (let i = 0; i < data.length; i++) data[i] = operation(x?.[i] ?? NaN, y?.[i] ?? NaN, z?.[i] ?? NaN);
  return { kind: "known", type, shape, data };
}
