// Cells, their options, sizes and data. Structures come from a pool that stands for a whole run, and only data is fresh, so that a backend
// whose kernels are compiled per shape (a GPU) compiles each of them once.
import type fc from "fast-check";
import {
  attendingRnn,
  bidirectional,
  gru,
  known,
  learnt,
  lstm,
  mgu,
  recurrence,
  rnn,
  stacked,
  variationalDropout,
  zoneout,
  type BiasOption,
  type Bounded,
  type Cell,
  type Extra,
  type GruOptions,
  type LstmOptions,
  type Merge,
  type Named,
  type Rates,
  type Recurrence,
  type RnnOptions,
} from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { leaves, mapTree, type Shaped, type Tree } from "../tree.ts";
import type { ScoreChoice } from "./attention.ts";
import { scoreOf } from "./attentionData.ts";
import { drawn, type Example as Drawn } from "./examples.ts";
import { randoms, uniform } from "./numbers.ts";

export type CellChoice =
  | ({ readonly cell: "rnn" } & RnnOptions)
  | ({ readonly cell: "lstm" } & LstmOptions)
  | ({ readonly cell: "gru" } & GruOptions)
  | ({ readonly cell: "mgu" } & BiasOption)
  | { readonly cell: "zoneout"; readonly of: CellChoice; readonly rates: Rates }
  | { readonly cell: "variationalDropout"; readonly of: CellChoice; readonly states: readonly string[] }
  | { readonly cell: "attending"; readonly score: ScoreChoice; readonly keys: number; readonly memory: number };

/** Every kind of cell, each option in some of them; `varied` has them all. */
export const cells: readonly CellChoice[] = [
  { cell: "rnn", activation: "tanh" },
  { cell: "rnn", activation: "relu" },
  { cell: "lstm" },
  { cell: "gru", reset: "after", update: "keeps" },
  { cell: "gru", reset: "after", update: "replaces" },
  { cell: "gru", reset: "before", update: "keeps" },
  { cell: "gru", reset: "before", update: "replaces" },
  { cell: "gru", reset: "none", update: "keeps" },
  { cell: "gru", reset: "after", update: "keeps", layerNorm: true },
  { cell: "gru", reset: "before", update: "replaces", layerNorm: true, recurrentActivation: "hardSigmoid" },
  { cell: "mgu" },
  { cell: "lstm", peepholes: true, cellClip: 0.5 },
  { cell: "lstm", peepholes: true, coupled: true, projection: 4, recurrentActivation: "hardSigmoid" },
  { cell: "lstm", layerNorm: true, activation: "softsign" },
];

export type Choice =
  | { readonly kind: "recurrence"; readonly cell: CellChoice; readonly reverse: boolean; readonly learnt?: boolean }
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
  readonly mask: boolean;
  readonly timeMajor: boolean;
  readonly extras: boolean;
}

/** `dataOf` makes its data. At scales below 1 the weights leave a cell nearly linear, above 1 they saturate it. */
export type Example = Drawn<Structure>;

export interface Data {
  readonly weights: Tree<Bounded>;
  /** [batch, steps, input], also where the structure is time major */
  readonly x: Bounded;
  readonly state: Tree<Bounded> | undefined;
  readonly lengths: Int32Array | undefined;
  /** [batch, steps], 0 where a step does not count, also where the structure is time major */
  readonly mask: Int32Array | undefined;
  /** [batch, steps, …] per step, [batch, …] per sequence, also where the structure is time major */
  readonly extras: Tree<Bounded> | undefined;
  readonly upstream: { readonly outputs: Bounded; readonly last: Bounded; readonly state: Tree<Bounded> };
}

