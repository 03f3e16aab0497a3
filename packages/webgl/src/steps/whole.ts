// What a step stores to i32 made whole by one more pass, where it may be no whole number: textures hold floats.
import type { Instruction, Kernel, Program } from "@sluice/core";
import { usesOf } from "@sluice/core/kit";
import { dispatch } from "./dispatch.ts";
import type { Pass } from "./pass.ts";
import { regionOf } from "./regions.ts";

/** The passes that truncate what `kernel` has stored to i32. Beyond 2²⁴, where floats are whole anyway, they only bound it. */
export function truncations(program: Program, kernel: Kernel): Pass[] {
  const isWhole = (slot: number): boolean => program.slots[slot]!.dtype === "i32";
  if (staysWhole(kernel, isWhole)) return [];
  const regions = usesOf(kernel).flatMap(({ view, access }) =>
    access !== "read" && isWhole(view.slot) && !view.shape.includes(0) ? [regionOf(view)] : [],
  );
  return regions.map((region) =>
    dispatch({ reads: [], old: region, lines: (old) => [`return sluiceWhole(${old});`], outputs: [region], length: region.length }),
  );
}

/** Is all that it computes whole wherever it reads whole numbers, and does it read nothing else? */
function staysWhole(kernel: Kernel, isWhole: (slot: number) => boolean): boolean {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return kernel.inputs.every(({ slot }) => isWhole(slot)) && kernel.body.every(keepsWhole);
    case "matmul":
      return isWhole(kernel.a.slot) && isWhole(kernel.b.slot);
    case "gather":
      return false; // NaN outside the table
    case "scatter":
      return isWhole(kernel.source.slot);
  }
}

function keepsWhole(instruction: Instruction): boolean {
  switch (instruction.op) {
    case "const":
      return Number.isInteger(instruction.value);
    case "div":
    case "exp":
    case "expm1":
    case "log":
    case "log1p":
    case "sqrt":
    case "tanh":
    case "sigmoid":
      return false;
    default:
      return true;
  }
}
