// What every backend owes single numbers, to the bit: constants are the ones that the Program has, the larger of two zeros is the one without
// a sign, and what is no whole number of 32 bits becomes one in i32.
import type { Backend, DType, Instruction, Program, Step, Supports, TypedArray } from "@sluice/core";
import { arrays, binary, dense, unary } from "@sluice/core/kit";
import fc from "fast-check";
import { type Law, property } from "../law.ts";

const special = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-40, 2 ** -149, 3e38, -3e38];
const number = fc.oneof(fc.constantFrom(...special), fc.float());

const zeros = [0, -0, 0, -0, 1, -1, 2 ** 20, NaN];
/** Eight at a time, so that structures repeat. */
const nearZero = fc.array(fc.constantFrom(...zeros), { minLength: 8, maxLength: 8 });

const large = [0, 0.5, -0.5, 1.5, -1.5, 2 ** 23 + 0.5, -(2 ** 24), 2 ** 30, -(2 ** 30), 2 ** 31, -(2 ** 31), 2 ** 32, 1e12, -1e12, 3e38];
const anything = fc.array(fc.constantFrom(...large, NaN, Infinity, -Infinity), { minLength: 8, maxLength: 8 });
/** Whole numbers that f32 has, so that every backend takes them. */
const whole = fc.array(fc.constantFrom(0, 1, -1, 7, 2 ** 20, -(2 ** 20), 2 ** 24, 2 ** 30, -(2 ** 30), -(2 ** 31)), {
  minLength: 8,
  maxLength: 8,
});

export const numbers: readonly Law[] = [
  property(
    "constants: Programs that differ in one number alone each give their own, one after the other",
    fc.array(number, { minLength: 2, maxLength: 4 }),
    async (backend, constants) => {
      for (const value of constants) {
        // Chosen while running, so that no compiler can leave the constant out.
        const body: Instruction[] = [load(0), { op: "const", value }, { op: "select", test: 0, x: 1, y: 0 }];
        const [got] = await run(backend, mapping("f32", "f32", body, [2]), [filled("f32", 1)]);
        expect(backend.supports, got!, filled("f32", Math.fround(value)));
      }
    },
  ),
  property(
    "zeros: −0 is below 0 for max, min and a fold, −x turns its sign, and a choice keeps it",
    fc.record({ x: nearZero, y: nearZero, limit: fc.constantFrom(0, -0) }),
    async (backend, { x, y, limit }) => {
      if (!backend.supports.keeps.signedZeros) return;
      const body: Instruction[] = [
        ...[load(0), load(1), { op: "const", value: limit } as const],
        ...(["max", "min"] as const).flatMap((op) => [
          { op, x: 0, y: 1 },
          { op, x: 0, y: 2 },
          { op, x: 2, y: 0 },
        ]),
        ...[{ op: "neg", x: 0 } as const, { op: "select", test: 1, x: 0, y: 2 } as const],
      ];
      const outputs = body.map((_, at) => at).slice(3);
      const given = [Float32Array.from(x), Float32Array.from(y)];
      const got = await run(backend, mapping("f32", "f32", body, outputs, 2), given);
      const at = (i: number): number[] => {
        const values: number[] = [];
        for (const instruction of body) values.push(evaluated(instruction, values, [x[i]!, y[i]!]));
        return values;
      };
      outputs.forEach((output, o) =>
        expect(
          backend.supports,
          got[o]!,
          Float32Array.from(x, (_, i) => at(i)[output]!),
        ),
      );
      for (const shape of [[8], [2, 4], [4, 2]] as const) {
        const [most] = await run(backend, folding(shape), [given[0]!]);
        const kept = shape.length === 1 ? 1 : shape[0];
        expect(
          backend.supports,
          most!,
          Float32Array.from({ length: kept }, (_, i) => Math.max(...x.slice((i * 8) / kept, ((i + 1) * 8) / kept))),
        );
      }
    },
  ),
  property(
    "i32: what is stored loses its fraction, NaN is 0, and what lies beyond 32 bits is the nearest that does not",
    fc.record({ floats: anything, x: whole, y: whole, op: fc.constantFrom("add", "sub", "mul" as const) }),
    async (backend, { floats, x, y, op }) => {
      const { dtypes, keeps } = backend.supports;
      if (!dtypes.includes("i32")) return;
      const known = floats.map((value) => ((Number.isNaN(value) ? keeps.nan : Number.isFinite(value) || keeps.infinity) ? value : 0));
      const [cast] = await run(backend, mapping("f32", "i32", [load(0)], [0]), [Float32Array.from(known)]);
      expect(backend.supports, cast!, Int32Array.from(known, truncated));
      const body: Instruction[] = [load(0), load(1), { op, x: 0, y: 1 }];
      const [made] = await run(backend, mapping("i32", "i32", body, [2], 2), [Int32Array.from(x), Int32Array.from(y)]);
      const exact = x.map((value, i) => binary[op](value, y[i]!));
      // Below 2²⁴ sums are exact everywhere, as are powers of two; of the others, those beyond 32 bits end at the same number.
      const isSure = (value: number): boolean => Math.abs(value) <= 2 ** 24 || Math.abs(value) >= 2 ** 31 || Math.fround(value) === value;
      exact.forEach((value, i) => {
        if (isSure(value) && made![i] !== truncated(value))
          throw new Error(`${x[i]} ${op} ${y[i]} should be ${truncated(value)}, got ${made![i]}`);
      });
    },
  ),
];

