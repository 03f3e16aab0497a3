// Passes over Programs, one after the other: what a backend does with its own.
import type { Program, ProgramPass, Supports } from "../../backend.ts";

/** The Program after these passes, but for those that a backend like this has no use for. */
export function runPasses(program: Program, passes: readonly ProgramPass[], supports: Supports): Program {
  return passes.reduce((current, { needs, run }) => (needs?.(supports) === false ? current : run(current, supports)), program);
}
