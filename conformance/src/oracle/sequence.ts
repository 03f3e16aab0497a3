// A cell over a sequence, row by row: each row runs through its own steps in its own order, so that nothing is ever masked.
import { leaves, mapTree, type Shaped, type Tree } from "../tree.ts";
import { exact, type Arithmetic } from "./arithmetic.ts";
import { entry, put, row, zeros, type Bounded } from "./bounded.ts";
import type { Cell, Extra, Named, Sizes, Step } from "./cell.ts";

/** What runs over sequences: a cell, or several side by side or one upon the other. */
export interface Recurrence<W = Tree<Bounded>, S = Tree<Bounded>> {
  readonly name: string;
  /** Shapes of the weights. */
  weights(sizes: Sizes): Tree<Shaped>;
  /** Shapes of the states, each [batch, size]. */
  state(sizes: { readonly batch: number; readonly units: number }): Tree<Shaped>;
  outputSize(units: number): number;
  /** What a run may be given beyond x. Nothing where absent. */
  extras?(sizes: Sizes): Tree<Extra>;
  run(job: Job<W, S>): Run<W, S>;
}

export interface Job<W, S> {
  readonly arithmetic?: Arithmetic | undefined;
  readonly units: number;
  readonly weights: W;
  /** [batch, steps, input] */
  readonly x: Bounded;
  /** Zeros where absent. */
  readonly state?: S | undefined;
  /** Steps of each row; all of them where absent. */
  readonly lengths?: ArrayLike<number> | undefined;
  /** [batch, steps]: 0 for a step that does not count; all do where absent. */
  readonly mask?: ArrayLike<number> | undefined;
  /** [batch, steps, …] per step, [batch, …] per sequence; a tree as that of the states. */
  readonly extras?: Tree<Bounded> | undefined;
}

export interface Run<W, S> {
  /** [batch, steps, outputSize]: zeros where a step does not count. */
  readonly outputs: Bounded;
  /** [batch, outputSize]: the output of the step that ran last; zeros for a row without steps. */
  readonly last: Bounded;
  readonly state: S;
  /** Gradients for any upstream gradients; those left out are zero. Of extras only what cells give gradients for. */
  backward(upstream: Partial<Upstream<S>>): {
    readonly weights: W;
    readonly x: Bounded;
    readonly state: S;
    readonly extras?: Tree<Bounded>;
  };
}

export interface Upstream<S> {
  readonly outputs: Bounded;
  readonly last: Bounded;
  readonly state: S;
}

type WithOutput = { readonly h: Bounded };

/** Runs `cell` over the steps of each row that count, from the first, or with `reverse` from the last; outputs stay at their own steps. */
export function recurrence<W extends object, S extends WithOutput>(cell: Cell<W, S>, { reverse = false } = {}): Recurrence<W, S> {
  const shapes = (batch: number, units: number) =>
    Object.fromEntries(Object.entries(cell.states(units)).map(([name, size]) => [name, { shape: [batch, size] }]));
  const outputSize = (units: number) => cell.states(units)["h"]!;
  return {
    name: reverse ? `${cell.name} reversed` : cell.name,
    weights: (sizes) => cell.weights(sizes),
    state: ({ batch, units }) => shapes(batch, units),
    outputSize,
    extras: (sizes) => cell.extras?.(sizes) ?? {},
    run({ arithmetic = exact, units, weights, x, state, lengths, mask, extras = {} }) {
      const [batch, steps, input] = x.shape as [number, number, number];
      const blank = () => zerosLike<S>(shapes(batch, units));
      const outputs = zeros([batch, steps, outputSize(units)]);
      const last = zeros([batch, outputSize(units)]);
      const initial = state ?? blank();
      const final = blank();
      const spec = cell.extras?.({ input, units }) ?? {};
      const given = extras as Named; // of a single cell
      const extrasAt = (b: number, t: number): Named =>
        Object.fromEntries(
          Object.entries(given).map(([name, leaf]) => [
            name,
            entry(leaf, spec[name]!.shape, spec[name]!.per === "step" ? b * steps + t : b),
          ]),
        );
      const counts = countsOf(steps, { lengths, mask });
      const rows = Array.from({ length: batch }, (_, b) => {
        let now = rowOf(initial, b);
        const trace = order(steps, reverse)
          .filter((t) => counts(b, t))
          .map((t) => {
            const step = cell.step(arithmetic, weights, row(x, b * steps + t), now, extrasAt(b, t));
            now = step.state;
            put(outputs, b * steps + t, now.h);
            return { at: b * steps + t, step };
          });
        if (trace.length > 0) put(last, b, now.h);
        putRow(final, b, now);
        return trace;
      });
      return {
        outputs,
        last,
        state: final,
        backward: (upstream) => backward({ arithmetic, weights, x, rows, blank, extras: given, upstream }),
      };
    },
  };
}

