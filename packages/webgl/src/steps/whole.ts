// What a step stores to i32 made whole by one more pass, where it may be no whole number of 32 bits: textures hold floats.
import type { Instruction, Kernel, Program } from "@sluice/core";
import { toWhole, usesOf } from "@sluice/core/kit";
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

/** Does it choose among whole numbers alone? They then stay whole, and of 32 bits; sums and products may leave those. */
function staysWhole(kernel: Kernel, isWhole: (slot: number) => boolean): boolean {
  switch (kernel.kind) {
    case "map":
      return kernel.inputs.every(({ slot }) => isWhole(slot)) && kernel.body.every(keepsWhole);
    case "reduce":
      return kernel.combine === "max" && kernel.inputs.every(({ slot }) => isWhole(slot)) && kernel.body.every(keepsWhole);
    case "matmul":
    case "scatter":
    case "gather": // NaN outside the table
      return false;
  }
}

/** −(−2³¹) is the float that 2³¹ − 1 is, too. */
function keepsWhole(instruction: Instruction): boolean {
  switch (instruction.op) {
    case "const":
      return toWhole(instruction.value) === instruction.value;
    case "load":
    case "neg":
    case "max":
    case "min":
    case "less":
    case "select":
      return true;
    default:
      return false;
  }
}
