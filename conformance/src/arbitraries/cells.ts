// Cells, their options, sizes and data. Structures come from a fixed pool and only data is fresh, so that a backend whose kernels
// are compiled per shape (a GPU) compiles each of them once.
import fc from "fast-check";
import {
  bidirectional,
  gru,
  known,
  lstm,
  recurrence,
  rnn,
  stacked,
  type Bounded,
  type Cell,
  type Merge,
  type Recurrence,
} from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { mapTree, type Shaped, type Tree } from "../tree.ts";
import { uniform } from "./numbers.ts";

export type CellChoice =
  | { readonly cell: "rnn"; readonly activation: "tanh" | "relu" }
  | { readonly cell: "lstm" }
  | { readonly cell: "gru"; readonly reset: "before" | "after"; readonly update: "keeps" | "replaces" };

/** Every cell in every option. */
export const cells: readonly CellChoice[] = [
  { cell: "rnn", activation: "tanh" },
  { cell: "rnn", activation: "relu" },
  { cell: "lstm" },
  { cell: "gru", reset: "after", update: "keeps" },
  { cell: "gru", reset: "after", update: "replaces" },
  { cell: "gru", reset: "before", update: "keeps" },
  { cell: "gru", reset: "before", update: "replaces" },
];

export type Choice =
  | { readonly kind: "recurrence"; readonly cell: CellChoice; readonly reverse: boolean }
  | { readonly kind: "bidirectional"; readonly forward: CellChoice; readonly backward: CellChoice; readonly merge: Merge }
  | { readonly kind: "stacked"; readonly layers: readonly Choice[] };

export interface Structure {
  readonly choice: Choice;
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly units: number;
  /** Which of the optional arguments are given. */
  readonly state: boolean;
  readonly lengths: boolean;
  readonly timeMajor: boolean;
}

/** A structure and where its data comes from; `dataOf` makes the data. */
export interface Example {
  readonly structure: Structure;
  readonly dtype: Float;
  /** Weights are about so many times what keeps a cell lively: below 1 nearly linear, above 1 saturating. */
  readonly scale: number;
  readonly seed: number;
}

export interface Data {
  readonly weights: Tree<Bounded>;
  /** [batch, steps, input], also where the structure is time major */
  readonly x: Bounded;
  readonly state: Tree<Bounded> | undefined;
  readonly lengths: Int32Array | undefined;
  readonly upstream: { readonly outputs: Bounded; readonly last: Bounded; readonly state: Tree<Bounded> };
}

export function examples(pool: readonly Structure[], dtypes: readonly Float[] = ["f32", "f64"]): fc.Arbitrary<Example> {
  const parts = { structure: fc.constantFrom(...pool), dtype: fc.constantFrom(...dtypes), scale: fc.constantFrom(1, 0.3, 3), seed: seeds };
  return fc.record(parts).map((example) => Object.defineProperty(example, fc.toStringMethod, { value: () => describe(example) }));
}

/** Each structure of the pool once in each dtype, in order, with data from `seed`. */
export function once(pool: readonly Structure[], dtypes: readonly Float[], seed: number): readonly Example[] {
  const next = uniform(seed);
  return pool.flatMap((structure) => dtypes.map((dtype) => ({ structure, dtype, scale: 1, seed: Math.floor(next() * (2 ** 31 - 1)) })));
}

const seeds = fc.noShrink(fc.noBias(fc.integer({ min: 0, max: 2 ** 31 - 2 })));

/** The pool of one cell, from plain to intricate, so that a counterexample shrinks to the plainest structure that shows it. */
export function structures(cell: CellChoice): readonly Structure[] {
  const forward: Choice = { kind: "recurrence", cell, reverse: false };
  const reverse: Choice = { ...forward, reverse: true };
  return [
    sized(forward, [1, 1, 1, 1], "state"),
    sized(forward, [2, 3, 3, 2]),
    sized(forward, [3, 4, 2, 3], "state"),
    sized(reverse, [3, 4, 2, 3], "state"),
    sized(forward, [4, 5, 3, 1], "lengths"),
    sized(forward, [4, 4, 1, 3], "state", "lengths", "timeMajor"),
    sized(reverse, [4, 5, 2, 3], "state", "lengths"),
    sized(forward, [2, 0, 2, 3], "state"),
    sized(reverse, [0, 3, 2, 3], "state", "lengths"),
    sized(forward, [5, 3, 9, 17], "state"), // one past the sizes that tiles and SIMD lanes like
  ];
}

/** One structure of every cell, for laws that compare two ways of running it. */
export const forwards: readonly Structure[] = cells.map((cell) =>
  sized({ kind: "recurrence", cell, reverse: false }, [3, 4, 2, 3], "state"),
);
export const reverses: readonly Structure[] = cells.map((cell) =>
  sized({ kind: "recurrence", cell, reverse: true }, [3, 4, 2, 3], "state"),
);
export const uneven: readonly Structure[] = [...forwards, ...reverses].map((structure) => ({ ...structure, lengths: true }));

