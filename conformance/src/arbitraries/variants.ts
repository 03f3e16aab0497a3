// Cells in all their options, wrapped, started and run in all ways: every two of these together in each run, every combination over many.
import type { Activation } from "../oracle/index.ts";
import { cells, sized, structures, type CellChoice, type Given, type Structure } from "./cells.ts";
import type { ScoreChoice } from "./attention.ts";
import { pairwise, type Choices } from "./pairwise.ts";

export type Kind = "rnn" | "lstm" | "gru" | "mgu";
export const kinds: readonly Kind[] = ["rnn", "lstm", "gru", "mgu"];

/** The plain cell in all sizes, from plain to intricate, and then the variants of a run. */
export function poolOf(kind: Kind): (seed: number) => readonly Structure[] {
  const plain = cells.find(({ cell }) => cell === kind)!;
  return (seed) => [...structures(plain), ...varied(kind, seed)];
}

export function varied(kind: Kind, seed: number): readonly Structure[] {
  return pairwise<Variation>({ ...options[kind], ...ways }, seed).map((variation) => {
    const { wrapper, extras, start, reverse, lengths, mask, timeMajor, sizes, ...chosen } = variation;
    const cell = { cell: kind, ...chosen } as CellChoice; // the options of this kind
    return structureOf(wrapped(wrapper, cell), { extras, start, reverse, lengths, mask, timeMajor, sizes });
  });
}

const flags = [false, true] as const;
/** The plainer first. */
const biases = [true, false] as const;
const activations: readonly Activation[] = ["tanh", "sigmoid", "relu", "hardSigmoid", "softsign", "linear"];

interface Way {
  readonly wrapper: "none" | "zoneout" | "zoneout of c" | "dropout" | "zoneout of dropout" | "dropout of zoneout";
  readonly extras: boolean;
  readonly start: "zeros" | "given" | "learnt" | "learnt, given";
  readonly reverse: boolean;
  readonly lengths: boolean;
  readonly mask: boolean;
  readonly timeMajor: boolean;
  /** batch, steps, input, units */
  readonly sizes: readonly [number, number, number, number];
}

type Options = Readonly<Record<string, unknown>>;
type Variation = Way & Options;

const ways: Choices<Way> = {
  wrapper: ["none", "zoneout", "zoneout of c", "dropout", "zoneout of dropout", "dropout of zoneout"],
  extras: flags,
  start: ["zeros", "given", "learnt", "learnt, given"],
  reverse: flags,
  lengths: flags,
  mask: flags,
  timeMajor: flags,
  sizes: [
    [1, 1, 1, 1],
    [2, 3, 3, 2],
    [3, 4, 2, 3],
    [3, 2, 1, 5],
  ],
};

/** A recurrent network that attends to a memory at every step, by every score; what hides keys of the memory is an extra, as the memory is. */
export function decoders(seed: number): readonly Structure[] {
  return pairwise<Decoder>(
    {
      score: [{ score: "dot" }, { score: "scaledDot" }, { score: "additive", units: 3 }, { score: "concat" }],
      keys: [1, 4],
      start: ["zeros", "given", "learnt"],
      ...{ reverse: flags, lengths: flags, mask: flags, timeMajor: flags, sizes: ways.sizes },
    },
    seed,
  ).map(({ score, keys, ...way }) => structureOf({ cell: "attending", score, keys, memory: way.sizes[3] }, { ...way, extras: true }));
}

interface Decoder extends Pick<Way, "start" | "reverse" | "lengths" | "mask" | "timeMajor" | "sizes"> {
  readonly score: ScoreChoice;
  readonly keys: number;
}

/** The options of each cell that change its equations. */
const options: Readonly<Record<Kind, Choices<Options>>> = {
  rnn: { activation: activations, useBias: biases },
  lstm: {
    peepholes: flags,
    coupled: flags,
    projection: [undefined, 1, 4],
    layerNorm: flags,
    cellClip: [undefined, 0.5],
    activation: activations,
    recurrentActivation: activations,
    useBias: biases,
  },
  gru: {
    reset: ["after", "before", "none"],
    update: ["keeps", "replaces"],
    layerNorm: flags,
    activation: activations,
    recurrentActivation: activations,
    useBias: biases,
  },
  mgu: { useBias: biases },
};

function structureOf(cell: CellChoice, { extras, start, reverse, lengths, mask, timeMajor, sizes }: Omit<Way, "wrapper">): Structure {
  const given: readonly (readonly [boolean, Given])[] = [
    [start.endsWith("given"), "state"],
    [lengths, "lengths"],
    [mask, "mask"],
    [timeMajor, "timeMajor"],
    [extras, "extras"],
  ];
  return sized(
    { kind: "recurrence", cell, reverse, learnt: start.startsWith("learnt") },
    sizes,
    ...given.flatMap(([is, name]) => (is ? [name] : [])),
  );
}

function wrapped(wrapper: Way["wrapper"], cell: CellChoice): CellChoice {
  const hasMemory = cell.cell === "lstm";
  const zoned = (of: CellChoice): CellChoice => ({ cell: "zoneout", of, rates: 0.1 });
  const dropped = (of: CellChoice): CellChoice => ({ cell: "variationalDropout", of, states: hasMemory ? ["h", "c"] : ["h"] });
  switch (wrapper) {
    case "none":
      return cell;
    case "zoneout":
      return zoned(cell);
    case "zoneout of c":
      return { cell: "zoneout", of: cell, rates: hasMemory ? { c: 0.5 } : { h: 0.25 } };
    case "dropout":
      return { cell: "variationalDropout", of: cell, states: ["h"] };
    case "zoneout of dropout":
      return zoned(dropped(cell));
    case "dropout of zoneout":
      return dropped(zoned(cell));
  }
}