interface Backward<W extends object, S extends object> {
  readonly arithmetic: Arithmetic;
  readonly weights: W;
  readonly x: Bounded;
  /** Per row what ran, in that order. */
  readonly rows: readonly (readonly { readonly at: number; readonly step: Step<W, S> }[])[];
  readonly blank: () => S;
  readonly extras: Named;
  readonly upstream: Partial<Upstream<S>>;
}

function backward<W extends object, S extends WithOutput>({ arithmetic, weights, x, rows, blank, extras, upstream }: Backward<W, S>) {
  const dx = zeros(x.shape);
  const dInitial = blank();
  const shares = [zerosLike<W>(weights)];
  const dExtras: Record<string, Bounded> = {};
  rows.forEach((trace, b) => {
    let d = rowOf(upstream.state ?? blank(), b);
    const add = (more: Bounded | undefined, at: number) => {
      if (more) d = { ...d, h: arithmetic.plus(d.h, row(more, at)) };
    };
    if (trace.length > 0) add(upstream.last, b);
    const seen: Named[] = [];
    for (const { at, step } of trace.toReversed()) {
      add(upstream.outputs, at);
      const gradients = step.backward(d);
      put(dx, at, gradients.x);
      shares.push(gradients.weights);
      if (gradients.extras) seen.push(gradients.extras);
      d = gradients.state;
    }
    putRow(dInitial, b, d);
    // Every extra with a gradient is one per sequence.
    if (seen.length > 0)
      for (const [name, share] of Object.entries(sum(arithmetic, seen))) put((dExtras[name] ??= zeros(extras[name]!.shape)), b, share);
  });
  return {
    weights: sum(arithmetic, shares),
    x: dx,
    state: dInitial,
    ...(Object.keys(dExtras).length > 0 && { extras: dExtras }),
  };
}

/** Whether a step of a row is before the row's length and named by the mask. */
export function countsOf(
  steps: number,
  { lengths, mask }: Pick<Job<unknown, unknown>, "lengths" | "mask">,
): (row: number, step: number) => boolean {
  return (row, step) => step < (lengths?.[row] ?? steps) && mask?.[row * steps + step] !== 0;
}

function order(length: number, reverse: boolean): readonly number[] {
  return Array.from({ length }, (_, k) => (reverse ? length - 1 - k : k));
}

// A record of named numbers keeps its names through these, which the type system cannot see: hence their casts.

function zerosLike<R extends object>(shapes: object): R {
  return mapTree(shapes as Tree<Shaped>, (leaf) => zeros(leaf.shape)) as R;
}

function rowOf<R extends object>(record: R, b: number): R {
  return mapTree(record as Tree<Bounded>, (leaf) => row(leaf, b)) as R;
}

function putRow<R extends object>(into: R, b: number, from: R): void {
  for (const [name, leaf] of leaves(into as Tree<Bounded>)) put(leaf, b, (from as Readonly<Record<string, Bounded>>)[name]!);
}

function sum<R extends object>(arithmetic: Arithmetic, records: readonly R[]): R {
  return mapTree(records[0] as Tree<Bounded>, (leaf, name) =>
    arithmetic.plus(leaf, ...records.slice(1).map((record) => (record as Readonly<Record<string, Bounded>>)[name]!)),
  ) as R;
}
