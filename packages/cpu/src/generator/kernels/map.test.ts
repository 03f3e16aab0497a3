import type { Instruction, MapStep } from "@sluice/core";
import { dense, operandsOf } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { harness } from "./testing/harness.ts";

test("a body gives the same bits as its operations one after the other, each over whole arrays", () => {
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 1500 }), fc.nat(99), (body, rows, columns, seed) => {
      const shape = [rows, columns];
      const values = Array.from({ length: rows * columns }, (_, i) => (((i + seed) * 7919) % 2003) / 250 - 4);
      const inputs = [Float32Array.from(values), Float32Array.from(values.slice(0, rows))];
      const views = [dense(0, shape), { ...dense(1, shape), strides: [1, 0] }];
      const together = run(shape, body, inputs, views);
      const results: Float32Array[] = [];
      for (const instruction of body) {
        const operands = operandsOf(instruction);
        results.push(
          operands.length === 0
            ? run(shape, [instruction], inputs, views)
            : run(
                shape,
                alone(instruction),
                operands.map((at) => results[at]!),
                operands.map((_, slot) => dense(slot, shape)),
              ),
        );
      }
      expect(signless(together)).toEqual(signless(results.at(-1)!));
    }),
    { numRuns: 100, interruptAfterTimeLimit: 2000 },
  );
});

/** Two loads, the second the same along each row, then chains of long functions among others. */
const bodies = fc.gen().map((gen): Instruction[] => {
  const body: Instruction[] = [
    { op: "load", input: 0 },
    { op: "load", input: 1 },
    { op: "const", value: 0.5 },
  ];
  const any = (): number => body.length - 1 - Math.min(body.length - 1, gen(fc.nat, 4));
  for (let left = gen(fc.integer, { min: 1, max: 9 }); left > 0; left--) {
    const op = gen(fc.constantFrom, "tanh", "sigmoid", "exp", "log", "add", "mul", "sub", "max", "min", "less", "select", "neg");
    if (op === "select") body.push({ op, test: any(), x: any(), y: any() });
    else if (op === "tanh" || op === "sigmoid" || op === "exp" || op === "log" || op === "neg") body.push({ op, x: any() });
    else body.push({ op, x: any(), y: any() });
  }
  return body;
});

/** The instruction with its operands loaded. */
function alone(instruction: Instruction): Instruction[] {
  const loads = operandsOf(instruction).map((_, input): Instruction => ({ op: "load", input }));
  if (instruction.op === "select") return [...loads, { ...instruction, test: 0, x: 1, y: 2 }];
  if ("y" in instruction) return [...loads, { ...instruction, x: 0, y: 1 }];
  return [...loads, { ...instruction, x: 0 } as Instruction];
}

function run(
  shape: readonly number[],
  body: readonly Instruction[],
  inputs: readonly Float32Array[],
  views: MapStep["inputs"],
): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  const slots = [...inputs, { length }].map(({ length }, binding) => ({ dtype: "f32", length, binding }) as const);
  const outputs = [{ view: dense(inputs.length, shape), value: body.length - 1 }];
  const { slots: memory, run, parts } = harness(slots, { kind: "map", shape, body, inputs: views, outputs });
  inputs.forEach((data, slot) => memory[slot]!.set(data));
  run([], 0, parts >> 1);
  run([], parts >> 1, parts);
  return (memory.at(-1) as Float32Array).slice();
}

/** Zeros have no sign here: against a constant, `max` and `min` may keep that of either. */
function signless(data: Float32Array): Float32Array {
  return data.map((x) => x + 0);
}
