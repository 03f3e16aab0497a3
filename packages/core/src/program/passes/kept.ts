// What a pass on Programs says it keeps, looked at: for the tests of passes, core's own and a backend's.
import type { Kept, Program, ProgramPass, Slot, Step } from "../../backend.ts";
import { bytes } from "../../dtypes/arrays.ts";

/** What of `pass.keeps` the Program after it does not keep, but for the numbers themselves, which only runs can tell. */
export function broken(pass: Pick<ProgramPass, "keeps">, before: Program, after: Program): readonly Kept[] {
  return pass.keeps.filter((kept) => !holds[kept](before, after));
}

const always = (): boolean => true;

const holds: Readonly<Record<Kept, (before: Program, after: Program) => boolean>> = {
  values: always,
  bits: always,
  bindings: (before, after) => JSON.stringify(bindingsOf(before)) === JSON.stringify(bindingsOf(after)),
  scratch: (before, after) => scratchBytes(after) <= scratchBytes(before),
  kernels: (before, after) => kernelsOf(after.steps) <= kernelsOf(before.steps),
};

function bindingsOf({ slots }: Program): unknown[] {
  return slots.filter(isBound).map(({ binding, dtype, length, name }) => [binding, dtype, length, name]);
}

/** Of slots that are neither bound nor constants. */
export function scratchBytes({ slots }: Program): number {
  return slots.reduce((sum, slot) => sum + (isBound(slot) || slot.data !== undefined ? 0 : bytes[slot.dtype] * slot.length), 0);
}

/** Those inside scans once. */
export function kernelsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + (step.kind === "scan" ? kernelsOf(step.body) : 1), 0);
}

function isBound({ binding }: Slot): boolean {
  return binding !== undefined;
}