export function examples(pool: readonly Structure[], dtypes: readonly Float[] = ["f32", "f64"]): fc.Arbitrary<Example> {
  return drawn({ pool, dtypes, describe });
}

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
    sized(forward, [3, 5, 2, 3], "mask"),
    sized(reverse, [4, 4, 2, 3], "state", "lengths", "mask", "timeMajor"),
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
export const bidirectionals: readonly Structure[] = (["concat", "sum", "mean", "mul"] as const).flatMap((merge, k) => {
  const choice = (forward: number, backward: number): Choice => ({
    kind: "bidirectional",
    forward: cells[forward]!,
    backward: cells[backward]!,
    merge,
  });
  return [
    sized(choice(2, 2), [2, 3, 2, 3]),
    sized(choice(3, 2), [4, 4, 2, 3], "state", "lengths"),
    sized(choice([0, 5, 6, 3][k]!, [0, 5, 6, 3][k]!), [3, 4, 2, 1], "state", "lengths", "timeMajor"),
    sized(choice(2, 3), [3, 4, 2, 2], "state", "mask"),
  ];
});

/** What takes inputs beyond x, in both directions and upon one another. */
const zoned: CellChoice = { cell: "zoneout", of: { cell: "lstm", projection: 2 }, rates: 0.1 };
const dropped: CellChoice = { cell: "variationalDropout", of: { cell: "gru", reset: "none" }, states: ["h"] };
export const composed: readonly Structure[] = [
  sized({ kind: "bidirectional", forward: zoned, backward: zoned, merge: "concat" }, [2, 3, 2, 3], "state", "extras"),
  sized({ kind: "bidirectional", forward: dropped, backward: dropped, merge: "sum" }, [3, 3, 2, 3], "lengths", "timeMajor", "extras"),
  sized(
    {
      kind: "stacked",
      layers: [
        { kind: "recurrence", cell: dropped, reverse: false, learnt: true },
        { kind: "recurrence", cell: zoned, reverse: true, learnt: true },
      ],
    },
    [3, 3, 2, 3],
    "lengths",
    "extras",
  ),
];

/** Layers one upon the other, bidirectional ones among them. */
export const stacks: readonly Structure[] = [
  sized(layers(2), [2, 3, 2, 3]),
  sized(layers(2, 2), [3, 4, 2, 3], "state"),
  sized(layers(0, 3), [4, 4, 3, 2], "state", "lengths"),
  sized(layers(3, 2), [3, 4, 2, 3], "mask", "timeMajor"),
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
  const given = (["state", "lengths", "mask", "timeMajor", "extras"] as const).filter((name) => structure[name]);
  const sizes = `batch ${batch}, steps ${steps}, input ${input}, units ${units}`;
  return `${[oracleOf(structure.choice).name, sizes, ...given, dtype].join(", ")}, weights × ${scale}, data seed ${seed}`;
}

/** The oracle's recurrence of a choice. */
export function oracleOf(choice: Choice): Recurrence {
  switch (choice.kind) {
    case "recurrence": {
      const own = recurrence(cellOf(choice.cell), { reverse: choice.reverse });
      return choice.learnt ? erased(learnt(own)) : erased(own);
    }
    case "bidirectional":
      return erased(bidirectional(cellOf(choice.forward), cellOf(choice.backward), { merge: choice.merge }));
    case "stacked":
      return erased(stacked(choice.layers.map(oracleOf)));
  }
}

/** What a structure may be given beyond x. */
export function extrasOf({ choice, input, units }: Structure): Tree<Extra> {
  return oracleOf(choice).extras?.({ input, units }) ?? {};
}

/** Which weights and states a choice has is data here, so their types go. */
export function erased<W, S>(recurrence: Recurrence<W, S>): Recurrence {
  return recurrence as unknown as Recurrence;
}

export type AnyCell = Cell<object, Named & { readonly h: Bounded }>;

export function cellOf(choice: CellChoice): AnyCell {
  switch (choice.cell) {
    case "rnn":
      return rnn(choice) as AnyCell;
    case "lstm":
      return lstm(choice) as AnyCell;
    case "gru":
      return gru(choice) as AnyCell;
    case "mgu":
      return mgu(choice) as AnyCell;
    case "zoneout":
      return zoneout(cellOf(choice.of) as unknown as Cell, choice.rates) as unknown as AnyCell;
    case "variationalDropout":
      return variationalDropout(cellOf(choice.of) as unknown as Cell, choice.states) as unknown as AnyCell;
    case "attending":
      return attendingRnn({ ...choice, score: scoreOf(choice.score) }) as AnyCell;
  }
}

