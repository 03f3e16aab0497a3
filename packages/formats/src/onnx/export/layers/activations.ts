// Activations by name, as operators.
import type { Emitter } from "../emission/emitter.ts";
import { elementwise } from "../emission/operators.ts";
import { type Attributes, int, type Numbers, scalar } from "../emission/values.ts";

type Written = (e: Emitter, x: Numbers) => Numbers;

const plain =
  (op: string, attributes: Attributes = {}): Written =>
  (e, x) =>
    e.add(op, [x], { shape: x.shape, elem: x.elem }, attributes);
const float = (value: number) => ({ kind: "float", value }) as const;
const clipped = (low: number, high: number): Written => (e, x) => e.add("Clip", [x, scalar(low, x.elem), scalar(high, x.elem)], { shape: x.shape, elem: x.elem }); // prettier-ignore
const gated =
  (gate: Written): Written =>
  (e, x) =>
    elementwise(e, "Mul", [x, gate(e, x)]);
const negated =
  (inner: Written): Written =>
  (e, x) =>
    elementwise(e, "Neg", [inner(e, elementwise(e, "Neg", [x]))]);

/** ½x(1 + erf(x/√2)) */
const gelu: Written = (e, x) => {
  const c = (n: number) => scalar(n, x.elem);
  const erf = elementwise(e, "Erf", [elementwise(e, "Mul", [x, c(Math.SQRT1_2)])]);
  return elementwise(e, "Mul", [elementwise(e, "Mul", [c(0.5), x]), elementwise(e, "Add", [c(1), erf])], x.elem);
};

const sigmoid = plain("Sigmoid");
const silu = gated(sigmoid);
const hardSilu = plain("HardSwish");

/** Those that few operators make; all others are what they were traced to. */
const operators: Readonly<Record<string, Written>> = {
  linear: (_, x) => x,
  relu: plain("Relu"),
  sigmoid,
  tanh: plain("Tanh"),
  softsign: plain("Softsign"),
  softplus: plain("Softplus"),
  hardSigmoid: plain("HardSigmoid", { alpha: float(0.2), beta: float(0.5) }),
  hardSigmoidKeras3: plain("HardSigmoid", { alpha: float(1 / 6), beta: float(0.5) }),
  sparseSigmoid: plain("HardSigmoid", { alpha: float(0.5), beta: float(0.5) }),
  hardTanh: clipped(-1, 1),
  relu6: clipped(0, 6),
  hardSilu,
  hardSwish: hardSilu,
  silu,
  swish: silu,
  gelu,
  elu: plain("Elu", { alpha: float(1) }),
  celu: plain("Elu", { alpha: float(1) }),
  selu: plain("Selu", { alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) }),
  leakyRelu: plain("LeakyRelu", { alpha: float(0.2) }),
  mish: plain("Mish"),
  exponential: plain("Exp"),
  logSigmoid: negated(plain("Softplus")),
  tanhShrink: (e, x) => elementwise(e, "Sub", [x, plain("Tanh")(e, x)]),
  softmax: plain("Softmax", { axis: int(-1) }),
  logSoftmax: plain("LogSoftmax", { axis: int(-1) }),
};

/** Undefined where no few operators make it. */
export function activationOf(name: string | undefined): Written | undefined {
  return operators[name ?? "linear"];
}

/** How LSTM, GRU and RNN name it, with α and β where it takes them; undefined where they have none. */
export function recurrentActivation(name: string): { readonly name: string; readonly alpha?: number; readonly beta?: number } | undefined {
  const [found, alpha, beta] = inRecurrences[name] ?? [];
  return found === undefined ? undefined : { name: found, ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) };
}

const inRecurrences: Readonly<Record<string, readonly [name: string, alpha?: number, beta?: number]>> = {
  relu: ["Relu"],
  sigmoid: ["Sigmoid"],
  tanh: ["Tanh"],
  softsign: ["Softsign"],
  softplus: ["Softplus"],
  hardSigmoid: ["HardSigmoid", 0.2, 0.5],
  hardSigmoidKeras3: ["HardSigmoid", 1 / 6, 0.5],
  sparseSigmoid: ["HardSigmoid", 0.5, 0.5],
  elu: ["Elu", 1],
  celu: ["Elu", 1],
  leakyRelu: ["LeakyRelu", 0.2],
  linear: ["Affine", 1, 0],
};
