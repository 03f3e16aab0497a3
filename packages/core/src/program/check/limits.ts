// A legal Program against what one backend declares.
import type { Program, ScalarOp, Supports } from "../../backend.ts";
import { slotName } from "../print/notation.ts";
import { unsupported } from "./site.ts";
import { type Site, usesOf } from "../uses.ts";

/** Dtypes and lengths of all slots. */
export function checkSlotLimits(program: Program, { dtypes, length: most }: Supports): void {
  program.slots.forEach(({ dtype, length }, at) => {
    const slot = slotName(program, at);
    if (!dtypes.includes(dtype))
      throw unsupported(program, undefined, `slot ${slot} is ${dtype}, this backend has ${dtypes.join(", ")}`, { slot, dtype, dtypes });
    if (length > most)
      throw unsupported(program, undefined, `slot ${slot} has ${length} elements, this backend takes ${most}`, { slot, length, most });
  });
}

/** Distinct slots and scalar operations of one kernel. */
export function checkLimits(program: Program, site: Site, { bindings: most, ops }: Supports): void {
  const slots = new Set(usesOf(site.kernel).map(({ view }) => view.slot));
  if (slots.size > most)
    throw unsupported(program, site, `it touches ${slots.size} slots, this backend takes ${most}`, { slots: slots.size, most });
  if (!("body" in site.kernel)) return;
  for (const { op } of site.kernel.body)
    if (op !== "const" && op !== "load" && !ops.includes(op satisfies ScalarOp))
      throw unsupported(program, site, `this backend has no ${op}; it has ${ops.join(", ")}`, { op, ops });
}
