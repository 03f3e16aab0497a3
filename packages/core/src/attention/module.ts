// Attention with weights of its own: what layers are made of.
import { type Names, options as named } from "../arguments/options.ts";
import type { StateSpec } from "../cells/cell.ts";
import type { WeightTensors } from "../cells/recurrence.ts";
import { checkCount } from "../arguments/checks.ts";
import { SluiceError } from "../errors.ts";
import { checkTensor } from "../trace/checkTensor.ts";
import { describe } from "../trace/describe.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { AttentionCache } from "./cache.ts";
import { called } from "./fits.ts";
import { attentionNames, type AttentionOptions, type AttentionResult } from "./options.ts";

/** Features of what attention reads. */
export interface AttentionSizes {
  readonly query: number;
  /** Default as the query. */
  readonly key?: number | undefined;
  /** Default as the key. */
  readonly value?: number | undefined;
}

export interface AttentionInputs extends AttentionOptions {
  /** [batch, queries, query] */
  readonly query: Tensor;
  /** [batch, keys, key]. Default the query: self-attention. */
  readonly key?: Tensor | undefined;
  /** [batch, keys, value]. Default the key. */
  readonly value?: Tensor | undefined;
}

/** The names of what a run takes. */
export const inputNames: Names<AttentionInputs> = { ...attentionNames, query: true, key: true, value: true };

/** What a step reads: one query, and one key and value with it. Options beside them are for scores [batch, …, 1, keys], as many keys as the cache is long. */
export interface AttentionStepInputs extends Omit<AttentionInputs, "causal" | "keyLengths"> {
  /**
   * What the step before gave, of the shapes that `cache` says and in the query's dtype; at position 0 anything: what it holds at `position` and
   * after, NaN included, changes no number.
   */
  readonly cache: AttentionCache<Tensor>;
  /** Where in the sequence each row of the batch is, i32 [batch], from 0 on. */
  readonly position: Tensor;
}

export interface AttentionStepResult extends AttentionResult {
  /** With this step's key and value at `position`, and zeros after them: the next step's. */
  readonly cache: AttentionCache<Tensor>;
}

/** P is the tree of weights. */
export interface Attention<P> {
  readonly name: string;
  weights(sizes: AttentionSizes): P;
  /** Features of the output. */
  outputSize(sizes: AttentionSizes): number;
  /** output [batch, queries, outputSize]. Throws while tracing: SHAPE_MISMATCH, DTYPE_MISMATCH, INVALID_ARGUMENT, with the names of the operands. */
  run(weights: WeightTensors<P>, inputs: AttentionInputs): AttentionResult;
  /** The key/value cache of steps at positions 0 … length − 1: its axes after that of the batch. Values where `sizes` names them, or are projected. */
  cache(sizes: AttentionSizes, length: number): AttentionCache<StateSpec>;
  /**
   * What a causal run gives for the query at `position`, from its own row and the cache of those before: output [batch, 1, outputSize],
   * weights [batch, …, 1, keys], zeros past `position`.
   * A position outside 0 … length − 1 is the caller's to refuse: the step is not kept, and its numbers mean nothing. Throws as `run` does.
   */
  step(weights: WeightTensors<P>, inputs: AttentionStepInputs): AttentionStepResult;
}

/** The sizes with the defaults filled in. */
export function allSizes(who: string, sizes: AttentionSizes): Required<{ [K in keyof AttentionSizes]: number }> {
  const { query, key = query, value = key } = named(who, sizes, { query: true, key: true, value: true }, "sizes");
  for (const [name, size] of Object.entries({ query, key, value })) checkCount(who, name, size);
  return { query, key, value };
}

/** The inputs with the defaults filled in. Throws SHAPE_MISMATCH where one is no sequence, or they do not belong together. */
export function checkSequences(inputs: AttentionInputs): Sequences & AttentionOptions {
  const { query, key = query, value = key, ...options } = named(who("attention"), inputs, inputNames, "inputs");
  for (const [name, x] of Object.entries({ query, key, value })) checkTensor("attention", x, name);
  const axes = (steps: string): string[] => ["batch", steps, "features"],
    given = {
      query: called("query", query, axes("queries")),
      key: called("key", key, axes("keys")),
      value: called("value", value, axes("keys")),
    },
    all = Object.values(given);
  if (all.every((x) => x.rank === 3 && x.shape[0] === query.shape[0]) && key.shape[1] === value.shape[1]) return { ...given, ...options };
  const what = `query must be [batch, queries, features], key and value [batch, keys, features]: got ${all.map((x) => describe(x)).join(", ")}`;
  throw new SluiceError({ code: "SHAPE_MISMATCH", who: who("attention"), what, facts: { shapes: all.map((x) => x.shape) } });
}

interface Sequences {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}
