import { expect, test } from "vitest";
import {
  concat,
  dot,
  multiHeadAttention,
  rotary,
  scaledDotAttention,
  slice,
  stack,
  tanh,
  type AttentionInputs,
  type AttentionResult,
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

interface Given {
  readonly w: Projections<Tensor>;
  readonly x: Pick<AttentionInputs, "query" | "key" | "value">;
  readonly options: Readonly<Record<string, Tensor>>;
}
type Kind = MultiHeadOptions & { readonly causal?: boolean; readonly softCap?: number };

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
};
const options = {
  mask: f64([1, 1, 0, 1, 1, 1, 0, 1], 2, 1, 1, 4),
  bias: normal("bias", 3, 4),
  dropout: f64([0, 2, 2, 2], 4),
  residual: normal("residual", 6),
};

/** Head by head, with scaled dot attention on slices of the projections. */
function plain({ heads, keyValueHeads = heads, rotary: turns = false, ...kind }: Kind, { w, x, options: o }: Given): AttentionResult {
  const { query, key = query, value = key } = x,
    { mask, bias, dropout, residual } = o;
  const [q, k, v] = [dot(query, w.wq), dot(key, w.wk), dot(value, w.wv)].map((t, i) => {
    const b = [w.bq, w.bk, w.bv][i];
    return b === undefined ? t : t.add(b);
  }) as [Tensor, Tensor, Tensor];
  const head = (t: Tensor, h: number, of: number): Tensor => slice(t, -1, (h * t.shape[2]!) / of, ((h + 1) * t.shape[2]!) / of),
    turned = (t: Tensor): Tensor => (turns === false ? t : rotary(t, turns === true ? {} : turns));
  const results = Array.from({ length: heads }, (_, h) => {
    const g = Math.floor((h * keyValueHeads) / heads);
    return scaledDotAttention(turned(head(q, h, heads)), turned(head(k, g, keyValueHeads)), head(v, g, keyValueHeads), {
      causal: kind.causal,
      softCap: kind.softCap,
      mask: mask && mask.squeeze(1),
      bias,
      dropout,
    });
  });
  const merged = dot(concat(results.map((r) => r.output)), w.wo),
    output = w.bo === undefined ? merged : merged.add(w.bo);
  return {
    output: residual === undefined ? output : output.add(residual),
    weights: stack(
      results.map((r) => r.weights),
      1,
    ),
  };
}

function given(kind: MultiHeadOptions) {
  const weights = normalWeights(multiHeadAttention(kind).weights(sizes), 1);
  const x = { query: normal("query", 2, 3, 6), key: normal("key", 2, 4, 5), value: normal("value", 2, 4, 4) };
  return {
    w: weights,
    x,
    options: { ...options, residual: kind.outputSize === undefined ? options.residual : normal("residual", kind.outputSize) },
  };
}

for (const [name, kind] of Object.entries(kinds)) {
  const { causal, softCap, ...of } = kind;
  const whole = ({ w, x, options: o }: Given): AttentionResult => multiHeadAttention(of).run(w, { ...x, ...o, causal, softCap });

  test(`${name}: as head by head`, async () => {
    expect(misses(await evaluate(backend, whole, given(of)), await evaluate(backend, (at: Given) => plain(kind, at), given(of)))).toEqual(
      [],
    );
  });

  test(`${name}: every gradient is what finite differences say`, async () => {
    const { mask: _, dropout: __, ...floats } = given(of).options;
    const loss = (at: Given): Tensor => {
      const { output, weights } = whole(at);
      return tanh(output).sum().add(weights.mul(weights).sum());
    };
    expect(await wrongSlopes(backend, loss as (at: never) => Tensor, { ...given(of), options: floats } as never)).toEqual([]);
  });
}

test("without a key the query attends to itself, without a value to the keys", async () => {
  const module = multiHeadAttention({ heads: 2 }),
    w = normalWeights(module.weights({ query: 4 }), 1),
    [query, key] = [normal("query", 2, 3, 4), normal("key", 2, 5, 4)];
  const run = (x: Record<string, HostArray>) => evaluate(backend, (at: Given) => module.run(at.w, at.x), { w, x });
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
