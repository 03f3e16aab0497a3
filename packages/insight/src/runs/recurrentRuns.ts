// The recurrences that a model traces, each with the layer that it belongs to.
import { watchRecurrences, type RunWatch, type Tensor, type Tree, type WatchedRun } from "@sluice/core";
import { watchLayers } from "@sluice/nn/kit";

export type Named = Readonly<Record<string, Tensor>>;

/** What a run is called in results. */
export interface RunName {
  /** The layer's name in its model; of the further runs of one layer "lstm #2", where it is used twice or runs in parts. */
  readonly layer: string;
  /** "lstm", as its layer is called. */
  readonly kind: string;
  readonly cell: string;
  readonly direction: "forward" | "backward";
}

export interface RecurrentRun extends RunName {
  readonly run: WatchedRun;
  readonly inputs: Named;
  /** What was kept of each step, [steps, batch, …]. */
  readonly seen: Named;
}

/** How a run is watched: what its steps read beside, and what stands in place of what they give. */
export type Looking = (run: WatchedRun) => Pick<RunWatch, "inputs" | "step">;

interface Pending {
  readonly run: WatchedRun;
  readonly inputs: Named;
  seen: Tree<Tensor>;
  layer: string;
  kind: string;
}

/** Traces; the recurrences come in the order in which they were traced. */
export function recurrentRuns<T>(look: Looking, trace: () => T): { readonly result: T; readonly runs: readonly RecurrentRun[] } {
  const all: Pending[] = [];
  let told = 0; // how many of them have their layer's name
  const watch = (run: WatchedRun): RunWatch => {
    const looked = look(run);
    const pending: Pending = { run, inputs: looked.inputs, seen: {}, layer: run.cell, kind: run.cell };
    all.push(pending);
    return { ...looked, all: (seen) => void (pending.seen = seen) };
  };
  const name = ({ name, layer: { kind } }: { readonly name: string; readonly layer: { readonly kind: string } }) => {
    for (const pending of all.slice(told)) Object.assign(pending, { layer: name, kind });
    told = all.length;
    return {};
  };
  const result = watchLayers(name, () => watchRecurrences(watch, trace));
  return { result, runs: named(all) };
}

/** A layer that runs the same way twice has a number after its name. */
function named(all: readonly Pending[]): readonly RecurrentRun[] {
  const counted = new Map<string, number>();
  return all.map(({ run, inputs, seen, layer, kind }) => {
    const direction = run.reverse ? "backward" : "forward",
      key = `${layer} ${direction}`,
      use = (counted.get(key) ?? 0) + 1;
    counted.set(key, use);
    return { layer: use === 1 ? layer : `${layer} #${use}`, kind, cell: run.cell, direction, run, inputs, seen: seen as Named }; // as `look` gives them
  });
}

/** Of [steps, batch]: how many rows count at each step. */
export function countsOf({ counts, x }: WatchedRun): Tensor | undefined {
  return counts?.reshape(x.shape.slice(0, 2));
}
