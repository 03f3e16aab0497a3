// Attention by every score in all its options, their sizes and data: every two options together in each run, every combination over many.
import type fc from "fast-check";
import type { AttentionOptions, MultiHeadOptions } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import { drawn, type Example } from "./examples.ts";
import { pairwise, type Choices } from "./pairwise.ts";

export type ScoreChoice =
  | { readonly score: "concat" }
  | { readonly score: "dot"; readonly useScale?: boolean }
  | { readonly score: "scaledDot"; readonly scale?: number }
  | { readonly score: "additive"; readonly units: number }
  | { readonly score: "additive"; readonly useProjections: false; readonly useScale: boolean };
/** Several heads, each `by` a score. */
export type HeadsChoice = { readonly score: "multiHead"; readonly by?: ScoreChoice | undefined } & Omit<MultiHeadOptions, "score">;
export type AttentionChoice = ScoreChoice | HeadsChoice;

/** What a mask, a bias or a dropout mask is given for: nothing; all scores; or what is left when axes of size 1 are put in, or axes left out. */
export type Given = "none" | "scores" | "keys" | "rows";

export interface AttentionStructure {
  readonly choice: AttentionChoice;
  /** Leading axes of queries, keys and values; of keys and values alone where they differ. For several heads in one module: [batch]. */
  readonly lead: readonly number[];
  readonly keyLead?: readonly number[];
  readonly queries: number;
  readonly keys: number;
  /** Features of a query, a key and a value. */
  readonly query: number;
  readonly key: number;
  readonly value: number;
  /** Of several heads in one module, what is given beside the query. */
  readonly sources: "self" | "key" | "key and value";
  readonly causal: AttentionOptions["causal"];
  readonly keyLengths: boolean;
  readonly mask: Given;
  readonly bias: Given;
  /** Whether a bias is −∞ here and there. */
  readonly hiding: boolean;
  readonly softCap?: number;
  readonly dropout: Given;
  readonly residual: boolean;
}

/** `attentionDataOf` makes its data. At scale 3 queries and keys are so large that most weights are near 0 or 1. */
export type AttentionExample = Example<AttentionStructure>;

/** Plain ones of every score first, then the corners, then the variants of a run. */
export function attentionPool(kind: "single" | "multiHead"): (seed: number) => readonly AttentionStructure[] {
  return (seed) =>
    kind === "single"
      ? [...plain, ...corners, ...pairwise<Variation>({ ...options, ...singles }, seed).map(singleOf)]
      : [...plainMultiples, ...pairwise<MultiVariation>({ ...options, ...multiples }, seed).map(multipleOf)];
}

const none = {
  sources: "key and value",
  causal: false,
  keyLengths: false,
  mask: "none",
  bias: "none",
  hiding: false,
  dropout: "none",
  residual: false,
} as const;

const scores: readonly AttentionChoice[] = [
  { score: "dot" },
  { score: "scaledDot" },
  { score: "scaledDot", scale: 0.3 },
  { score: "additive", units: 3 },
  { score: "concat" },
  { score: "dot", useScale: true },
  { score: "additive", useProjections: false, useScale: true },
  { score: "additive", useProjections: false, useScale: false },
];

const plain: readonly AttentionStructure[] = scores.map((choice) => ({
  ...none,
  choice,
  lead: [2],
  queries: 3,
  keys: 4,
  query: 2,
  key: 2,
  value: 3,
}));

/** One key; one of everything; 2,048 keys; 2,048 queries; no keys; no queries; no rows. */
const corners: readonly AttentionStructure[] = [
  [scores[1]!, [1], 1, 1, 1],
  [scores[3]!, [2], 3, 1, 1],
  [scores[1]!, [1], 2, 2048, 2],
  [scores[3]!, [1], 1, 2048, 1],
  [scores[0]!, [1], 2048, 2, 1],
  [scores[1]!, [2], 2, 0, 2],
  [scores[4]!, [2], 0, 3, 2],
  [scores[1]!, [0], 2, 3, 2],
].map(([choice, lead, queries, keys, size]) => ({
  ...none,
  ...({ choice, lead, queries, keys, query: size, key: size, value: size } as Pick<
    AttentionStructure,
    "choice" | "lead" | "queries" | "keys" | "query" | "key" | "value"
  >),
}));

/** Several heads: their own keys or shared ones, other sizes, each way to rotate. */
const plainMultiples: readonly AttentionStructure[] = (
  [
    { heads: 2, size: 3 },
    { heads: 4, keyValueHeads: 2, size: 1, valueSize: 2, outputSize: 3 },
    { heads: 2, size: 4, useBias: false, rotary: {} },
    { heads: 1, size: 4, rotary: { base: 100 } },
    { heads: 3, keyValueHeads: 1, size: 4, rotary: { interleaved: true } },
    { heads: 2, size: 2, by: { score: "additive", units: 2 } },
    { heads: 2, size: 2, useProjections: false, by: { score: "concat" } },
  ] satisfies readonly Omit<HeadsChoice, "score">[]
).map((choice) => ({
  ...none,
  choice: { score: "multiHead", ...choice },
  lead: [2],
  queries: 3,
  keys: 3,
  query: 4,
  key: 4,
  value: 4,
  sources: "self",
}));

const flags = [false, true] as const;
const givens: readonly Given[] = ["none", "scores", "keys", "rows"];

