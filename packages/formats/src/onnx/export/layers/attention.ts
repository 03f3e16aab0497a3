// Attention in several heads as products and Softmax.
import type { Tensor } from "@sluice/core";
import type { Emitter } from "../emission/emitter.ts";
import { concat, elementwise, expand, matmul, reshape, slice, transpose } from "../emission/operators.ts";
import { type Data, int, type Numbers, scalar } from "../emission/values.ts";
import { affine } from "./dense.ts";
import { turns } from "./positions.ts";
import { numberOption, option, singleOf, weightsOf } from "./reading.ts";
import type { Rule, Use } from "./rule.ts";
import { entry } from "../../read/there.ts";

/** What scores of hidden keys are: e to it is 0. */
const hidden = -2e38;

interface Attending {
  readonly use: Use;
  readonly weights: Readonly<Record<string, Data>>;
  readonly heads: number;
  readonly keyHeads: number;
  readonly x: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly masks: readonly Tensor[];
}

export const multiHeadAttention: Rule = (use) => {
  const x = singleOf(use),
    weights = weightsOf(use),
    { beside = {}, besideMasks = {}, mask } = use.context;
  const isPlain = (option(use.config, "score") ?? "scaledDot") === "scaledDot" && option(use.config, "useProjections") !== false;
  if (x === undefined || weights === undefined || !isPlain) return undefined;
  const given = beside as { readonly key?: Tensor; readonly value?: Tensor }, // single ones, as the layer reads them
    key = given.key ?? given.value ?? x,
    own = besideMasks as { readonly key?: Tensor; readonly value?: Tensor }; // likewise
  const masks = [given.key === undefined && given.value === undefined ? mask : undefined, own.key, own.value].filter(
    (each) => each !== undefined,
  );
  const heads = numberOption(use.config, "numHeads", numberOption(use.config, "numQueryHeads", 1));
  const all: Attending = {
    use,
    weights,
    heads,
    keyHeads: numberOption(use.config, "numKeyValueHeads", heads),
    x,
    key,
    value: given.value ?? key,
    masks,
  };
  return {
    reads: [x, key, all.value, ...masks],
    emit: (e, value, lowering) => emit(e, all, value, (tensor) => lowering.test(tensor.node)),
  };
};

function emit(
  e: Emitter,
  all: Attending,
  value: (tensor: Tensor) => Numbers,
  test: (tensor: Tensor) => Numbers,
): Readonly<Record<string, Numbers>> {
  const { use, weights, heads, keyHeads, x, key, masks } = all;
  const [batch = 0, queries = 0] = x.shape,
    [, keys = 0] = key.shape,
    grouped = heads / keyHeads;
  const project = (tensor: Tensor, name: string, count: number): Numbers =>
    split(e, affine(e, value(tensor), entry(weights, `w${name}`), weights[`b${name}`]), count); // as the layer has them
  const q = turned(e, use, project(x, "q", heads)),
    k = repeated(e, turned(e, use, project(key, "k", keyHeads)), grouped),
    v = repeated(e, project(all.value, "v", keyHeads), grouped),
    size = q.shape.at(-1) ?? 1;
  const scaled = elementwise(e, "Mul", [matmul(e, q, transpose(e, k, [0, 1, 3, 2])), scalar(1 / Math.sqrt(size), "f32")]);
  const cap = option(use.config, "softCap"),
    scores = typeof cap === "number" ? capped(e, scaled, cap) : scaled;
  const seen = seenOf(e, all, [batch, queries, keys], test);
  const soft = e.add(
    "Softmax",
    [seen === undefined ? scores : elementwise(e, "Where", [seen, scores, scalar(hidden, "f32")], "f32")],
    { shape: [batch, heads, queries, keys], elem: "f32" },
    { axis: int(-1) },
  );
  // A query that sees no key gets zeros. By causal alone that is one of more queries than keys, at some sizes if not at these.
  const causal = option(use.config, "causal") ?? false,
    mayBeBlind = masks.length > 0 || (causal !== false && causal !== "start" && key !== x);
  const shares = seen === undefined || !mayBeBlind ? soft : elementwise(e, "Where", [seen, soft, scalar(0, "f32")], "f32");
  const context = transpose(e, matmul(e, shares, v), [0, 2, 1, 3]);
  const flat = reshape(e, context, [batch, queries, heads * (v.shape.at(-1) ?? 1)]);
  const output = affine(e, flat, entry(weights, "wo"), weights["bo"]); // likewise
  return { "": option(use.config, "residual") === true ? elementwise(e, "Add", [output, value(x)]) : output, scores: shares };
}

