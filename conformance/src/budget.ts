// What a Program must give, and how far from it a backend may be: every step computed in float64 with a bound on the rounding of each element.
// Written apart from core's reference backend, index by index, so that the two check each other.
import type { Instruction, Kernel, MapStep, Program, ReduceStep, Step, Supports, TypedArray, View } from "@sluice/core";
import { binary, unary } from "@sluice/core/kit";
import { type Model, modelOf } from "./budget/model.ts";
import { type Known, add, anything, applyBinary, applySelect, applyUnary, exactly, largest } from "./budget/scalars.ts";

/** The contents of a slot: values, and the most by which a backend's may differ. An error of infinity allows anything. */
export interface Contents {
  readonly values: Float64Array;
  readonly errors: Float64Array;
}

/**
 * The contents of every slot of `program` after one run on a backend with `supports`, from exact bindings (by binding number).
 * The error of each primitive is what the backend declares; errors are carried on to first order, and through sums, products and
 * comparisons as intervals. Scratch that no step has written may be anything.
 */
export function budget(program: Program, supports: Pick<Supports, "accuracy" | "keeps">, bindings: readonly TypedArray[]): Contents[] {
  const slots = program.slots.map(({ length, binding, data }): Contents => {
    const known = binding === undefined ? data : bindings[binding];
    return known === undefined
      ? { values: new Float64Array(length).fill(NaN), errors: new Float64Array(length).fill(Infinity) }
      : { values: Float64Array.from(known), errors: new Float64Array(length) };
  });
  run(program.steps, { program, slots, t: [], models: { f32: modelOf(supports, "f32"), f64: modelOf(supports, "f64") } });
  return slots;
}

interface Machine {
  readonly program: Program;
  readonly slots: readonly Contents[];
  /** The iteration of each enclosing scan. */
  readonly t: readonly number[];
  readonly models: { readonly f32: Model; readonly f64: Model };
}

type Index = readonly number[];

function run(steps: readonly Step[], machine: Machine): void {
  for (const step of steps) {
    if (step.kind === "scan") for (let i = 0; i < step.length; i++) run(step.body, { ...machine, t: [...machine.t, i] });
    else kernel(step, machine);
  }
}

function kernel(step: Kernel, machine: Machine): void {
  switch (step.kind) {
    case "map": {
      const model = modelFor(
        machine,
        step.outputs.map(({ view }) => view),
      );
      for (const index of indices(step.shape)) {
        const values = evaluate(step, index, model, machine);
        for (const { view, value } of step.outputs) store(machine, view, index, values[value]!);
      }
      return;
    }
    case "reduce": {
      const model = modelFor(machine, [step.output]);
      const kept = step.shape.length - step.folded;
      for (const outer of indices(step.shape.slice(0, kept))) {
        const terms = indices(step.shape.slice(kept)).map((inner) => evaluate(step, [...outer, ...inner], model, machine).at(-1)!);
        if (step.accumulate) terms.push(load(machine, model, step.output, outer));
        store(machine, step.output, outer, (step.combine === "sum" ? add : largest)(model, terms));
      }
      return;
    }
    case "matmul": {
      const model = modelFor(machine, [step.out]);
      for (const index of indices(step.out.shape)) {
        const [batch, m, n] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
        const terms = Array.from({ length: step.a.shape.at(-1)! }, (_, k) =>
          applyBinary(model, "mul", load(machine, model, step.a, [...batch, m, k]), load(machine, model, step.b, [...batch, k, n])),
        );
        if (step.accumulate) terms.push(load(machine, model, step.out, index));
        store(machine, step.out, index, add(model, terms));
      }
      return;
    }
    case "gather": {
      const model = modelFor(machine, [step.out]);
      for (const [i, j] of indices(step.out.shape) as [number, number][]) {
        const { value: row, error } = load(machine, model, step.index, [i]);
        const outside = model.keeps.nan && error === 0 ? exactly(NaN) : anything;
        const isInside = error === 0 && row >= 0 && row < step.table.shape[0]!;
        store(machine, step.out, [i, j], isInside ? load(machine, model, step.table, [row, j]) : outside);
      }
      return;
    }
    case "scatter": {
      const model = modelFor(machine, [step.out]);
      const rows = step.out.shape[0]!;
      for (const [i, j] of indices(step.source.shape) as [number, number][]) {
        const { value: row, error } = load(machine, model, step.index, [i]);
        const addTo = (to: number): Known =>
          applyBinary(model, "add", load(machine, model, step.out, [to, j]), load(machine, model, step.source, [i, j]));
        if (error > 0) for (let to = 0; to < rows; to++) store(machine, step.out, [to, j], anything); // it may go anywhere
        else if (row >= 0 && row < rows) store(machine, step.out, [row, j], addTo(row));
      }
    }
  }
}

