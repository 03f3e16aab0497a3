// The reference backend: every step interpreted, an element at a time, as plainly as the contract reads. Specification, template and debugging aid;
// not the oracle of the conformance suite, which is written apart.
import type {
  Backend,
  DType,
  GatherStep,
  Kernel,
  MapStep,
  MatmulStep,
  ReduceStep,
  ScatterStep,
  Supports,
  TypedArray,
  View,
} from "./backend.ts";
import { scalarOps } from "./program/body.ts";
import { check } from "./program/check/check.ts";
import { asyncDispose } from "./dispose.ts";
import { SluiceError } from "./errors.ts";
import { allocate } from "./dtypes/arrays.ts";
import { bodyType } from "./program/bodyType.ts";
import { type Held, guard } from "./program/running/guard.ts";
import { evaluate } from "./program/running/scalar.ts";
import { type Launch, stepwise } from "./program/running/stepwise.ts";
import { starts, walker } from "./program/running/walk.ts";
import { toWhole } from "./dtypes/whole.ts";

/**
 * Opens the reference backend. Its buffers are typed arrays.
 *
 * Each operation of a body is computed in float64 and rounded to the body's dtype; folds and products add up in float64 and are rounded once,
 * when they are stored. Scratch is filled with NaN (i32: −2³¹) when a run starts. `compile` throws ILLEGAL_PROGRAM for what `check` refuses.
 */
export async function open(): Promise<Backend<TypedArray>> {
  const records = new WeakMap<TypedArray, Held>();
  const guards = guard<TypedArray>({ name: "reference", ...supports, held: (buffer) => records.get(buffer) });
  return {
    name: "reference",
    supports,
    create(dtype, length) {
      guards.create(dtype, length);
      const buffer = reserve(dtype, length);
      records.set(buffer, { dtype, length, alive: true, bound: 0 });
      return buffer;
    },
    write(buffer, data, at = 0) {
      guards.write(buffer, data, at);
      buffer.set(data, at);
    },
    async read(buffer, at = 0, length = buffer.length - at, into) {
      guards.read(buffer, at, length, into);
      if (into === undefined) return buffer.slice(at, at + length);
      into.set(buffer.subarray(at, at + length));
      return into;
    },
    destroy(buffer) {
      guards.use("destroy", buffer).alive = false;
    },
    compile(program) {
      guards.open("compile");
      check(program, supports);
      const poison = (slots: readonly TypedArray[]): void =>
        program.slots.forEach((slot, at) => {
          if (slot.binding === undefined && slot.data === undefined) slots[at]!.fill(slot.dtype === "i32" ? -(2 ** 31) : NaN);
        });
      const executable = stepwise<TypedArray>({
        executor: "float64 interpreter",
        program,
        create: (slot) => slot.data?.slice() ?? reserve(slot.dtype, slot.length),
        destroy: () => {},
        launch: launcher(program.slots.map(({ dtype }) => dtype)),
        begin: poison,
      });
      return guards.executable(program, executable);
    },
    close() {
      guards.closed = true;
    },
    async [asyncDispose]() {
      guards.closed = true;
    },
  };
}

const supports: Supports = {
  dtypes: ["f32", "f64", "i32"],
  bindings: Infinity,
  inPlace: true,
  ops: scalarOps,
  length: 2 ** 31 - 1,
  // In f64, measured on V8 against 200-bit arithmetic: exp 0.84, log 0.82, tanh 2.1, sigmoid 1.9, erf 1.04. An f32 result is within 0.5000001 ulp of the same operation.
  accuracy: { exp: 1, log: 1, log1p: 1, expm1: 1, sqrt: 0.5, tanh: 2.5, sigmoid: 2.5, sin: 1, cos: 1, erf: 1.5, div: 0.5, sum: 0.5 },
  keeps: { nan: true, infinity: true, denormals: true, signedZeros: true },
  excessPrecision: false,
  repeats: "process", // Math.exp and its like differ between engines.
};

function launcher(dtypes: readonly DType[]): (kernel: Kernel) => Launch<TypedArray> {
  return (kernel) => {
    switch (kernel.kind) {
      case "map":
        return map(kernel, valuesOf(kernel, dtypes));
      case "reduce":
        return reduce(kernel, valuesOf(kernel, dtypes));
      case "matmul":
        return matmul(kernel);
      case "gather":
        return gather(kernel);
      case "scatter":
        return scatter(kernel);
    }
  };
}

