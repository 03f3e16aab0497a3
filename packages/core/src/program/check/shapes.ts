// The views of one kernel together: their shapes fit the step, and indices are i32.
import type { GatherStep, Program, ReduceStep, ScatterStep, Shape, View } from "../../backend.ts";
import { slotName, shapeText } from "../print/notation.ts";
import { illegal } from "./site.ts";
import type { Site } from "../uses.ts";
import { sameShape } from "../../shape.ts";

export function checkShapes(program: Program, site: Site): void {
  const { kernel } = site;
  const needs = (role: string, { shape }: View, wanted: Shape): void => {
    if (!sameShape(shape, wanted))
      throw illegal(program, site, `${role} is [${shapeText(shape)}], the step needs [${shapeText(wanted)}]`, {
        role,
        expected: wanted,
        got: shape,
      });
  };
  const ranked = (role: string, { shape }: View, rank: number): void => {
    if (shape.length !== rank)
      throw illegal(program, site, `${role} has ${shape.length} axes, the step needs ${rank}`, { role, expected: rank, got: shape.length });
  };
  const indexed = ({ index }: GatherStep | ScatterStep): number => {
    ranked("index", index, 1);
    const { dtype } = program.slots[index.slot]!;
    if (dtype !== "i32")
      throw illegal(program, site, `index reads slot ${slotName(program, index.slot)}, which is ${dtype}; an index is i32`, {
        role: "index",
        dtype,
      });
    return index.shape[0]!;
  };
  switch (kernel.kind) {
    case "map":
      if (kernel.outputs.length === 0) throw illegal(program, site, "a map has at least one output");
      kernel.inputs.forEach((view, at) => needs(`input ${at}`, view, kernel.shape));
      return kernel.outputs.forEach(({ view }, at) => needs(`output ${at}`, view, kernel.shape));
    case "reduce":
      kernel.inputs.forEach((view, at) => needs(`input ${at}`, view, kernel.shape));
      return needs("output", kernel.output, keptOf(program, site, kernel));
    case "matmul": {
      const { a, b, out } = kernel;
      if (a.shape.length < 2) throw illegal(program, site, `a has ${a.shape.length} axes, the step needs at least 2`);
      const batch = a.shape.slice(0, -2);
      ranked("b", b, a.shape.length);
      needs("b", b, [...batch, a.shape.at(-1)!, b.shape.at(-1)!]);
      return needs("out", out, [...batch, a.shape.at(-2)!, b.shape.at(-1)!]);
    }
    case "gather":
      ranked("table", kernel.table, 2);
      return needs("out", kernel.out, [indexed(kernel), kernel.table.shape[1]!]);
    case "scatter":
      ranked("out", kernel.out, 2);
      return needs("source", kernel.source, [indexed(kernel), kernel.out.shape[1]!]);
  }
}

function keptOf(program: Program, site: Site, { shape, folded }: ReduceStep): Shape {
  if (!Number.isSafeInteger(folded) || folded < 0 || folded > shape.length)
    throw illegal(program, site, `folded is a whole number from 0 to ${shape.length}, got ${folded}`, { folded });
  return shape.slice(0, shape.length - folded);
}
