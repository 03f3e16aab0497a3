// The data of attention, and the oracle's answer for it.
import {
  additive,
  attention,
  concat,
  dot,
  known,
  multiHead,
  plainAdditive,
  seenKeys,
  type Arithmetic,
  type Bounded,
  type Named,
  type Score,
} from "../oracle/index.ts";
import { mapTree, type Shaped, type Tree } from "../tree.ts";
import type { AttentionExample, AttentionStructure, Given, HeadsChoice, ScoreChoice } from "./attention.ts";
import { randoms, uniform } from "./numbers.ts";

export interface AttentionData {
  readonly weights: Named;
  /** query, and key and value as far as they are given. */
  readonly inputs: Named;
  readonly keyLengths?: Int32Array;
  readonly mask?: Bounded;
  readonly bias?: Bounded;
  readonly dropout?: Bounded;
  readonly residual?: Bounded;
  readonly upstream: Readonly<Record<"output" | "weights", Bounded>> & { readonly scores?: Bounded };
}

/** Output, weights, the scores of keys that are seen, and the gradients of everything that has one. */
export interface AttentionOutcome<T> {
  readonly output: T;
  readonly weights: T;
  readonly scores: T;
  readonly gradients: { readonly weights: Tree<T>; readonly inputs: Tree<T>; readonly bias?: T; readonly residual?: T };
  readonly [key: string]: Tree<T>;
}

/** The oracle's answer. */
export function attended(
  { choice, causal, softCap }: AttentionStructure,
  { weights, inputs, upstream, ...given }: AttentionData,
  arithmetic: Arithmetic,
): AttentionOutcome<Bounded> {
  const job = { arithmetic, weights, causal, softCap, ...given };
  const { query, key, value } = inputs as { readonly query: Bounded; readonly key?: Bounded; readonly value?: Bounded };
  const run =
    choice.score === "multiHead"
      ? headsOf(choice).run({ ...job, query, key, value })
      : attention({ ...job, score: scoreOf(choice), q: query, k: key!, v: value! });
  const { bias, residual, ...d } = run.backward(upstream);
  const more =
    "q" in d ? { query: d.q, key: d.k, value: d.v } : { query: d.query, ...(d.key && { key: d.key }), ...(d.value && { value: d.value }) };
  const gradients = { weights: d.weights, inputs: more, ...(bias && { bias }), ...(residual && { residual }) };
  return { output: run.output, weights: run.weights, scores: run.scores, gradients };
}

/** For scores of a structure 1 where a key is seen, elsewhere 0: there they may be anything. */
export function seenOf({ causal }: AttentionStructure, data: AttentionData): Bounded {
  const { shape } = data.upstream.weights;
  return known(shape, seenKeys({ causal, ...data }, shape));
}

function headsOf(choice: HeadsChoice): ReturnType<typeof multiHead> {
  const { score: _, by, ...options } = choice;
  return multiHead({ ...options, ...(by && { score: scoreOf(by) }) });
}

/** The oracle's score of a choice. */
export function scoreOf(choice: ScoreChoice): Score {
  switch (choice.score) {
    case "dot":
      return dot(choice.useScale === true ? "learnt" : undefined);
    case "scaledDot":
      return dot(choice.scale ?? "root");
    case "additive":
      return "units" in choice ? additive(choice.units) : plainAdditive(choice.useScale);
    case "concat":
      return concat();
  }
}

/** The data of an example, all of it exact in its dtype. */
export function attentionDataOf({ structure, dtype, scale, seed }: AttentionExample): AttentionData {
  const { choice, lead, keyLead = lead, queries, keys, query, key, value, sources } = structure;
  const next = uniform(seed);
  const random = randoms(next, dtype);
  const sizes = { query, key, value };
  const [shapes, weights, width] =
    choice.score === "multiHead"
      ? [headsOf(choice).weights(sizes), [...lead, choice.heads, queries, keys], outputOf(choice, query)]
      : [scoreOf(choice).weights(sizes), [...lead, queries, keys], value];
  const output = [...lead, queries, width];
  const some = (given: Given, one: () => number) => {
    const shape = { none: [], scores: weights, keys: [keys], rows: [lead[0]!, ...weights.slice(1, -1).map(() => 1), keys] }[given];
    return given === "none" ? undefined : known(shape, random.each(shape, one));
  };
  const mask = some(structure.mask, () => (next() < 0.6 ? 1 : 0));
  const bias = some(structure.bias, () => (structure.hiding && next() < 0.3 ? -Infinity : random.one(0.1, 1)));
  const dropout = some(structure.dropout, () => (next() < 0.7 ? random.fit(1 / 0.7) : 0));
  const optional = {
    ...(structure.keyLengths && { keyLengths: Int32Array.from({ length: lead[0]! }, () => Math.floor(next() * (keys + 1))) }),
    ...(mask && { mask }),
    ...(bias && { bias }),
    ...(dropout && { dropout }),
    ...(structure.residual && { residual: random.like(0.1, 1.5)({ shape: output }) }),
  };
  const lively = random.like(0.1 * scale, 1.5 * scale);
  return {
    weights: mapTree<Shaped, Bounded>(shapes, ({ shape }) =>
      random.like(0, 2 / Math.sqrt(shape.length > 1 ? shape[0]! : 1))({ shape }),
    ) as Named,
    inputs: {
      query: lively({ shape: [...lead, queries, query] }),
      ...(sources !== "self" && { key: lively({ shape: [...keyLead, keys, key] }) }),
      ...(sources === "key and value" && { value: random.like(0.1, 1.5)({ shape: [...keyLead, keys, value] }) }),
    },
    ...optional,
    upstream: {
      output: random.like(0.3, 1.5)({ shape: output }),
      weights: random.like(0.3, 1.5)({ shape: weights }),
      scores: random.like(0.3, 1.5)({ shape: weights }),
    },
  };
}

function outputOf({ useProjections = true, outputSize, heads, size, valueSize = size }: HeadsChoice, query: number): number {
  return useProjections ? (outputSize ?? query) : heads * valueSize;
}