/** Room for the value of every instruction, which rounds it as the body's dtype does. */
function valuesOf(kernel: MapStep | ReduceStep, dtypes: readonly DType[]): Float32Array | Float64Array {
  return bodyType(kernel, dtypes) === "f32" ? new Float32Array(kernel.body.length) : new Float64Array(kernel.body.length);
}

function map({ shape, body, inputs, outputs }: MapStep, values: Float32Array | Float64Array): Launch<TypedArray> {
  const views = [...inputs, ...outputs.map(({ view }) => view)];
  const from = starts(views);
  const walk = walker(shape, views.map(strides));
  return (slots, t) =>
    walk(from(t), (at) => {
      evaluate(body, (input) => slots[inputs[input]!.slot]![at[input]!]!, values);
      for (let o = 0; o < outputs.length; o++) store(slots[outputs[o]!.view.slot]!, at[inputs.length + o]!, values[outputs[o]!.value]!);
    });
}

function reduce(
  { shape, folded, combine, body, inputs, output, accumulate }: ReduceStep,
  values: Float32Array | Float64Array,
): Launch<TypedArray> {
  const kept = shape.length - folded;
  const from = starts([...inputs, output]);
  const outer = walker(
    shape.slice(0, kept),
    [...inputs, output].map((view) => view.strides.slice(0, kept)),
  );
  const inner = walker(
    shape.slice(kept),
    inputs.map((view) => view.strides.slice(kept)),
  );
  const fold = combine === "sum" ? (x: number, y: number) => x + y : Math.max;
  const none = combine === "sum" ? 0 : -Infinity;
  return (slots, t) =>
    outer(from(t), (row) => {
      const to = slots[output.slot]!;
      let total = none;
      inner(row, (at) => {
        evaluate(body, (input) => slots[inputs[input]!.slot]![at[input]!]!, values);
        total = fold(total, values[body.length - 1]!);
      });
      const where = row[inputs.length]!;
      store(to, where, accumulate ? fold(to[where]!, total) : total);
    });
}

function matmul({ a, b, out, accumulate }: MatmulStep): Launch<TypedArray> {
  const from = starts([a, b, out]);
  const width = a.shape.at(-1)!;
  const [along, down] = [a.strides.at(-1)!, b.strides.at(-2)!];
  // a stands still along n and b along m; the contracted axis is the loop inside.
  const walk = walker(out.shape, [[...a.strides.slice(0, -1), 0], [...b.strides.slice(0, -2), 0, b.strides.at(-1)!], out.strides]);
  return (slots, t) => {
    const [left, right, to] = [slots[a.slot]!, slots[b.slot]!, slots[out.slot]!];
    walk(from(t), (at) => {
      let total = 0;
      for (let k = 0; k < width; k++) total += left[at[0]! + k * along]! * right[at[1]! + k * down]!;
      store(to, at[2]!, accumulate ? to[at[2]!]! + total : total);
    });
  };
}

function gather({ table, index, out }: GatherStep): Launch<TypedArray> {
  const from = starts([index, table, out]);
  const [rows, stride] = [table.shape[0]!, table.strides[0]!];
  const walk = walker(out.shape, [[index.strides[0]!, 0], [0, table.strides[1]!], out.strides]);
  return (slots, t) =>
    walk(from(t), (at) => {
      const row = slots[index.slot]![at[0]!]!;
      slots[out.slot]![at[2]!] = row >= 0 && row < rows ? slots[table.slot]![at[1]! + row * stride]! : NaN;
    });
}

function scatter({ source, index, out }: ScatterStep): Launch<TypedArray> {
  const from = starts([index, source, out]);
  const [rows, stride] = [out.shape[0]!, out.strides[0]!];
  const walk = walker(source.shape, [[index.strides[0]!, 0], source.strides, [0, out.strides[1]!]]);
  return (slots, t) =>
    walk(from(t), (at) => {
      const row = slots[index.slot]![at[0]!]!;
      const to = slots[out.slot]!;
      const where = at[2]! + row * stride;
      if (row >= 0 && row < rows) store(to, where, to[where]! + slots[source.slot]![at[1]!]!);
    });
}

function strides({ strides }: View): readonly number[] {
  return strides;
}

function reserve(dtype: DType, length: number): TypedArray {
  try {
    return allocate(dtype, length);
  } catch (cause) {
    throw new SluiceError({
      code: "OUT_OF_MEMORY",
      who: "reference.create",
      what: `${length} elements of ${dtype} do not fit`,
      facts: { dtype, length },
      cause,
    });
  }
}

/** Rounds to the type of the array. */
function store(to: TypedArray, at: number, value: number): void {
  to[at] = to instanceof Int32Array ? toWhole(value) : value;
}
