// Each view alone: it names a slot, its numbers agree in rank, every element lies in the slot, and what is written is injective and no constant.
import type { Program, View } from "../../backend.ts";
import { signed, slotName } from "../print/notation.ts";
import { illegal, useText } from "./site.ts";
import { type Site, type Use, usesOf } from "../uses.ts";
import { extentOf, injective } from "../views.ts";

export function checkViews(program: Program, site: Site): void {
  for (const use of usesOf(site.kernel)) {
    checkNumbers(program, site, use);
    checkExtent(program, site, use);
    if (use.access !== "read") checkWritable(program, site, use);
  }
}

function checkNumbers(program: Program, site: Site, { role, view }: Use): void {
  const { slot, shape, strides, advance, offset } = view;
  const wrong = (what: string): never => {
    throw illegal(program, site, `${role} ${what}`, { role, view });
  };
  if (!Number.isSafeInteger(slot) || slot < 0 || slot >= program.slots.length) wrong(`names slot ${slot} of ${program.slots.length}`);
  if (strides.length !== shape.length) wrong(`has ${shape.length} axes and ${strides.length} strides`);
  if (advance.length !== site.lengths.length) wrong(`has ${advance.length} advances inside ${site.lengths.length} scans`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    wrong(`has the shape [${shape.join(", ")}]; sizes are whole numbers from 0`);
  if (![offset, ...strides, ...advance].every(Number.isSafeInteger))
    wrong(`has a fraction in its offset ${offset}, strides [${strides.join(", ")}] or advance [${advance.join(", ")}]`);
}

function checkExtent(program: Program, site: Site, use: Use): void {
  const extent = extentOf(use.view, site.lengths);
  const { dtype, length } = program.slots[use.view.slot]!;
  if (extent === undefined || (extent[0] >= 0 && extent[1] < length)) return;
  const name = slotName(program, use.view.slot);
  throw illegal(
    program,
    site,
    `${useText(program, use)} reaches elements ${signed(extent[0])} to ${signed(extent[1])}, slot ${name} is ${dtype}[${length}]`,
    {
      ...named(use, name),
      first: extent[0],
      last: extent[1],
      length,
    },
  );
}

function checkWritable(program: Program, site: Site, use: Use): void {
  const name = slotName(program, use.view.slot);
  if (program.slots[use.view.slot]!.data !== undefined)
    throw illegal(program, site, `${useText(program, use)} writes slot ${name}, which is constant data`, named(use, name));
  if (!injective(use.view))
    throw illegal(
      program,
      site,
      `${useText(program, use)} names an element of slot ${name} twice; what is written is injective`,
      named(use, name),
    );
}

function named({ role, view }: Use, slot: string): { role: string; slot: string; view: View } {
  return { role, slot, view };
}
