// Slots of a Program: lengths, data, and bindings numbered without gap or repeat.
import type { Program, Slot } from "../../backend.ts";
import { arrays, dtypeOf } from "../../dtypes/arrays.ts";
import { slotName } from "../print/notation.ts";
import { illegal } from "./site.ts";

export function checkSlots(program: Program): void {
  program.slots.forEach((slot, at) => checkSlot(program, slot, slotName(program, at)));
  const bound = program.slots.flatMap(({ binding }, at) => (binding === undefined ? [] : [{ binding, at }]));
  const taken = new Map<number, number>();
  for (const { binding, at } of bound) {
    const name = slotName(program, at);
    if (!Number.isSafeInteger(binding) || binding < 0 || binding >= bound.length)
      throw illegal(program, undefined, `bindings are numbered 0 to ${bound.length - 1} without a gap, slot ${name} has ${binding}`, {
        slot: at,
        binding,
      });
    const other = taken.get(binding);
    if (other !== undefined)
      throw illegal(program, undefined, `slots ${slotName(program, other)} and ${name} share binding ${binding}`, {
        slots: [other, at],
        binding,
      });
    taken.set(binding, at);
  }
}

function checkSlot(program: Program, { dtype, length, binding, data }: Slot, name: string): void {
  if (!Object.hasOwn(arrays, dtype))
    throw illegal(program, undefined, `slot ${name} has the unknown dtype ${String(dtype)}`, { slot: name, dtype });
  if (!Number.isSafeInteger(length) || length < 0)
    throw illegal(program, undefined, `slot ${name}'s length is a whole number from 0, got ${length}`, { slot: name, length });
  if (data === undefined) return;
  if (binding !== undefined)
    throw illegal(program, undefined, `slot ${name} has data and is binding ${binding}; a slot is one of both`, { slot: name, binding });
  if (dtypeOf(data) !== dtype || data.length !== length)
    throw illegal(program, undefined, `slot ${name} is ${dtype}[${length}], its data ${dtypeOf(data) ?? typeof data}[${data.length}]`, {
      slot: name,
      expected: length,
      got: data.length,
    });
}
