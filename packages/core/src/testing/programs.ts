// For tests: what a function becomes, and how much of it there is.
import { lowerGraph, trace, type Program, type Step, type Supports } from "../index.ts";
import { open } from "../reference.ts";

const { supports } = await open();

export function f32(...shape: number[]) {
  return { shape, dtype: "f32" } as const;
}

/** The Program of `fn` for arguments like `args`. */
export function programOf(fn: (...args: never[]) => unknown, args: readonly unknown[], limits: Partial<Supports> = {}): Program {
  return lowerGraph(trace("program", fn, args).graph, { ...supports, ...limits });
}

/** The kinds of the steps in order; those of a scan in brackets after it. */
export function kindsOf({ steps }: Program): string {
  const text = (list: readonly Step[]): string =>
    list.map((step) => (step.kind === "scan" ? `scan[${text(step.body)}]` : step.kind)).join(" ");
  return text(steps);
}

/** The lengths of the scratch slots, ascending. */
export function scratchOf({ slots }: Program): number[] {
  return slots
    .filter((s) => s.binding === undefined && s.data === undefined)
    .map((s) => s.length)
    .sort((a, b) => a - b);
}
