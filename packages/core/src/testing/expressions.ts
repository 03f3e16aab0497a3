// For tests: random traced functions, built from a list of choices so that they shrink.
import fc from "fast-check";
import {
  abs,
  argmax,
  broadcastTo,
  cast,
  concat,
  constant,
  cos,
  div,
  dotAttention,
  equal,
  erf,
  exp,
  expm1,
  flip,
  floor,
  gather,
  iota,
  less,
  log,
  log1p,
  logSoftmax,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  pad,
  relu,
  scaledDotAttention,
  scan,
  sigmoid,
  sin,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  stack,
  sum,
  tanh,
  transpose,
  where,
  literal,
  type Tensor,
} from "../index.ts";

/** A choice of operation with two operands among the values so far. */
export type Choice = readonly [operation: number, x: number, y: number];

export const choices = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 14 });

/** All values are [3, 4]: whatever else an operation makes is brought back to it. */
export const rows = 3,
  columns = 4;

/** The function that the choices describe: of x and y [3, 4], w [4, 4] and v [4], to two results [3, 4]. */
export function build(
  list: readonly Choice[],
): (x: Tensor, y: Tensor, w: Tensor, v: Tensor) => { readonly first: Tensor; readonly second: Tensor } {
  return (x, y, w, v) => {
    const values = [x, y];
    for (const [operation, i, j] of list) {
      const a = values[values.length - 1 - (i % values.length)]!,
        b = values[values.length - 1 - (j % values.length)]!;
      values.push(operations[operation % operations.length]!({ a, b, w, v, k: j }));
    }
    return { first: values.at(-1)!, second: values.at(-2)! };
  };
}

interface Operands {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly w: Tensor;
  readonly v: Tensor;
  readonly k: number;
}