/** Both directions: every merge of like and unlike cells. */
export const bidirectionals: readonly Structure[] = (["concat", "sum", "mean"] as const).flatMap((merge, k) => {
  const choice = (forward: number, backward: number): Choice => ({
    kind: "bidirectional",
    forward: cells[forward]!,
    backward: cells[backward]!,
    merge,
  });
  return [
    sized(choice(2, 2), [2, 3, 2, 3]),
    sized(choice(3, 2), [4, 4, 2, 3], "state", "lengths"),
    sized(choice([0, 5, 6][k]!, [0, 5, 6][k]!), [3, 4, 2, 1], "state", "lengths", "timeMajor"),
  ];
});

/** Layers one upon the other, bidirectional ones among them. */
export const stacks: readonly Structure[] = [
  sized(layers(2), [2, 3, 2, 3]),
  sized(layers(2, 2), [3, 4, 2, 3], "state"),
  sized(layers(0, 3), [4, 4, 3, 2], "state", "lengths"),
  sized(layers(6, 2, 1), [4, 3, 2, 3], "state", "lengths", "timeMajor"),
  sized(
    {
      kind: "stacked",
      layers: [
        { kind: "bidirectional", forward: cells[2]!, backward: cells[2]!, merge: "concat" },
        { kind: "recurrence", cell: cells[4]!, reverse: true },
      ],
    },
    [3, 4, 2, 3],
    "state",
    "lengths",
  ),
];

/** One line that names everything about a structure. */
export function describe({ structure, dtype, scale, seed }: Example): string {
  const { batch, steps, input, units } = structure;
  const given = (["state", "lengths", "timeMajor"] as const).filter((name) => structure[name]);
  const sizes = `batch ${batch}, steps ${steps}, input ${input}, units ${units}`;
  return `${[oracleOf(structure.choice).name, sizes, ...given, dtype].join(", ")}, weights × ${scale}, data seed ${seed}`;
}

/** The oracle's recurrence of a choice. */
export function oracleOf(choice: Choice): Recurrence {
  switch (choice.kind) {
    case "recurrence":
      return erased(recurrence(cellOf(choice.cell), { reverse: choice.reverse }));
    case "bidirectional":
      return erased(bidirectional(cellOf(choice.forward), cellOf(choice.backward), { merge: choice.merge }));
    case "stacked":
      return erased(stacked(choice.layers.map(oracleOf)));
  }
}

/** Which weights and states a choice has is data here, so their types go. */
export function erased<W, S>(recurrence: Recurrence<W, S>): Recurrence {
  return recurrence as unknown as Recurrence;
}

export type AnyCell = Cell<object, { readonly h: Bounded }>;

export function cellOf(choice: CellChoice): AnyCell {
  switch (choice.cell) {
    case "rnn":
      return rnn(choice) as AnyCell;
    case "lstm":
      return lstm() as AnyCell;
    case "gru":
      return gru(choice) as AnyCell;
  }
}

/**
 * The data of an example, all of it exact in its dtype: weights random and unequal gate by gate, biases, states and upstream
 * gradients nowhere zero and nowhere uniform (with constant weights most wrong LSTMs pass: mutants.test.ts), lengths 0 … steps.
 */
export function dataOf({ structure, dtype, scale, seed }: Example): Data {
  const { choice, batch, steps, input, units } = structure;
  const oracle = oracleOf(choice);
  const next = uniform(seed);
  const fit = dtype === "f32" ? Math.fround : (x: number) => x;
  const random =
    (low: number, high: number) =>
    ({ shape }: Shaped) =>
      known(
        shape,
        Float64Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () =>
          fit((next() < 0.5 ? -1 : 1) * (low + (high - low) * next())),
        ),
      );
  const weight = ({ shape }: Shaped) => random(0, (2 * scale) / Math.sqrt(shape.length > 1 ? shape[0]! : 4))({ shape });
  const size = oracle.outputSize(units);
  return {
    weights: mapTree(oracle.weights({ input, units }), weight),
    x: random(0.1, 1.5)({ shape: [batch, steps, input] }),
    state: structure.state ? mapTree(oracle.state({ batch, units }), random(0.1, 1)) : undefined,
    lengths: structure.lengths ? Int32Array.from({ length: batch }, () => Math.floor(next() * (steps + 1))) : undefined,
    upstream: {
      outputs: random(0.3, 1.5)({ shape: [batch, steps, size] }),
      last: random(0.3, 1.5)({ shape: [batch, size] }),
      state: mapTree(oracle.state({ batch, units }), random(0.3, 1.5)),
    },
  };
}

type Given = "state" | "lengths" | "timeMajor";

function sized(
  choice: Choice,
  [batch, steps, input, units]: readonly [number, number, number, number],
  ...given: readonly Given[]
): Structure {
  const has = (name: Given) => given.includes(name);
  return { choice, batch, steps, input, units, state: has("state"), lengths: has("lengths"), timeMajor: has("timeMajor") };
}

function layers(...of: readonly number[]): Choice {
  return { kind: "stacked", layers: of.map((i) => ({ kind: "recurrence", cell: cells[i]!, reverse: false })) };
}
