// Where attention is easily wrong: nothing to see, one of anything, very large scores, long sequences.
import { expect, test } from "vitest";
import {
  additiveAttention,
  attend,
  dotAttention,
  gradient,
  hostArray,
  literal,
  scaledDotAttention,
  type AttentionOptions,
  type AttentionResult,
  type HostArray,
  type Tensor,
} from "../index.ts";
import { open } from "../reference.ts";
import { f64, filled, misses, normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";

const backend = await open();

type Operands = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };
const operands = (batch: number, queries: number, keys: number, size = 3, values = 2) => ({
  q: normal("q", batch, queries, size),
  k: normal("k", batch, keys, size),
  v: normal("v", batch, keys, values),
});

/** Output, weights, and the gradients of the sum of squares of both. */
function whole(x: Operands, attention: (x: Operands) => AttentionResult): unknown {
  const { output, weights } = attention(x);
  const loss = output.mul(output).sum().add(weights.mul(weights).sum());
  return { output, weights, d: gradient(loss, x) };
}

interface Hiding {
  /** Leaves no key to the first row of the batch, and all to the second. */
  readonly hides: () => AttentionOptions;
  readonly also?: () => AttentionOptions;
}
const first = () => literal(Int32Array.of(0, 3)),
  none = () => literal(Float64Array.of(0, 1), [2, 1, 1]);
const nothing: Readonly<Record<string, Hiding>> = {
  "no keys by length": { hides: () => ({ keyLengths: first() }) },
  "a mask of zeros": { hides: () => ({ mask: none() }) },
  "a bias of −∞": { hides: () => ({ bias: literal(Float64Array.of(-Infinity, 0), [2, 1, 1]) }) },
  "everything at once": {
    hides: () => ({ keyLengths: first(), mask: none(), bias: literal(Float64Array.of(-Infinity, 0), [2, 1, 1]) }),
    also: () => ({ causal: true, softCap: 2, dropout: literal(Float64Array.of(2, 0, 2)) }),
  },
};
for (const [name, { hides, also = () => ({}) }] of Object.entries(nothing))
  test(`${name}: a row without keys gets zeros, passes zeros back, and leaves the others alone`, async () => {
    const at = operands(2, 2, 3),
      alone = { q: second(at.q), k: second(at.k), v: second(at.v) };
    const under = (options: () => AttentionOptions) => (x: Operands) => whole(x, ({ q, k, v }) => dotAttention(q, k, v, options()));
    const got = await evaluate(
        backend,
        under(() => ({ ...hides(), ...also() })),
        at,
      ),
      wanted = await evaluate(backend, under(also), alone);
    expect(misses(got, Object.fromEntries(Object.entries(wanted).map(([path, x]) => [path, [...x.map(() => 0), ...x]])))).toEqual([]);
  });

function second({ data, shape: [, ...rest] }: HostArray): HostArray {
  return { dtype: "f64", shape: [1, ...rest], data: data.slice(data.length / 2) };
}

test("with more queries than keys, causal queries that see no key get zeros", async () => {
  const { output, weights } = await evaluate(
    backend,
    ({ q, k, v }: Operands) => scaledDotAttention(q, k, v, { causal: true }),
    operands(1, 4, 2),
  );
  expect(output!.slice(0, 4)).toEqual([0, 0, 0, 0]);
  expect(weights!.map((w) => w > 0)).toEqual([false, false, false, false, true, false, true, true]);
});

test("there may be no keys at all, and no queries", async () => {
  for (const options of [{}, { causal: true }]) {
    const none = await evaluate(backend, (x: Operands) => whole(x, ({ q, k, v }) => dotAttention(q, k, v, options)), operands(1, 2, 0));
    expect(none).toEqual({ output: [0, 0, 0, 0], weights: [], "d.q": [0, 0, 0, 0, 0, 0], "d.k": [], "d.v": [] });
    const unasked = await evaluate(backend, ({ q, k, v }: Operands) => dotAttention(q, k, v, options).output, operands(1, 0, 2));
    expect(unasked).toEqual({ "": [] });
  }
});

test("one query, one key, one of everything: the weight is 1, the output is the value", async () => {
  const got = await evaluate(backend, ({ q, k, v }: Operands) => whole({ q, k, v }, (x) => dotAttention(x.q, x.k, x.v)), {
    q: f64([0.3], 1, 1, 1),
    k: f64([-2], 1, 1, 1),
    v: f64([5], 1, 1, 1),
  });
  expect(got).toEqual({ output: [5], weights: [1], "d.q": [0], "d.k": [0], "d.v": [10] });
});

test("scores that are large and finite neither overflow nor leak, hidden or not", async () => {
  const run = (mask: readonly number[]) => (x: Operands) =>
    whole(x, ({ q, k, v }) => dotAttention(q, k, v, { mask: literal(Float64Array.from(mask)) }));
  const at = { q: f64([1e15], 1, 1, 1), k: f64([1e15, -1e15, 1e16], 1, 3, 1), v: f64([2, 3, 4], 1, 3, 1) };
  expect((await evaluate(backend, run([1, 1, 1]), at))["output"]).toEqual([4]);
  const hidden = await evaluate(backend, run([1, 1, 0]), at);
  expect(hidden).toMatchObject({ output: [2], weights: [1, 0, 0], "d.v": [4, 0, 0] });
  expect(Object.values(hidden).flat().every(Number.isFinite)).toBe(true);
});

