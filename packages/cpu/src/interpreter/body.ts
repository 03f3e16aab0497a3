// Evaluates a body over one block of elements: an instruction at a time over registers, never an element at a time.
import type { DType, Instruction } from "@sluice/core";
import { operandsOf } from "@sluice/core/kit";
import { type Machine, block } from "./machine.ts";
import { type Operation, operations } from "./operations.ts";
import { round, rounded } from "./rounded.ts";
import { type Tile2D, read } from "./transfer.ts";

/** The strides of an input along the rows and columns of a block. */
export interface Input extends Tile2D {
  readonly dtype: DType;
  /** Whether most blocks load the same elements as the block before: they are then loaded once. */
  readonly uniform: boolean;
}

export interface Body {
  /** Call before the first block of a launch: forgets what was loaded. */
  begin(): void;
  /** Evaluates over `rows` × `columns` elements, at most a register full; input i starts at element `at[i]`. */
  evaluate(at: readonly number[], rows: number, columns: number): void;
  /** Where the values asked for are after `evaluate`, row after row. Read only. */
  readonly values: readonly Float64Array[];
  /** How many shared registers the body uses: those from here on are free. */
  readonly registers: number;
}

/** Prepares a body that computes in `dtype` and whose instructions `wanted` are needed as results. */
export function prepare(
  machine: Machine,
  { body, dtype }: { readonly body: readonly Instruction[]; readonly dtype: DType },
  inputs: readonly Input[],
  wanted: readonly number[],
): Body {
  const rounds = dtype === "f32";
  const lasts = lastUses(body, wanted);
  const file = registerFile(machine);
  const held: (Float64Array | undefined)[] = [];
  const loads: Load[] = [];
  const runs: Run[] = [];
  body.forEach((instruction, at) => {
    if (lasts[at]! < 0) return;
    const operands = operandsOf(instruction);
    const registers = operands.map((operand) => held[operand]!);
    for (const operand of new Set(operands)) if (lasts[operand] === at) file.free(held[operand]!);
    if (instruction.op === "const") {
      held[at] = new Float64Array(block).fill(rounds ? Math.fround(instruction.value) : instruction.value);
    } else if (instruction.op === "load") {
      const input = inputs[instruction.input]!;
      held[at] = input.uniform ? new Float64Array(block) : file.take();
      const load = loading(machine, input, instruction.input, held[at]);
      loads.push(load);
      runs.push(load.run);
      if (rounds && input.dtype !== "f32") runs.push(rounding(held[at]));
    } else {
      held[at] = file.take();
      runs.push(operating((rounds ? rounded : operations)[instruction.op], held[at], registers));
    }
  });
  return {
    begin() {
      for (let i = 0; i < loads.length; i++) loads[i]!.forget();
    },
    evaluate(at, rows, columns) {
      for (let i = 0; i < runs.length; i++) runs[i]!(at, rows, columns);
    },
    values: wanted.map((value) => held[value]!),
    registers: file.size(),
  };
}

type Run = (at: readonly number[], rows: number, columns: number) => void;

interface Load {
  readonly run: Run;
  forget(): void;
}

function loading({ memory }: Machine, input: Input, index: number, register: Float64Array): Load {
  const { dtype } = input;
  if (!input.uniform)
    return { run: (at, rows, columns) => read(memory, dtype, at[index]!, input, rows, columns, register, columns), forget: () => {} };
  let from = -1;
  let height = 0;
  let width = 0;
  return {
    run(at, rows, columns) {
      if (at[index] === from && rows <= height && columns === width) return;
      from = at[index]!;
      height = rows;
      width = columns;
      read(memory, dtype, from, input, rows, columns, register, columns);
    },
    forget: () => void (from = -1),
  };
}

/** Rounds what is loaded from wider numbers; rounding a uniform input again changes nothing. */
function rounding(register: Float64Array): Run {
  return (_at, rows, columns) => round(register, rows * columns);
}

function operating(operation: Operation, out: Float64Array, [x = out, y = out, z = out]: readonly Float64Array[]): Run {
  return (_at, rows, columns) => operation(out, x, y, z, rows * columns);
}

/** The position of the last instruction that takes each value; past the end for results, −1 where nothing needs it. */
function lastUses(body: readonly Instruction[], wanted: readonly number[]): number[] {
  const lasts = new Array<number>(body.length).fill(-1);
  for (const value of wanted) lasts[value] = body.length;
  for (let at = body.length - 1; at >= 0; at--)
    if (lasts[at]! >= 0) for (const operand of operandsOf(body[at]!)) lasts[operand] = Math.max(lasts[operand]!, at);
  return lasts;
}

/** Shared registers, each taken until it is freed; registers from elsewhere are ignored. */
function registerFile(machine: Machine): { take(): Float64Array; free(register: Float64Array): void; size(): number } {
  const idle: Float64Array[] = [];
  const own = new Set<Float64Array>();
  return {
    take() {
      const register = idle.pop() ?? machine.register(own.size);
      own.add(register);
      return register;
    },
    free(register) {
      if (own.has(register)) idle.push(register);
    },
    size: () => own.size,
  };
}