type Options = Pick<AttentionStructure, "causal" | "keyLengths" | "mask" | "bias" | "hiding" | "dropout" | "residual"> & {
  readonly softCap: number | undefined;
};
const options: Choices<Options> = {
  causal: [false, true, "start", "end"],
  keyLengths: flags,
  mask: givens,
  bias: givens,
  hiding: flags,
  softCap: [undefined, 1.5],
  dropout: givens,
  residual: flags,
};

type Variation = Options & {
  readonly choice: AttentionChoice;
  readonly leads: readonly [lead: readonly number[], keyLead?: readonly number[]];
  /** queries, keys, size of a query and a key, size of a value */
  readonly sizes: readonly [number, number, number, number];
};
const singles: Choices<Pick<Variation, "choice" | "leads" | "sizes">> = {
  choice: scores,
  leads: [
    [[2]],
    [[2, 2]],
    [
      [2, 3],
      [2, 1],
    ],
    [[2, 2], [2]],
  ],
  sizes: [
    [1, 1, 1, 1],
    [3, 4, 2, 3],
    [5, 2, 3, 1],
    [1, 6, 4, 2],
  ],
};

function singleOf({ leads: [lead, keyLead], sizes: [queries, keys, size, value], softCap, ...rest }: Variation): AttentionStructure {
  const apart = "units" in rest.choice || rest.choice.score === "concat"; // queries and keys of different sizes
  return {
    ...none,
    ...rest,
    ...(softCap !== undefined && { softCap }),
    lead,
    ...(keyLead && { keyLead: keyLead.length === lead.length ? keyLead : [lead.length === 2 ? lead[1]! : 1] }),
    queries,
    keys,
    query: apart ? size + 1 : size,
    key: size,
    value,
  };
}

type MultiVariation = Options & {
  readonly heads: readonly [heads: number, keyValueHeads: number];
  readonly size: number;
  readonly valueSize: number | undefined;
  readonly useBias: boolean;
  readonly outputSize: number | undefined;
  readonly rotary: MultiHeadOptions["rotary"];
  readonly by: ScoreChoice | undefined;
  readonly useProjections: boolean;
  readonly sources: AttentionStructure["sources"];
  readonly batch: number;
  readonly lengths: readonly [queries: number, keys: number];
};
const multiples: Choices<Omit<MultiVariation, keyof Options>> = {
  heads: [
    [1, 1],
    [2, 2],
    [4, 2],
    [3, 1],
  ],
  size: [2, 1, 4],
  valueSize: [undefined, 3],
  useBias: [true, false],
  outputSize: [undefined, 5],
  rotary: [undefined, {}, { base: 100 }, { interleaved: true }],
  by: [undefined, { score: "dot" }, { score: "additive", units: 2 }, { score: "concat" }],
  useProjections: [true, false],
  sources: ["self", "key", "key and value"],
  batch: [1, 3],
  lengths: [
    [1, 1],
    [3, 4],
    [4, 2],
  ],
};

function multipleOf({ heads: [heads, keyValueHeads], size, ...rest }: MultiVariation): AttentionStructure {
  const { valueSize, useBias, outputSize, rotary, by, useProjections, sources, batch, lengths, softCap, ...more } = rest;
  const width = rotary && size % 2 === 1 ? size + 1 : size; // turned by pairs
  const own = { heads, keyValueHeads, size: width, ...(rotary && { rotary }), ...(by && { by }) };
  const common = {
    ...more,
    ...(softCap !== undefined && { softCap }),
    lead: [batch],
    queries: lengths[0],
    keys: sources === "self" ? lengths[0] : lengths[1],
    sources,
  };
  if (!useProjections) {
    const shared = sources === "self" ? heads : keyValueHeads; // what attends to itself has as many heads of each
    const values = sources === "key and value" ? (valueSize ?? width) : width;
    const choice = { score: "multiHead", ...own, keyValueHeads: shared, valueSize: values, useProjections } as const;
    return { ...common, choice, query: heads * width, key: shared * width, value: shared * values };
  }
  const optional = { ...(valueSize && { valueSize }), ...(outputSize && { outputSize }) };
  const [query, key, value] = [4, sources === "self" ? 4 : 3, sources === "key and value" ? 2 : sources === "self" ? 4 : 3];
  return { ...common, choice: { score: "multiHead", ...own, useBias, ...optional }, query, key, value };
}

export function attentionExamples(
  pool: readonly AttentionStructure[],
  dtypes: readonly Float[] = ["f32", "f64"],
): fc.Arbitrary<AttentionExample> {
  return drawn({ pool, dtypes, describe: describeAttention });
}

/** One line that names everything about a structure. */
export function describeAttention({ structure, dtype, scale, seed }: AttentionExample): string {
  const { choice, lead, keyLead, queries, keys, query, key, value, ...rest } = structure;
  const chosen = Object.entries(rest).flatMap(([name, is]) =>
    is === false || is === "none" ? [] : [is === true ? name : `${name} ${is}`],
  );
  const sizes = `lead [${lead.join()}]${keyLead ? ` and [${keyLead.join()}]` : ""}, queries ${queries} of ${query}, keys ${keys} of ${key}, values of ${value}`;
  return `${[JSON.stringify(choice), sizes, ...chosen, dtype].join(", ")}, scale ${scale}, data seed ${seed}`;
}