/** A body computes in the dtype of its outputs; whole numbers count as f32, which holds them exactly up to 2²⁴. */
function modelFor({ program, models }: Machine, outputs: readonly View[]): Model {
  return outputs.some(({ slot }) => program.slots[slot]!.dtype === "f64") ? models.f64 : models.f32;
}

function evaluate({ body, inputs }: MapStep | ReduceStep, index: Index, model: Model, machine: Machine): Known[] {
  const values: Known[] = [];
  for (const instruction of body) values.push(scalar(instruction, values, model, (input) => load(machine, model, inputs[input]!, index)));
  return values;
}

function scalar(instruction: Instruction, values: readonly Known[], model: Model, load: (input: number) => Known): Known {
  switch (instruction.op) {
    case "const":
      return { value: instruction.value, error: model.conversion(instruction.value) };
    case "load":
      return load(instruction.input);
    case "select":
      return applySelect(values[instruction.test]!, values[instruction.x]!, values[instruction.y]!);
    default:
      return "y" in instruction
        ? applyBinary(model, instruction.op satisfies keyof typeof binary, values[instruction.x]!, values[instruction.y]!)
        : applyUnary(model, instruction.op satisfies keyof typeof unary, values[instruction.x]!);
  }
}

function load({ slots, t }: Machine, { keeps, conversion, largest }: Model, view: View, index: Index): Known {
  const { values, errors } = slots[view.slot]!;
  const [value, error] = [values[at(view, index, t)]!, errors[at(view, index, t)]!];
  if (Number.isNaN(value) ? !keeps.nan : !Number.isFinite(value) && !keeps.infinity) return anything;
  if (!Number.isFinite(value)) return { value, error };
  return Math.abs(value) > largest ? anything : { value, error: error + conversion(value) };
}

function store({ program, slots, models, t }: Machine, view: View, index: Index, known: Known): void {
  const { values, errors } = slots[view.slot]!;
  const { value, error } = stored(program.slots[view.slot]!.dtype, models.f32, known);
  values[at(view, index, t)] = value;
  errors[at(view, index, t)] = error;
}

function stored(dtype: Program["slots"][number]["dtype"], f32: Model, known: Known): Known {
  if (dtype === "f64" || known.error === Infinity) return known;
  // A store to i32 takes whole numbers below 2²⁴, which no backend rounds.
  if (dtype === "i32")
    return Number.isInteger(known.value) && Math.abs(known.value) <= 2 ** 24 && known.error < 0.5 ? exactly(known.value) : anything;
  if (!Number.isFinite(known.value)) return known;
  return Math.abs(known.value) + known.error > f32.largest
    ? anything
    : { value: known.value, error: known.error + f32.conversion(known.value) };
}

/** All indices of a shape, the last axis fastest. */
function indices(shape: readonly number[]): Index[] {
  return shape.reduce<Index[]>((all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])), [[]]);
}

/** Where a view's element lies in its slot. */
function at({ offset, strides, advance }: View, index: Index, t: readonly number[]): number {
  return offset + index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0) + t.reduce((sum, i, d) => sum + i * advance[d]!, 0);
}
