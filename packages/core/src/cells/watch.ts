// Who looks on while recurrences are traced: at each step what it read and what it gave, to add to it or to keep of it more than the outputs.
import { checkFunction, checkText } from "../arguments/checks.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Tree } from "../trace/tree.ts";

type Named = Readonly<Record<string, Tensor>>;

/** One run of a cell over a sequence, before its first step. */
export interface WatchedRun {
  /** The cell's name. */
  readonly cell: string;
  /** [steps, batch, input] */
  readonly x: Tensor;
  /** The state that it starts from, each [batch, …]. */
  readonly start: Named;
  /** [steps, batch, 1], 0 where a step does not count; absent where all do. */
  readonly counts: Tensor | undefined;
  /** Whether it runs from the last step to the first. Rows keep their places. */
  readonly reverse: boolean;
}

export interface StepResult {
  readonly output: Tensor;
  readonly state: Named;
}

/** A step as the cell has traced it; it counts for rows that `counts` says. */
export interface WatchedStep extends StepResult {
  /** The state that it read. */
  readonly before: Named;
  /** What the cell says that its gates are, by name: σ of whatever, [batch, units]. */
  readonly gates: Named;
  /** The row of this step of the watch's `inputs`. */
  readonly inputs: Named;
}

export interface RunWatch {
  /** What its steps see beside what the cell reads: each [steps, …]. */
  readonly inputs: Named;
  /** What stands in place of what the step gave, and what is kept of each step. */
  step(step: WatchedStep): StepResult & { readonly seen: Tree<Tensor> };
  /** What was kept: each [steps, …], in the order of the sequence. */
  all(seen: Tree<Tensor>): void;
}

/** Undefined where a run is of no interest. */
export type WatchRecurrences = (run: WatchedRun) => RunWatch | undefined;

let current: WatchRecurrences | undefined;
let gatesSeen: Record<string, Tensor> | undefined;

/**
 * Runs `trace`, and tells `watch` of each recurrence that it traces, in order; what is traced otherwise is as it was.
 * For tools that look into models: derivatives with respect to states, statistics of gates.
 */
export function watchRecurrences<T>(watch: WatchRecurrences, trace: () => T): T {
  checkFunction("watchRecurrences", "watch", watch);
  checkFunction("watchRecurrences", "trace", trace);
  const before = current;
  current = watch;
  try {
    return trace();
  } finally {
    current = before;
  }
}

/** Undefined where nobody looks on. */
export function watchRun(run: WatchedRun): RunWatch | undefined {
  return current?.(run);
}

/** A step of a run that somebody watches. */
export function watchedStep(
  watch: RunWatch,
  step: () => StepResult,
  read: Pick<WatchedStep, "before" | "inputs">,
): StepResult & { readonly seen: Tree<Tensor> } {
  const before = gatesSeen,
    gates: Record<string, Tensor> = (gatesSeen = {});
  try {
    return watch.step({ ...step(), ...read, gates });
  } finally {
    gatesSeen = before;
  }
}

/** The tensor as it is; whoever watches the step hears that it is a gate, in 0 … 1, of that name. */
export function gate(name: string, value: Tensor): Tensor {
  checkText("gate", "name", name);
  checkTensor("gate", value, "value");
  if (gatesSeen !== undefined) gatesSeen[name] = value;
  return value;
}
