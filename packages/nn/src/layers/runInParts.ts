// A recurrence over a window of which only the first steps are left behind when the next window comes: its state there is what is carried on.
import { concat, mapTree, where } from "@sluice/core";
import type { ExtraSpec, RunOptions, RunResult, Tensor, Tree } from "@sluice/core";

export interface Parts<S, E> {
  readonly run: (x: Tensor, options: RunOptions<S, E>) => RunResult<S>;
  /** [batch, steps, …] */
  readonly x: Tensor;
  readonly options: Pick<RunOptions<S, E>, "extras" | "mask" | "state">;
  /** What the extras look like. */
  readonly extras: Tree<ExtraSpec>;
  /** How many steps the first part has. */
  readonly first: number;
}

/** The same as in one go, and the state after the first part. */
export function runInParts<S, E>({ run, x, options, extras, first }: Parts<S, E>): { readonly ran: RunResult<S>; readonly carried: S } {
  const [, steps = 0] = x.shape;
  const part = (from: number, to: number): Pick<RunOptions<S, E>, "extras" | "mask"> => ({
    extras: options.extras && (extrasOf(options.extras, extras, from, to) as E), // the same tree
    mask: options.mask?.slice(1, from, to),
  });
  const before = run(x.slice(1, 0, first), { ...part(0, first), state: options.state });
  const after = run(x.slice(1, first, steps), { ...part(first, steps), state: before.state });
  const ran = {
    outputs: concat([before.outputs, after.outputs], 1),
    last: lastOf(before, after, options.mask?.slice(1, first, steps)),
    state: after.state,
  };
  return { ran, carried: before.state };
}

/** Of the second part, unless none of its steps counts. */
function lastOf<S>(before: RunResult<S>, after: RunResult<S>, mask: Tensor | undefined): Tensor {
  return mask === undefined ? after.last : where(mask.sum(1).greater(0).expand(1), after.last, before.last);
}

/** Of those that each step has its own of, these steps. */
function extrasOf(given: unknown, specs: Tree<ExtraSpec>, from: number, to: number): unknown {
  const perStep = new Set<string>();
  mapTree(specs, isExtra, (leaf, path) => (leaf as ExtraSpec).per === "step" && perStep.add(path)); // `isExtra` says so
  const isTensor = (value: unknown): boolean => typeof value === "object" && value !== null && "shape" in value;
  return mapTree(given, isTensor, (leaf, path) => (perStep.has(path) ? (leaf as Tensor).slice(1, from, to) : leaf)); // likewise
}

function isExtra(value: unknown): boolean {
  return typeof value === "object" && value !== null && "per" in value;
}
