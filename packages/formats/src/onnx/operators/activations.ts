// Operators that are activations, by the formulae of the specification.
import {
  abs,
  activations as core,
  add,
  argmax,
  clip,
  div,
  exp,
  expm1,
  greater,
  less,
  logSoftmax,
  minimum,
  mul,
  oneHot,
  relu,
  reshape,
  softmax,
  softplus,
  type Tensor,
  where,
} from "@sluice/core";
import { nth } from "../read/there.ts";
import { rankOf, sizeOf, traced, type Value } from "../values/value.ts";
import { axisOf, countable, input, tensor } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

const of = (since: number, apply: (x: Tensor, call: Call) => Tensor) => ({
  since,
  evaluate: (call: Call): readonly Value[] => [traced(input(call, 0).type, apply(tensor(call, 0), call))],
});

export const activations: Operators = {
  Relu: of(6, relu),
  LeakyRelu: of(6, (x, { attributes }) => leakyRelu(x, attributes.float("alpha", 0.01))),
  PRelu: {
    since: 7,
    evaluate: (call) => {
      const x = tensor(call, 0);
      return [traced(input(call, 0).type, where(less(x, 0), mul(x, tensor(call, 1)), x))];
    },
  },
  Elu: of(6, (x, { attributes }) => elu(x, attributes.float("alpha", 1))),
  Selu: of(6, (x, { attributes }) => {
    const alpha = attributes.float("alpha", 1.6732632423543772),
      gamma = attributes.float("gamma", 1.0507009873554805);
    return mul(gamma, elu(x, alpha));
  }),
  Celu: of(12, (x, { attributes }) => {
    const alpha = attributes.float("alpha", 1);
    return add(relu(x), mul(alpha, expm1(minimum(0, mul(x, 1 / alpha)))));
  }),
  ThresholdedRelu: of(10, (x, { attributes }) => thresholdedRelu(x, attributes.float("alpha", 1))),
  HardSigmoid: of(6, (x, { attributes }) => hardSigmoid(x, attributes.float("alpha", 0.2), attributes.float("beta", 0.5))),
  HardSwish: of(14, (x) => mul(x, hardSigmoid(x, 1 / 6, 0.5))),
  Softplus: of(1, softplus),
  Softsign: of(1, softsign),
  Gelu: of(20, (x, { attributes }) =>
    attributes.choice("approximate", "none", ["none", "tanh"]) === "none" ? core.gelu(x) : core.geluTanh(x),
  ),
  Mish: of(18, (x) => core.mish(x)),
  Swish: of(24, (x, { attributes }) => div(x, add(1, exp(mul(x, -attributes.float("alpha", 1)))))),
  Softmax: of(1, (x, call) => along(call, x, softmax)),
  LogSoftmax: of(1, (x, call) => along(call, x, logSoftmax)),
  Hardmax: of(1, (x, call) => along(call, x, (t, axis) => oneHot(argmax(t, axis), countable(nth(t.shape, axis)), t.dtype, axis))),
};

export function leakyRelu(x: Tensor, alpha: number): Tensor {
  return where(less(x, 0), mul(x, alpha), x);
}

export function elu(x: Tensor, alpha: number): Tensor {
  return where(less(0, x), x, mul(alpha, expm1(minimum(0, x))));
}

export function thresholdedRelu(x: Tensor, alpha: number): Tensor {
  return where(greater(x, alpha), x, 0);
}

export function hardSigmoid(x: Tensor, alpha: number, beta: number): Tensor {
  return clip(add(mul(x, alpha), beta), 0, 1);
}

export function softsign(x: Tensor): Tensor {
  return div(x, add(1, abs(x)));
}

/** Before version 13 x is taken as a matrix, its axes from `axis` on as one. */
function along(call: Call, x: Tensor, apply: (x: Tensor, axis: number) => Tensor): Tensor {
  if (call.version >= 13) return apply(x, axisOf(call, -1));
  const axis = call.attributes.int("axis", 1),
    from = axis < 0 ? axis + rankOf(input(call, 0)) : Math.min(axis, x.rank),
    columns = sizeOf(x.shape.slice(from));
  return reshape(apply(reshape(x, [x.size / Math.max(1, columns), columns]), 1), x.shape);
}

/** For LSTM, GRU and RNN. */
export function scaledTanh(x: Tensor, alpha: number, beta: number): Tensor {
  return mul(alpha, core.tanh(mul(x, beta)));
}

export function affine(x: Tensor, alpha: number, beta: number): Tensor {
  return add(mul(x, alpha), beta);
}