function truncated(x: number): number {
  if (Number.isNaN(x)) return 0;
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)));
}

function load(input: number): Instruction {
  return { op: "load", input };
}

function filled(dtype: DType, value: number): TypedArray {
  return new arrays[dtype](8).fill(value);
}

/** From one binding per input to one per output, eight elements each. */
function mapping(from: DType, to: DType, body: readonly Instruction[], outputs: readonly number[], inputs = 1): Program {
  const step: Step = {
    kind: "map",
    shape: [8],
    body,
    inputs: Array.from({ length: inputs }, (_, at) => dense(at, [8])),
    outputs: outputs.map((value, at) => ({ view: dense(inputs + at, [8]), value })),
  };
  const slots = Array.from({ length: inputs + outputs.length }, (_, binding) => ({
    dtype: binding < inputs ? from : to,
    length: 8,
    binding,
  }));
  return { name: "numbers", slots, steps: [step] };
}

/** The largest along the last axis. */
function folding(shape: readonly number[]): Program {
  const kept = shape.slice(0, -1);
  const length = kept.reduce((product, n) => product * n, 1);
  const step: Step = {
    kind: "reduce",
    ...{ shape, folded: 1, combine: "max", body: [load(0)], inputs: [dense(0, shape)], output: dense(1, kept), accumulate: false },
  };
  const slots = [8, length].map((length, binding) => ({ dtype: "f32" as const, length, binding }));
  return { name: "largest", slots, steps: [step] };
}

/** Writes the inputs, runs once, reads the outputs, and gives everything back. */
async function run(backend: Backend, program: Program, inputs: readonly TypedArray[]): Promise<TypedArray[]> {
  const executable = await backend.compile(program);
  const buffers = program.slots.map(({ dtype, length }) => backend.create(dtype, length));
  inputs.forEach((data, at) => backend.write(buffers[at], data));
  executable.run(buffers);
  const outputs = await Promise.all(buffers.slice(inputs.length).map((buffer) => backend.read(buffer)));
  executable.destroy();
  buffers.forEach((buffer) => backend.destroy(buffer));
  return outputs;
}

function evaluated(instruction: Instruction, values: readonly number[], inputs: readonly number[]): number {
  switch (instruction.op) {
    case "const":
      return instruction.value;
    case "load":
      return inputs[instruction.input]!;
    case "select":
      return values[instruction.test] !== 0 ? values[instruction.x]! : values[instruction.y]!;
    default:
      return "y" in instruction
        ? binary[instruction.op](values[instruction.x]!, values[instruction.y]!)
        : unary[instruction.op](values[instruction.x]!);
  }
}

/** The same bits, as far as the backend keeps what is special. */
function expect({ keeps }: Supports, got: TypedArray, want: TypedArray): void {
  const agrees = (x: number, y: number): boolean => {
    if (Number.isNaN(y)) return !keeps.nan || Number.isNaN(x);
    if (!Number.isFinite(y)) return !keeps.infinity || x === y;
    if (!keeps.denormals && Math.abs(y) < 2 ** -126 && y !== 0) return x === 0 || x === y;
    return keeps.signedZeros ? Object.is(x, y) : x === y;
  };
  const wrong = want.findIndex((value, i) => !agrees(got[i]!, value));
  if (wrong < 0) return;
  const text = (x: number): string => (Object.is(x, -0) ? "−0" : String(x));
  throw new Error(`element ${wrong} should be ${text(want[wrong]!)}, got ${text(got[wrong]!)}`);
}