/**
 * The data of an example, all of it exact in its dtype: weights random and unequal gate by gate, biases, states and upstream
 * gradients nowhere zero and nowhere uniform (with constant weights most wrong LSTMs pass: mutants.test.ts), lengths 0 … steps.
 * Where gates have no bounds the scale is halved until nothing comes near the largest number of float32, 2¹²⁸.
 */
export function dataOf(example: Example): Data {
  const data = dataAt(example);
  const { structure, scale } = example;
  return !hasOpenGates(structure.choice) || isModerate(structure, data) ? data : dataOf({ ...example, scale: scale / 2 });
}

function dataAt({ structure, dtype, scale, seed }: Example): Data {
  const { choice, batch, steps, input, units } = structure;
  const oracle = oracleOf(choice);
  const next = uniform(seed);
  const numbers = randoms(next, dtype);
  const random = numbers.like;
  const size = hasOpenGates(choice) ? Math.min(1, scale) : scale;
  const weight = ({ shape }: Shaped) => random(0, (2 * size) / Math.sqrt(shape.length > 1 ? shape[0]! : 4))({ shape });
  const outputs = oracle.outputSize(units);
  const extra = ({ shape, per }: Extra, path: string): Bounded => {
    const all = [batch, ...(per === "step" ? [steps] : []), ...shape];
    const [scaled, kept] = [/dropout\.\w+$/.test(path), /(zoneout\.\w+|open)$/.test(path)];
    const one = () => (next() < 0.6 ? numbers.fit(scaled ? 1 / 0.6 : 1) : 0);
    return scaled || kept ? known(all, numbers.each(all, one)) : random(0.1, 1.5)({ shape: all });
  };
  return {
    weights: mapTree(oracle.weights({ input, units }), weight),
    x: random(0.1, 1.5)({ shape: [batch, steps, input] }),
    state: structure.state ? mapTree(oracle.state({ batch, units }), random(0.1, 1)) : undefined,
    extras: structure.extras ? mapTree(extrasOf(structure), extra) : undefined,
    lengths: structure.lengths ? Int32Array.from({ length: batch }, () => Math.floor(next() * (steps + 1))) : undefined,
    mask: structure.mask ? Int32Array.from({ length: batch * steps }, () => (next() < 0.6 ? 1 + Math.floor(3 * next()) : 0)) : undefined,
    upstream: {
      outputs: random(0.3, 1.5)({ shape: [batch, steps, outputs] }),
      last: random(0.3, 1.5)({ shape: [batch, outputs] }),
      state: mapTree(oracle.state({ batch, units }), random(0.3, 1.5)),
    },
  };
}

/** Whether all results and gradients stay below 2⁶⁴. */
function isModerate({ choice, units }: Structure, { upstream, ...data }: Data): boolean {
  const { outputs, last, state, backward } = oracleOf(choice).run({ units, ...data });
  const all = leaves<Bounded>({ outputs, last, state, gradients: backward(upstream) });
  return all.every(([, { value }]) => value.every((v) => Math.abs(v) < 2 ** 64));
}

/** Whether some gate has no bounds: then states multiply from step to step, and large weights take them past the largest number. */
function hasOpenGates(choice: Choice): boolean {
  if (choice.kind !== "recurrence") return false;
  const bare = (cell: CellChoice): CellChoice => ("of" in cell ? bare(cell.of) : cell);
  const cell = bare(choice.cell);
  return "recurrentActivation" in cell && (cell.recurrentActivation === "linear" || cell.recurrentActivation === "relu");
}

export type Given = "state" | "lengths" | "mask" | "timeMajor" | "extras";

/** A structure of sizes batch, steps, input and units. */
export function sized(
  choice: Choice,
  [batch, steps, input, units]: readonly [number, number, number, number],
  ...given: readonly Given[]
): Structure {
  const has = (name: Given) => given.includes(name);
  return {
    choice,
    batch,
    steps,
    input,
    units,
    state: has("state"),
    lengths: has("lengths"),
    mask: has("mask"),
    timeMajor: has("timeMajor"),
    extras: has("extras"),
  };
}

function layers(...of: readonly number[]): Choice {
  return { kind: "stacked", layers: of.map((i) => ({ kind: "recurrence", cell: cells[i]!, reverse: false })) };
}