/** [batch, steps, columns] → [batch, heads, steps, size] */
function split(e: Emitter, x: Numbers, heads: number): Numbers {
  const [batch = 0, steps = 0, columns = 0] = x.shape;
  return transpose(e, reshape(e, x, [batch, steps, heads, columns / heads]), [0, 2, 1, 3]);
}

/** Each head of keys for several of queries, one after the other. */
function repeated(e: Emitter, x: Numbers, times: number): Numbers {
  const [batch = 0, heads = 0, steps = 0, size = 0] = x.shape;
  if (times === 1) return x;
  return reshape(e, expand(e, reshape(e, x, [batch, heads, 1, steps, size]), [batch, heads, times, steps, size]), [
    batch,
    heads * times,
    steps,
    size,
  ]);
}

/** By their positions (Su et al. 2021). */
function turned(e: Emitter, { config }: Use, x: Numbers): Numbers {
  const rotary = option(config, "rotary");
  if (rotary === undefined || rotary === false) return x;
  const own = typeof rotary === "object" && rotary !== null ? rotary : {};
  const base = numberOption(own, "base", 10000),
    interleaved = option(own, "interleaved") === true;
  const [batch = 0, heads = 0, steps = 0, size = 0] = x.shape,
    half = size / 2;
  const { sin, cos } = turns(
    e,
    steps,
    Array.from({ length: half }, (_, i) => base ** (-i / half)),
  );
  const pairs = reshape(e, x, [batch, heads, steps, ...(interleaved ? [half, 2] : [2, half])]),
    axis = interleaved ? 4 : 3;
  const part = (at: number): Numbers => reshape(e, slice(e, pairs, [{ axis, start: at, n: 1, step: 1 }]), [batch, heads, steps, half]);
  const [a, b] = [part(0), part(1)],
    times = (one: Numbers, other: Numbers): Numbers => elementwise(e, "Mul", [one, other]);
  const sides = [elementwise(e, "Sub", [times(a, cos), times(b, sin)]), elementwise(e, "Add", [times(b, cos), times(a, sin)])];
  const shape = interleaved ? [batch, heads, steps, half, 1] : [batch, heads, steps, 1, half];
  return reshape(e, concat(e, sides.map((side) => reshape(e, side, shape)), axis), [batch, heads, steps, size]); // prettier-ignore
}

function capped(e: Emitter, scores: Numbers, cap: number): Numbers {
  const bent = elementwise(e, "Tanh", [elementwise(e, "Div", [scores, scalar(cap, "f32")])]);
  return elementwise(e, "Mul", [bent, scalar(cap, "f32")]);
}

/** Which keys each query sees, as what broadcasts to [batch, heads, queries, keys]. */
function seenOf(
  e: Emitter,
  { use, masks }: Attending,
  [batch = 0, queries = 0, keys = 0]: readonly number[],
  test: (tensor: Tensor) => Numbers,
): Numbers | undefined {
  const causal = option(use.config, "causal") ?? false;
  const tests = masks.map((mask) => reshape(e, expand(e, test(mask), mask.shape), [batch, 1, 1, keys]));
  if (causal !== false) {
    const from = causal === "start" ? 0 : keys - queries; // the last key that query 0 sees
    const places = (n: number, first: number, shape: readonly number[]): Data => ({
      kind: "data",
      data: Int32Array.from({ length: n }, (_, i) => first + i),
      shape,
      elem: "i32",
    });
    tests.push(elementwise(e, "LessOrEqual", [places(keys, 0, [1, keys]), places(queries, from, [queries, 1])], "bool"));
  }
  return tests.length === 0 ? undefined : tests.reduce((a, b) => elementwise(e, "And", [a, b], "bool"));
}
