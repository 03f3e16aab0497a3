import { expect, test } from "vitest";
import {
  additiveAttention,
  attend,
  attention,
  concatAttention,
  constant,
  dotAttention,
  multiHeadAttention,
  rotary,
  scaledDotAttention,
  sinusoidalPositions,
  type AttentionStepInputs,
  type ErrorCode,
} from "../index.ts";

const t = (...shape: number[]) => constant(0, shape);
const i32 = (...shape: number[]) => constant(0, shape, "i32");
const one = t(1, 3, 4);
const [q, k, v] = [t(2, 3, 4), t(2, 5, 4), t(2, 5, 6)];
const multi = multiHeadAttention({ heads: 2 }),
  weights = Object.fromEntries(["wq", "wk", "wv", "wo"].map((name) => [name, t(4, 4)])) as never;
const steps = (inputs: Partial<AttentionStepInputs>, w: unknown = weights) =>
  multi.step(w as never, { query: t(2, 1, 4), cache: { keys: t(2, 5, 4), values: t(2, 5, 4) }, position: i32(2), ...inputs });

const refusals: readonly [title: string, code: ErrorCode, message: string, attempt: () => unknown][] = [
  ["a query that is a vector", "SHAPE_MISMATCH", "dotAttention: attention needs q […, queries, size]", () => dotAttention(t(4), k, v)],
  ["a value too few", "SHAPE_MISMATCH", "v [2, keys 4, values 6]", () => dotAttention(q, k, t(2, 4, 6))],
  ["keys of another size", "SHAPE_MISMATCH", "q [2, queries 3, size 4] · k [2, size 7, keys 5]", () => dotAttention(q, t(2, 5, 7), v)],
  ["batches that differ", "SHAPE_MISMATCH", "leading axes", () => dotAttention(q, t(3, 5, 4), t(3, 5, 6))],
  ["queries in another dtype", "DTYPE_MISMATCH", "two f32 or two f64", () => dotAttention(constant(0, [2, 3, 4], "f64"), k, v)],
  ["lengths that are no integers", "DTYPE_MISMATCH", "keyLengths must be i32", () => dotAttention(q, k, v, { keyLengths: t(2) })],
  ["lengths for another batch", "SHAPE_MISMATCH", "keyLengths must be [batch]", () => dotAttention(q, k, v, { keyLengths: i32(3) })],
  [
    "lengths without a batch",
    "SHAPE_MISMATCH",
    "keyLengths must be [batch]",
    () => dotAttention(t(3, 4), t(5, 4), t(5, 6), { keyLengths: i32(3) }),
  ],
  ["a mask that does not fit", "SHAPE_MISMATCH", "mask [3, 4]", () => dotAttention(q, k, v, { mask: t(3, 4) })],
  [
    "a mask of more keys than there are",
    "SHAPE_MISMATCH",
    "mask [5] does not broadcast to scores [1, 1]",
    () => dotAttention(t(1, 4), t(1, 4), t(1, 4), { mask: t(5) }),
  ],
  [
    "a mask of more keys than there are, for concat",
    "SHAPE_MISMATCH",
    "concatAttention: mask [5] does not broadcast to scores [1, 1]",
    () => concatAttention({ wa: t(8), b: t(1) }, t(1, 4), t(1, 4), t(1, 4), { mask: t(5) }),
  ],
  [
    "a mask of more axes than the scores",
    "SHAPE_MISMATCH",
    "mask [3, 1, 2] does not broadcast to scores [1, 2]",
    () => dotAttention(t(1, 4), t(2, 4), t(2, 4), { mask: t(3, 1, 2) }),
  ],
  [
    "a mask of a larger batch",
    "SHAPE_MISMATCH",
    "mask [2, 1, 3] does not broadcast to scores [1, 3, 3]",
    () => dotAttention(one, one, one, { mask: t(2, 1, 3) }),
  ],
  [
    "lengths of a larger batch",
    "SHAPE_MISMATCH",
    "got keyLengths [batch 3] for scores [1, 3, 3]",
    () => dotAttention(one, one, one, { keyLengths: i32(3) }),
  ],
  [
    "lengths of a larger batch, for the additive score",
    "SHAPE_MISMATCH",
    "got keyLengths [batch 3] for scores [1, 3, 3]",
    () => additiveAttention({ wq: t(4, 2), wk: t(4, 2), b: t(2), v: t(2) }, one, one, one, { keyLengths: i32(3) }),
  ],
  [
    "lengths of a larger batch, for heads",
    "SHAPE_MISMATCH",
    "got keyLengths [batch 3] for scores [1, 2, 3, 3]",
    () => multi.run(weights, { query: one, keyLengths: i32(3) }),
  ],
  [
    "a mask of more keys than there are, for heads",
    "SHAPE_MISMATCH",
    "mask [5] does not broadcast to scores [1, 2, 1, 1]",
    () => multi.run(weights, { query: t(1, 1, 4), mask: t(5) }),
  ],
  [
    "scores of one's own under a mask of more keys",
    "SHAPE_MISMATCH",
    "mask [5] does not broadcast to scores [2, 3]",
    () => attend(t(2, 3), t(3, 4), { mask: t(5) }),
  ],
  ["one value for scores of many keys", "SHAPE_MISMATCH", "got scores [2, 3], v [1, 4]", () => attend(t(2, 3), t(1, 4), { mask: t(3) })],
  ["a bias that does not fit", "SHAPE_MISMATCH", "bias [5, 3]", () => dotAttention(q, k, v, { bias: t(5, 3) })],
  ["a dropout mask that does not fit", "SHAPE_MISMATCH", "dropout [6]", () => dotAttention(q, k, v, { dropout: t(6) })],
  ["a residual that does not fit", "SHAPE_MISMATCH", "residual [2, 3, 4]", () => dotAttention(q, k, v, { residual: t(2, 3, 4) })],
  ["a soft cap of 0", "INVALID_ARGUMENT", "softCap", () => dotAttention(q, k, v, { softCap: 0 })],
  ["a scale of NaN", "INVALID_ARGUMENT", "scale", () => scaledDotAttention(q, k, v, { scale: NaN })],
  [
    "additive weights for other queries",
    "SHAPE_MISMATCH",
    "additiveAttention: dot needs equal inner sizes: q [2, queries 3, size 4] · wq [query 5, units 6]",
    () => additiveAttention({ wq: t(5, 6), wk: t(4, 6), b: t(6), v: t(6) }, q, k, v),
  ],
  [
    "concat weights of another length",
    "SHAPE_MISMATCH",
    "wa must be [query + key 8]",
    () => concatAttention({ wa: t(7), b: t(1) }, q, k, v),
  ],
  ["an unknown score", "INVALID_ARGUMENT", "score must be one of dot", () => attention({ score: "general" as "dot" })],
  ["additive without units", "INVALID_ARGUMENT", "units", () => attention({ score: "additive" })],
  ["units that no score asked for", "INVALID_ARGUMENT", "no units", () => attention({ score: "dot", units: 3 })],
  ["no heads", "INVALID_ARGUMENT", "heads", () => multiHeadAttention({ heads: 0 })],
  ["half a column", "INVALID_ARGUMENT", "valueSize", () => multiHeadAttention({ heads: 2, valueSize: 0.5 })],
  [
    "groups that do not come out even",
    "INVALID_ARGUMENT",
    "keyValueHeads 3 must divide heads 4",
    () => multiHeadAttention({ heads: 4, keyValueHeads: 3 }),
  ],
  [
    "features that do not divide among the heads",
    "INVALID_ARGUMENT",
    "heads 3 must divide",
    () => multiHeadAttention({ heads: 3 }).weights({ query: 4 }),
  ],
  [
    "a query that is no sequence",
    "SHAPE_MISMATCH",
    "query must be [batch, queries, features]",
    () => multi.run(weights, { query: t(3, 4) }),
  ],
  [
    "sequences of different batches",
    "SHAPE_MISMATCH",
    "key [batch 1, keys 3, features 4]",
    () => multi.run(weights, { query: q, key: t(1, 3, 4) }),
  ],
  [
    "more keys than values",
    "SHAPE_MISMATCH",
    "value [batch 2, keys 4, features 4]",
    () => multi.run(weights, { query: q, key: t(2, 5, 4), value: t(2, 4, 4) }),
  ],
  ["nothing to run on", "INVALID_ARGUMENT", "inputs must be a record, got undefined", () => multi.run(weights, undefined as never)],
  ["no weights", "INVALID_ARGUMENT", "weights must be a record, got undefined", () => multi.run(undefined as never, { query: q })],
  ["a weight too few", "INVALID_ARGUMENT", "weights.wk must be a tensor", () => multi.run({ wq: t(4, 4) } as never, { query: q })],
  [
    "a weight too many",
    "INVALID_ARGUMENT",
    "Did you mean wq?",
    () => multi.run({ ...(weights as object), wqq: t(4) } as never, { query: q }),
  ],
  ["a mask for another number of heads", "SHAPE_MISMATCH", "mask [3, 1, 1]", () => multi.run(weights, { query: q, mask: t(3, 1, 1) })],
  ["two steps at once", "SHAPE_MISMATCH", "a step has one query and one key", () => steps({ query: t(2, 2, 4) })],
  ["a key too many", "SHAPE_MISMATCH", "key [batch 2, keys 2, features 4]", () => steps({ key: t(2, 2, 4), value: t(2, 2, 4) })],
  [
    "a position that is no integer",
    "DTYPE_MISMATCH",
    "position must be i32, got position [batch 2] of f32",
    () => steps({ position: t(2) }),
  ],
  ["positions for another batch", "SHAPE_MISMATCH", "position must be [batch 2]", () => steps({ position: i32(3) })],
  ["a position that is a number", "INVALID_ARGUMENT", "got 3 as position", () => steps({ position: 3 as never })],
  ["a cache without values", "INVALID_ARGUMENT", "cache.values must be a tensor", () => steps({ cache: { keys: t(2, 5, 4) } })],
  ["no cache", "INVALID_ARGUMENT", "cache must be a record", () => steps({ cache: undefined as never })],
  [
    "a cache of other features",
    "SHAPE_MISMATCH",
    "multiHeadAttention.step: cache.values must be [batch 2, keys, features 4] of f32, got cache.values [2, keys 5, features 6] of f32",
    () => steps({ cache: { keys: t(2, 5, 4), values: t(2, 5, 6) } }),
  ],
  [
    "more keys kept than values",
    "SHAPE_MISMATCH",
    "cache.values must be",
    () => steps({ cache: { keys: t(2, 5, 4), values: t(2, 6, 4) } }),
  ],
  [
    "a cache in another dtype",
    "DTYPE_MISMATCH",
    "of f32, got cache.keys [2, keys 5, features 4] of f64",
    () => steps({ cache: { keys: constant(0, [2, 5, 4], "f64"), values: t(2, 5, 4) } }),
  ],
  [
    "values kept of a score whose keys are its values",
    "INVALID_ARGUMENT",
    'there is no cache "values"',
    () => attention({ score: "dot" }).step({}, { query: t(2, 1, 4), cache: { keys: t(2, 5, 4), values: t(2, 5, 4) }, position: i32(2) }),
  ],
  ["a causal step", "INVALID_ARGUMENT", 'there is no option "causal"', () => steps({ causal: true } as never)],
  [
    "a mask of fewer keys than are kept",
    "SHAPE_MISMATCH",
    "mask [4] does not broadcast to scores [2, 2, 1, 5]",
    () => steps({ mask: t(4) }),
  ],
  [
    "a weight too few for a step",
    "INVALID_ARGUMENT",
    "multiHeadAttention.step: weights.wk must be a tensor",
    () => steps({}, { wq: t(4, 4) }),
  ],
  ["a cache of no keys", "INVALID_ARGUMENT", "length must be", () => multi.cache({ query: 4 }, 0)],
  ["offsets that are no integers", "DTYPE_MISMATCH", "offset must be i32", () => rotary(q, { offset: t(2), length: 5 })],
  ["offsets for another batch", "SHAPE_MISMATCH", "offset must be [batch]", () => rotary(q, { offset: i32(3), length: 5 })],
  ["offsets without a length", "INVALID_ARGUMENT", "length", () => rotary(q, { offset: i32(2) })],
  ["a length that no offset asked for", "INVALID_ARGUMENT", "Leave length out", () => rotary(q, { offset: 2, length: 5 })],
  ["rotation of an odd size", "SHAPE_MISMATCH", "even size", () => rotary(t(3, 5))],
  ["a base of 0", "INVALID_ARGUMENT", "base", () => rotary(t(3, 4), { base: 0 })],
  ["no positions", "INVALID_ARGUMENT", "steps", () => sinusoidalPositions(0, 4)],
];

for (const [title, code, message, attempt] of refusals)
  test(`${title}: ${code}`, () => {
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