/** Bounded, so that chains neither overflow nor vanish. */
const operations: readonly ((o: Operands) => Tensor)[] = [
  ({ a, b }) => a.add(b),
  ({ a, b }) => a.sub(b),
  ({ a, b }) => mul(tanh(a), b),
  ({ a, b }) => div(a, square(b).add(1)),
  ({ a, b }) => maximum(a, b),
  ({ a, b }) => minimum(a, b.add(0.25)),
  ({ a, b }) => where(a.less(b), a, b),
  ({ a }) => tanh(a),
  ({ a }) => sigmoid(a),
  ({ a }) => exp(tanh(a)),
  ({ a }) => log(square(a).add(1)),
  ({ a }) => sqrt(square(a).add(0.5)),
  ({ a }) => expm1(tanh(a)),
  ({ a }) => log1p(square(a)),
  ({ a }) => softplus(a),
  ({ a }) => sin(a),
  ({ a, b }) => cos(a).add(erf(b)),
  ({ a, b }) => where(less(floor(a.mul(2).add(0.3)), 0), b, a),
  ({ a }) => relu(a).sub(abs(a)),
  ({ a, w }) => tanh(a.dot(w)),
  ({ a, w, v }) => tanh(a.dot(w).add(v)),
  ({ a, b, w }) => a.dot(w).add(b.dot(w.transpose())).mul(0.3),
  ({ a, b, w }) =>
    transpose(matmul(w, a.transpose()))
      .add(matmul(b.reshape([1, rows, columns]), w).reshape([rows, columns]))
      .mul(0.3),
  ({ a, v }) => a.mul(v),
  ({ a }) => softmax(a),
  ({ a }) => logSoftmax(a, 0).mul(0.2),
  ({ a, b }) => a.sub(mean(b, 0)),
  ({ a, b }) => a.add(max(b, 1, { keepDims: true })),
  ({ a, b }) => broadcastTo(sum(mul(a, b), 1, { keepDims: true }), a.shape).mul(0.1),
  ({ a }) => flip(flip(a, 0), 1),
  ({ a }) => transpose(a).reshape([rows, columns]),
  ({ a, b }) => slice(concat([a, b], 1), 1, 2, 6),
  ({ a, b }) => concat([slice(a, 0, 1), slice(b, 0, 0, 1)], 0),
  ({ a, b }) => sum(stack([a, b, a]), 0).mul(0.4),
  ({ a }) =>
    slice(
      pad(
        a,
        [
          [1, 0],
          [0, 0],
        ],
        0.5,
      ),
      0,
      0,
      rows,
    ),
  ({ a }) => concat(split(a, 2, 1).toReversed(), 1),
  ({ a, b }) => matmul(matmul(a, b.transpose()), a).mul(0.05),
  ({ a, w, k }) => gather(w, literal(Int32Array.of(k % 4, 1, 3))).add(a),
  ({ a, b }) => a.mul(cast(equal(argmax(b, 1).reshape([rows, 1]), iota(columns)), a.dtype)),
  ({ a, b }) => scaledDotAttention(a, b, a, { causal: true, bias: b.slice(1, 0, rows) }).output,
  ({ a, b, w }) => {
    const heads = (x: Tensor): Tensor => transpose(x.reshape([rows, 2, 2]), [1, 0, 2]);
    const { output } = dotAttention(heads(a.dot(w)), heads(tanh(b)), heads(b.dot(w)), { softCap: 2 });
    return transpose(output, [1, 0, 2]).reshape([rows, columns]);
  },
  ({ a, b }) =>
    a
      .add(b.sum(0))
      .sub(mul(b.sum(), 0.1))
      .add(mul(b.sum(1, { keepDims: true }), 0.2)),
  ({ a, b, w, v }) =>
    scan({
      state: slice(b, 0, 0, 1),
      inputs: a,
      step: (h, x) => {
        const hidden = tanh(h.reshape([1, columns]).add(w.add(x).transpose())); // [columns, columns], of all steps more than is stored
        const next = mul(sum(hidden.mul(v), 1), 0.5).reshape([1, columns]);
        return { state: next, output: tanh(next.dot(w)).reshape([columns]) };
      },
    }).outputs,
  ({ a, v }) => scan({ state: v, inputs: a, step: (h, x) => ({ state: tanh(h.add(x)), output: h.mul(x) }) }).outputs,
  // What a scan starts from is wanted again, in its steps and after it.
  ({ a, v }) => {
    const start = tanh(v).mul(2);
    const { state } = scan({ state: start, inputs: a, step: (h, x) => ({ state: tanh(h.add(x)).add(start), output: x }) });
    return broadcastTo(state.add(start).mul(0.3), a.shape);
  },
  ({ a, v }) => {
    const half = slice(v, 0, 0, 2).mul(2),
      start = concat([half, slice(tanh(v), 0, 2)], 0);
    const { state } = scan({ state: start, inputs: a, step: (h, x) => ({ state: tanh(h.mul(x)), output: x }) });
    return broadcastTo(state.add(concat([half, half], 0)).mul(0.3), a.shape);
  },
  // Its state is wanted before its outputs, which alone take something in.
  ({ a, v }) => {
    const taken = tanh(v);
    const { state, outputs } = scan({ state: v, inputs: a, step: (h, x) => ({ state: tanh(h.add(x)), output: h.mul(taken) }) });
    return broadcastTo(state, a.shape).add(outputs).mul(0.5);
  },
  ({ a, b, w }) =>
    scan({
      state: { h: slice(b, 0, 0, 1), n: constant(0, [1, columns], a.dtype) },
      inputs: { x: a },
      reverse: true,
      step: ({ h, n }, { x }) => {
        const next = tanh(h.dot(w).add(x.reshape([1, columns])));
        return { state: { h: next, n: n.add(mul(next, h)) }, output: sigmoid(next.dot(w)).add(n).reshape([columns]) };
      },
    }).outputs,
  ({ a, b, w }) => {
    const outer = scan({
      state: slice(b, 0, 0, 1),
      inputs: a,
      step: (h, x) => {
        const inner = scan({ state: h, inputs: a, step: (g, y) => ({ state: tanh(g.dot(w).add(y).add(x)), output: g.mul(y) }) });
        return { state: inner.state, output: sum(inner.outputs, 0).reshape([columns]) };
      },
    });
    return outer.outputs.mul(0.2);
  },
  // Sums that accumulate where what the steps read was multiplied: wanted as they are, and inside another scan by its gradient.
  ({ a, b, w }) =>
    scan({
      state: slice(b, 0, 0, 1),
      inputs: a,
      step: (h, x) => {
        const z = x.reshape([1, columns]).dot(w).add(h.dot(w.transpose()));
        return { state: tanh(z), output: z.reshape([columns]) };
      },
    }).outputs.mul(0.3),
  ({ a, b, w }) =>
    scan({
      state: { h: slice(b, 0, 0, 1), c: slice(b, 0, 1, 2) },
      inputs: a,
      step: (state, x) => {
        const inner = scan({
          state,
          inputs: x.reshape([1, 1, columns]),
          step: ({ h, c }, y) => {
            const next = c.add(tanh(y.dot(w).add(h.dot(w.transpose()))));
            return { state: { h: tanh(next), c: next }, output: y };
          },
        });
        return { state: inner.state, output: inner.state.h.dot(w).reshape([columns]) };
      },
    }).outputs,
];