test("leading axes broadcast: heads beside the batch, or keys that all rows share", async () => {
  const at = { q: normal("q", 2, 3, 4, 2), k: normal("k", 3, 5, 2), v: normal("v", 1, 1, 5, 6) };
  const repeated = { q: at.q, k: { ...at.k, shape: [2, 3, 5, 2], data: Float64Array.of(...at.k.data, ...at.k.data) }, v: at.v };
  const run = ({ q, k, v }: Operands): AttentionResult => dotAttention(q, k, v, { keyLengths: literal(Int32Array.of(5, 2)) });
  const got = await evaluate(backend, run, at);
  expect(got["output"]).toHaveLength(2 * 3 * 4 * 6);
  expect(got).toEqual(await evaluate(backend, run, repeated));
});

test("a score of one's own attends like the others", async () => {
  const at = operands(1, 2, 3);
  const own = ({ q, k, v }: Operands): AttentionResult => attend(q.matmul(k.transpose([0, 2, 1])), v, { causal: true });
  const dot = ({ q, k, v }: Operands): AttentionResult => dotAttention(q, k, v, { causal: true });
  expect(await evaluate(backend, own, at)).toEqual(await evaluate(backend, dot, at));
});

const padding: Readonly<Record<string, () => AttentionOptions>> = {
  "past keyLengths": () => ({ keyLengths: literal(Int32Array.of(1)) }),
  "under a mask of keys": () => ({ mask: literal(Float64Array.of(1, 0)) }),
};
for (const [name, options] of Object.entries(padding))
  test(`what scores and values hold ${name} changes no number, there and back`, async () => {
    const holding = (hole: number) => ({ s: f64([0.5, hole], 1, 1, 2), v: f64([1, 2, hole, hole], 1, 2, 2) });
    const run = ({ s, v }: { s: Tensor; v: Tensor }): unknown => {
      const { output, weights } = attend(s, v, { ...options(), softCap: 2 });
      return { output, weights, d: gradient(output.mul(output).sum(), { s, v }) };
    };
    const got = await evaluate(backend, run, holding(NaN));
    expect(got).toEqual(await evaluate(backend, run, holding(3)));
    expect(got).toMatchObject({ output: [1, 2], weights: [1, 0], "d.v": [2, 4, 0, 0] });
  });

test("a key is seen where a mask is not 0, also where the dtype of the keys has no such number", async () => {
  const f32 = (data: number[], ...shape: number[]): HostArray => ({ dtype: "f32", shape, data: Float32Array.from(data) });
  const at = { q: f32([1], 1, 1), k: f32([0, 0, 0], 3, 1), v: f32([1, 2, 9], 3, 1), mask: f64([1e-60, NaN, 0], 3) };
  const run = ({ q, k, v, mask }: Operands & { mask: Tensor }) => {
    const { output, weights } = dotAttention(q, k, v, { mask });
    return { ofKeys: { output, weights }, ...ofPairs({ q, k, v, mask }) };
  };
  const ofPairs = ({ q, k, v, mask }: Operands & { mask: Tensor }) => ({
    ofPairs: dotAttention(q.broadcastTo([2, 1]), k, v, { mask: mask.broadcastTo([2, 3]) }).weights,
  });
  expect(await evaluate(backend, run, at)).toEqual({
    "ofKeys.output": [1.5],
    "ofKeys.weights": [0.5, 0.5, 0],
    ofPairs: [0.5, 0.5, 0, 0.5, 0.5, 0],
  });
});

test("2,048 causal steps: each query's output is the mean of the values before it where all scores are equal", async () => {
  const n = 2048,
    ramp = hostArray(
      Float64Array.from({ length: n }, (_, i) => i),
      { shape: [1, n, 1] },
    );
  const { d, output } = (await evaluate(
    backend,
    ({ q, k, v }: Operands) => {
      const result = scaledDotAttention(q, k, v, { causal: true });
      return { output: result.output, d: gradient(result.output.sum(), v) };
    },
    { q: filled(0, 1, n, 1), k: filled(0, 1, n, 1), v: ramp },
  )) as Record<"d" | "output", number[]>;
  expect(Math.max(...output.map((x, i) => Math.abs(x - i / 2)))).toBeLessThan(1e-9);
  // The last value is seen by the last query alone, the first by all: Σ 1 / i.
  expect(d[n - 1]).toBeCloseTo(1 / n, 12);
  expect(d[0]).toBeCloseTo(
    Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b, 0),
    9,
  );
});

test("additive weights of queries and keys of different sizes sum to one", async () => {
  const weights = { wq: normal(1, 2, 4), wk: normal(2, 5, 4), b: normal(3, 4), v: normal(4, 4) };
  const got = await evaluate(backend, ({ w, q, k }: { w: never; q: Tensor; k: Tensor }) => additiveAttention(w, q, k, k).weights.sum(-1), {
    w: weights,
    q: normal("q", 3, 2),
    k: normal("k", 7, 5),
  });
  expect(misses(got, { "": [1, 1, 1] })).toEqual([]);
});
