import { expect, test } from "vitest";
import {
  attention,
  concat,
  dot,
  multiHeadAttention,
  notEqual,
  rotary,
  slice,
  stack,
  tanh,
  type AttentionInputs,
  type AttentionResult,
  type Causal,
  type HostArray,
  type MultiHeadOptions,
  type Projections,
  type Tensor,
} from "../index.ts";
import { open } from "../reference.ts";
import { f64, misses, normal, normalWeights } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const sizes = { query: 6, key: 5, value: 4 };
/** Where nothing is projected heads have columns of their own. */
const sizesOf = ({ heads, keyValueHeads = heads, useProjections = true }: MultiHeadOptions): typeof sizes =>
  useProjections ? sizes : { query: 2 * heads, key: 2 * keyValueHeads, value: 3 * keyValueHeads };

interface Given {
  readonly w: Partial<Projections<Tensor>> & { readonly score?: Readonly<Record<string, Tensor>> };
  readonly x: Pick<AttentionInputs, "query" | "key" | "value">;
  readonly options: Readonly<Record<string, Tensor>>;
}
type Kind = MultiHeadOptions & { readonly causal?: Causal; readonly softCap?: number };

const kinds: Readonly<Record<string, Kind>> = {
  "one head": { heads: 1 },
  "three heads": { heads: 3 },
  "three heads without biases, of their own sizes": { heads: 3, size: 3, valueSize: 5, useBias: false, outputSize: 7 },
  "four heads in two groups": { heads: 4, keyValueHeads: 2, size: 2 },
  "four heads on one of keys and values": { heads: 4, keyValueHeads: 1, size: 2, valueSize: 1 },
  "three heads that turn": { heads: 3, rotary: true },
  "four heads in two groups that turn, causal and capped": {
    heads: 4,
    keyValueHeads: 2,
    size: 4,
    rotary: { base: 50, interleaved: true },
    causal: true,
    softCap: 3,
  },
  "three heads by plain products": { heads: 3, score: "dot" },
  "four heads in two groups by the additive score": { heads: 4, keyValueHeads: 2, size: 2, score: "additive", units: 3, causal: "start" },
  "three heads by the linear score": { heads: 3, size: 3, valueSize: 1, score: "concat" },
  ...Object.fromEntries(
    (["scaledDot", "additive", "concat"] as const).map((score) => [
      `two heads of ${score} without projections`,
      { heads: 2, useProjections: false, score, ...(score === "additive" && { units: 3 }) },
    ]),
  ),
  "four heads on one of keys and values without projections": { heads: 4, keyValueHeads: 1, useProjections: false, rotary: true },
};
const options = {
  mask: f64([1, 1, 0, 1, 1, 1, 0, 1], 2, 1, 1, 4),
  bias: normal("bias", 3, 4),
  dropout: f64([0, 2, 2, 2], 4),
};

/** Head by head, with attention of one head on slices of the projections. */
function plain({ heads, keyValueHeads = heads, rotary: turns = false, ...kind }: Kind, { w, x, options: o }: Given): AttentionResult {
  const { query, key = query, value = key } = x,
    { mask, bias, dropout, residual } = o;
  const projected = (t: Tensor, matrix: Tensor | undefined, b: Tensor | undefined): Tensor => {
    const product = matrix === undefined ? t : dot(t, matrix);
    return b === undefined ? product : product.add(b);
  };
  const [q, k, v] = [projected(query, w.wq, w.bq), projected(key, w.wk, w.bk), projected(value, w.wv, w.bv)];
  const { score = "scaledDot", units } = kind;
  const head = (t: Tensor, h: number, of: number): Tensor => slice(t, -1, (h * t.shape[2]!) / of, ((h + 1) * t.shape[2]!) / of),
    turned = (t: Tensor): Tensor => (turns === false ? t : rotary(t, turns === true ? {} : turns));
  const results = Array.from({ length: heads }, (_, h) => {
    const g = Math.floor((h * keyValueHeads) / heads);
    const own = Object.fromEntries(Object.entries(w.score ?? {}).map(([each, t]) => [each, t.at(0, h)]));
    return attention({ score, units }).run(own as never, {
      query: turned(head(q, h, heads)),
      key: turned(head(k, g, keyValueHeads)),
      value: head(v, g, keyValueHeads),
      causal: kind.causal,
      softCap: kind.softCap,
      mask: mask && mask.squeeze(1),
      bias: bias && (bias.rank === 3 ? bias.at(0, h) : bias),
      dropout,
    });
  });
  const output = projected(concat(results.map((r) => r.output)), w.wo, w.bo);
  const each = (of: "weights" | "scores"): Tensor =>
    stack(
      results.map((r) => r[of]),
      1,
    );
  return {
    output: residual === undefined ? output : output.add(residual),
    weights: each("weights"),
    scores: each("scores"),
  };
}

