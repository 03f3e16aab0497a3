// Attention and rotary positions as single operators (from version 23 on).
import { add, attend, concat, expand, matmul, mul, reshape, sub, type Tensor, transpose } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { flagsOf, tensorOf, traced, type Value } from "../values/value.ts";
import { input, optionalTensor, tensor } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const attentions: Operators = {
  Attention: { since: 23, evaluate: attention },
  RotaryEmbedding: { since: 23, evaluate: rotary },
};

/**
 * q [batch, queries, heads · size] or [batch, heads, queries, size], k and v likewise; keys and values of before stand in front of them. Heads of
 * keys may be fewer: each serves as many of the queries'.
 */
function attention(call: Call): readonly (Value | undefined)[] {
  const { attributes, inputs } = call,
    { type } = input(call, 0),
    isFlat = tensor(call, 0).rank === 3;
  const q = heads(tensor(call, 0), attributes.int("q_num_heads", 0)),
    kv = attributes.int("kv_num_heads", 0),
    k = withPast(heads(tensor(call, 1), kv), optionalTensor(call, 4)),
    v = withPast(heads(tensor(call, 2), kv), optionalTensor(call, 5));
  if (inputs[6] !== undefined) throw new NotSupported("counts its keys by an input", "hide them by attn_mask");
  if (attributes.int("softmax_precision", 1) !== 1) throw new NotSupported("softmax_precision is not float", "leave it out");
  const scale = attributes.float("scale", 1 / Math.sqrt(q.shape[3] ?? 1)),
    softcap = attributes.float("softcap", 0),
    causal = attributes.flag("is_causal", false) ? ("start" as const) : false,
    shown = attributes.int("qk_matmul_output_mode", 0);
  const scores = mul(matmul(q, transpose(shared(k, q), [0, 1, 3, 2])), scale),
    mask = inputs[3];
  const result = attend(scores, shared(v, q), {
    causal: causal === "start" && k.shape[2] !== q.shape[2] && inputs[4] !== undefined ? "end" : causal,
    ...(softcap > 0 && { softCap: softcap }),
    ...(mask !== undefined && (mask.type === "bool" ? { mask: flagsOf(mask, scores.dtype) } : { bias: tensorOf(mask, scores.dtype) })),
  });
  if (call.node.outputs.length > 3 && call.node.outputs[3] !== "" && shown !== 0 && shown !== 3)
    throw new NotSupported(`qk_matmul_output_mode is ${shown}`, "0, the products, and 3, the weights, are supported");
  const output = isFlat
    ? reshape(transpose(result.output, [0, 2, 1, 3]), [nth(q.shape, 0), nth(q.shape, 2), nth(q.shape, 1) * nth(v.shape, 3)])
    : result.output;
  return [output, k, v, shown === 0 ? scores : result.weights].map((t) => traced(type, t));
}

/** [batch, heads, steps, size] */
function heads(x: Tensor, count: number): Tensor {
  if (x.rank === 4) return x;
  const [batch = 0, steps = 0, width = 0] = x.shape;
  if (x.rank !== 3 || count < 1 || width % count !== 0) throw corrupt(`[${x.shape.join(", ")}] is no input of ${count} heads`);
  return transpose(reshape(x, [batch, steps, count, width / count]), [0, 2, 1, 3]);
}

function withPast(x: Tensor, past: Tensor | undefined): Tensor {
  return past === undefined ? x : concat([past, x], 2);
}

/** Each head of keys for as many of the queries' as there are more. */
function shared(x: Tensor, { shape: [, queries = 1] }: Tensor): Tensor {
  const [batch = 0, count = 1, steps = 0, size = 0] = x.shape;
  if (count === queries) return x;
  if (queries % count !== 0) throw corrupt(`${queries} heads of queries share ${count} of keys`);
  return reshape(expand(x, 2).broadcastTo([batch, count, queries / count, steps, size]), [batch, queries, steps, size]);
}

/** Pairs of features turned by angles: halves of them, or neighbours where `interleaved`. */
function rotary(call: Call): readonly Value[] {
  const { attributes } = call,
    isFlat = tensor(call, 0).rank === 3,
    x = heads(tensor(call, 0), attributes.int("num_heads", 0)),
    [batch = 0, count = 0, steps = 0, size = 0] = x.shape,
    turned = attributes.int("rotary_embedding_dim", 0) || size,
    interleaved = attributes.flag("interleaved", false);
  if (call.inputs[3] !== undefined && call.inputs[3].kind === "traced")
    throw new NotSupported("positions come at run time", "gather cosines and sines by them before");
  const table = (index: number): Tensor => {
    const t = tensor(call, index), // [batch, steps, half], or [positions, half]
      ids = call.inputs[3],
      half = t.shape.at(-1) ?? 0;
    if (ids === undefined) return expand(t, 1);
    const rows = [...(ids.kind === "known" ? ids.data : [])].map((i) => t.slice(0, i, i + 1));
    return reshape(concat(rows, 0), [-1, 1, steps, half]);
  };
  const [cos, sin] = [table(1), table(2)],
    part = x.slice(3, 0, turned),
    half = turned / 2;
  const pairs = interleaved ? transpose(reshape(part, [batch, count, steps, half, 2]), [4, 0, 1, 2, 3]) : undefined;
  const [a, b] = pairs === undefined ? [part.slice(3, 0, half), part.slice(3, half)] : [pairs.at(0, 0), pairs.at(0, 1)];
  const [c, d] = [sub(mul(a, cos), mul(b, sin)), add(mul(a, sin), mul(b, cos))],
    joined = interleaved ? reshape(concat([expand(c, 4), expand(d, 4)], 4), part.shape) : concat([c, d], 3),
    whole = turned === size ? joined : concat([joined, x.slice(3, turned)], 3);
  return [traced(input(call, 0).type, isFlat ? reshape(transpose(whole, [0, 2, 1, 3]), [batch, steps, count * size]) : whole)];
}
