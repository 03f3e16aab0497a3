// Writes a Program down for people: every slot, then every step as the equation it computes.
import type { Kernel, MapStep, Program, ReduceStep, Slot, Step } from "../../backend.ts";
import { bytes } from "../../dtypes/arrays.ts";
import { type Named, bodyText } from "./equations.ts";
import { iteration, shapeText, slotName, viewText } from "./notation.ts";

/**
 * A Program as text. Slots stand with type, length and role; steps are numbered as errors name them (`step 1.scan.0` is 0 inside scan 1).
 * A view is its slot's name, shape, strides where it is not contiguous, offset, and advance per iteration: `z[32×128 by 512,1 @128 +t·16384]`.
 * Bodies are equations over the loaded values; z₂ is the view of z that was listed third, c′ what is stored to c.
 */
export function print(program: Program): string {
  return [
    heading(program),
    ...columns(program.slots.map((slot, at) => row(program, slot, at))).map((line) => `  ${line}`),
    "",
    ...printSteps(program, program.steps, 0),
  ].join("\n");
}

function heading({ name, slots, steps }: Program): string {
  const scratch = slots.reduce(
    (sum, { binding, data, dtype, length }) => sum + (binding === undefined && data === undefined ? bytes[dtype] * length : 0),
    0,
  );
  return `${name}: ${slots.length} slots, ${count(steps)} steps, ${amount(scratch)} scratch`;
}

function row(program: Program, { dtype, length, binding, data }: Slot, at: number): string[] {
  const role =
    binding !== undefined
      ? `binding ${binding}`
      : data === undefined
        ? "scratch"
        : `data ${Array.from(data.subarray(0, 4)).join(" ")}${length > 4 ? " …" : ""}`;
  return [slotName(program, at), `${dtype}[${length}]`, role];
}

function printSteps(program: Program, steps: readonly Step[], depth: number): string[] {
  return steps.flatMap((step, at) => {
    const [first, ...rest] =
      step.kind === "scan"
        ? [`scan ${iteration(depth)} < ${step.length}`, ...printSteps(program, step.body, depth + 1)]
        : printKernel(program, step);
    const number = `${at}`.padEnd(`${steps.length - 1}`.length);
    return [`${number}  ${first!}`, ...rest.map((line) => `${" ".repeat(number.length + 2)}${line}`)];
  });
}

function printKernel(program: Program, kernel: Kernel): string[] {
  const view = (v: Parameters<typeof viewText>[1]): string => viewText(slotName(program, v.slot), v);
  switch (kernel.kind) {
    case "map":
      return [
        `map ${shapeText(kernel.shape)}`.trimEnd(),
        ...printBody(
          program,
          kernel,
          kernel.outputs.map(({ view, value }) => ({ view, value, sign: "→" })),
        ),
      ];
    case "reduce": {
      const sign = kernel.accumulate ? `${kernel.combine} into` : kernel.combine;
      return [
        `reduce ${shapeText(kernel.shape)} over the last ${kernel.folded}`,
        ...printBody(program, kernel, [{ view: kernel.output, value: kernel.body.length - 1, sign: `→ ${sign} →` }]),
      ];
    }
    case "matmul":
      return [`${view(kernel.out)} ${kernel.accumulate ? "+=" : "="} ${view(kernel.a)} · ${view(kernel.b)}`];
    case "gather":
      return [`${view(kernel.out)} = ${view(kernel.table)} at ${view(kernel.index)}`];
    case "scatter":
      return [`${view(kernel.out)} at ${view(kernel.index)} += ${view(kernel.source)}`];
  }
}

function printBody(
  program: Program,
  { body, inputs }: MapStep | ReduceStep,
  outputs: readonly (Named & { readonly sign: string })[],
): string[] {
  const text = bodyText(program, body, inputs, outputs);
  const lines = [
    ...inputs.map((view, at) => [text.inputs[at]!, `= ${viewText(slotName(program, view.slot), view)}`]),
    ...text.values.map(({ name, equation, output }) => {
      const to =
        output === undefined
          ? []
          : [`${outputs[output]!.sign} ${viewText(slotName(program, outputs[output]!.view.slot), outputs[output]!.view)}`];
      return [name, `= ${equation}`, ...to];
    }),
  ];
  return columns(lines).map((line) => `  ${line}`);
}

/** Pads cells so that columns line up; the last cell of a row stays as it is. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(0, ...rows.map((row) => (row.length > column + 1 ? row[column]!.length : 0)));
  const widths = Array.from({ length: Math.max(0, ...rows.map(({ length }) => length)) }, (_, column) => width(column));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join("  "));
}

function count(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === "scan" ? 1 + count(step.body) : 1), 0);
}

function amount(size: number): string {
  const unit = size < 1024 ? 0 : size < 1024 ** 2 ? 1 : 2;
  return `${unit === 0 ? size : (size / 1024 ** unit).toFixed(1)} ${["B", "KiB", "MiB"][unit]!}`;
}