/** With the scores of hidden keys as zeros. */
function ofSeen({ scores, ...result }: AttentionResult): AttentionResult {
  return { ...result, scores: scores.mul(notEqual(result.weights, 0)) };
}

function given(kind: MultiHeadOptions) {
  const module = multiHeadAttention(kind),
    own = sizesOf(kind);
  return {
    w: normalWeights(module.weights(own), 1),
    x: { query: normal("query", 2, 3, own.query), key: normal("key", 2, 4, own.key), value: normal("value", 2, 4, own.value) },
    options: {
      ...options,
      ...(kind.heads === 4 && { bias: normal("bias", 4, 3, 4) }),
      residual: normal("residual", module.outputSize(own)),
    },
  };
}

for (const [name, kind] of Object.entries(kinds)) {
  const { causal, softCap, ...of } = kind;
  const whole = ({ w, x, options: o }: Given): AttentionResult =>
    ofSeen(multiHeadAttention(of).run(w as never, { ...x, ...o, causal, softCap }));

  test(`${name}: as head by head`, async () => {
    expect(
      misses(await evaluate(backend, whole, given(of)), await evaluate(backend, (at: Given) => ofSeen(plain(kind, at)), given(of))),
    ).toEqual([]);
  });

  test(`${name}: every gradient is what finite differences say`, async () => {
    const { mask: _, dropout: __, ...floats } = given(of).options;
    const loss = (at: Given): Tensor => {
      const { output, weights, scores } = whole(at);
      return tanh(output).sum().add(weights.mul(weights).sum()).add(tanh(scores).sum());
    };
    expect(await wrongSlopes(backend, loss as (at: never) => Tensor, { ...given(of), options: floats } as never)).toEqual([]);
  });
}

test("without a key the query attends to itself, without a value to the keys", async () => {
  const module = multiHeadAttention({ heads: 2 }),
    w = normalWeights(module.weights({ query: 4 }), 1),
    [query, key] = [normal("query", 2, 3, 4), normal("key", 2, 5, 4)];
  const run = (x: Record<string, HostArray>) => evaluate(backend, (at: Given) => module.run(at.w as Projections<Tensor>, at.x), { w, x });
  expect(await run({ query })).toEqual(await run({ query, key: query, value: query }));
  expect(await run({ query, key })).toEqual(await run({ query, key, value: key }));
});

test("weights are declared by what is read and given", () => {
  const shapes = (options: MultiHeadOptions) =>
    Object.entries(multiHeadAttention(options).weights(sizes)).map(([name, { axes }]) => `${name} ${Object.values(axes).join("×")}`);
  expect(shapes({ heads: 3 })).toEqual(["wq 6×6", "wk 5×6", "wv 4×6", "wo 6×6", "bq 6", "bk 6", "bv 6", "bo 6"]);
  expect(shapes({ heads: 4, keyValueHeads: 2, size: 3, valueSize: 5, outputSize: 7, useBias: false })).toEqual([
    "wq 6×12",
    "wk 5×6",
    "wv 4×10",
    "wo 20×7",
  ]);
});
