// What is done to a Program before it becomes a module, as passes like core's own.
import type { Program, ProgramPass } from "@sluice/core";
import { blockTime } from "./blockTime.ts";
import { groupRows } from "./groupRows.ts";

/** Tiles the time axis of a product that a scan reads step by step: Programs with f64 do not become modules. */
export const timeTiling: ProgramPass = {
  name: "time tiling",
  level: "program",
  keeps: ["bits", "bindings", "scratch", "kernels"],
  run: (program) => (becomesModule(program) ? blockTime(program) : program),
};

/** Runs row-independent scans in groups of rows, so that threads need no barrier inside them; where `pays` says so, since one thread is 1 to 4 % slower for it (decision 15). */
export function rowTiling(pays: (program: Program) => boolean): ProgramPass {
  return {
    name: "row tiling",
    level: "program",
    keeps: ["bits", "bindings", "scratch", "kernels"],
    run: (program) => (pays(program) ? groupRows(program) : program),
  };
}

/** Is it one for WebAssembly? Its numbers are f32 and i32. */
export function becomesModule({ slots }: Program): boolean {
  return slots.every(({ dtype }) => dtype !== "f64");
}
