// Functions of one element at a time, by their names in Keras 3; where two libraries mean different functions by one name, both are here.
import { add, div, less, lessEqual, maximum, minimum, mul, neg, sub, where } from "../trace/arithmetic.ts";
import { abs, clip, erf, exp, expm1, relu, sigmoid, softplus, sqrt, square, tanh } from "../trace/functions.ts";
import type { Tensor } from "../trace/tensor.ts";

/**
 * What cells and layers take by name. At a kink the slope is that of the side where the function is flatter, unless said otherwise. Those that go to 0
 * on the left are 0 at −∞.
 */
export const activations = {
  /** x */
  linear: (x: Tensor): Tensor => x,
  /** max(x, 0) */
  relu,
  /** 1 / (1 + e⁻ˣ) */
  sigmoid,
  /** 0.2·x + 0.5 within 0 … 1, as in Keras 1 and 2 and in ONNX; `hardSigmoidKeras3` is the other one. */
  hardSigmoid: (x: Tensor): Tensor => clip(x.mul(0.2).add(0.5), 0, 1),
  tanh,
  /** x / (1 + |x|) */
  softsign: (x: Tensor): Tensor => x.div(abs(x).add(1)),
  /** log(1 + eˣ) */
  softplus,
  /** x/6 + 0.5 within 0 … 1, as in Keras 3 and PyTorch. */
  hardSigmoidKeras3,
  /** x within −1 … 1. */
  hardTanh: (x: Tensor): Tensor => clip(x, -1, 1),
  /** x · hardSigmoidKeras3(x) (Howard et al. 2019). */
  hardSilu: (x: Tensor): Tensor => mul(maximum(x, -3), hardSigmoidKeras3(x)),
  /** x · sigmoid(x) (Elfwing et al. 2018), which is also called swish. */
  silu: (x: Tensor): Tensor => mul(maximum(x, deep), sigmoid(x)),
  /** x · Φ(x) with the normal distribution Φ(x) = ½(1 + erf(x/√2)) (Hendrycks & Gimpel 2016); Keras's and PyTorch's default. */
  gelu: (x: Tensor): Tensor => mul(mul(0.5, maximum(x, deep)), add(1, erf(mul(x, Math.SQRT1_2)))),
  /** Its approximation ½x(1 + tanh(√(2/π)(x + 0.044715·x³))): Keras's `approximate=True`, PyTorch's `approximate="tanh"`. */
  geluTanh: (x: Tensor): Tensor => {
    const inner = mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, square(x)))));
    return mul(mul(0.5, maximum(x, deep)), add(1, tanh(inner)));
  },
  /** x from 0 on, eˣ − 1 below (Clevert et al. 2016, α = 1). */
  elu,
  /** 1.0507·elu with α = 1.6733, whose fixed point is mean 0 and variance 1 (Klambauer et al. 2017). At 0 its slope is that of the left. */
  selu: (x: Tensor): Tensor => mul(seluScale, where(less(0, x), x, mul(seluAlpha, expm1(minimum(0, x))))),
  /** max(x, 0) + min(0, e^x − 1) (Barron 2017, α = 1): there it is elu. */
  celu: elu,
  /** x, of negative x 0.2 of it: the slope that Keras's function has (Keras's layer has 0.3, PyTorch 0.01). At 0 it is that of the left. */
  leakyRelu: (x: Tensor): Tensor => where(less(0, x), x, mul(0.2, x)),
  /** x within 0 … 6. */
  relu6: (x: Tensor): Tensor => clip(x, 0, 6),
  /** x · tanh(log(1 + eˣ)) (Misra 2019). */
  mish: (x: Tensor): Tensor => mul(maximum(x, deep), tanh(softplus(x))),
  /** eˣ */
  exponential: exp,
  /** log(sigmoid(x)) = −log(1 + e⁻ˣ) */
  logSigmoid: (x: Tensor): Tensor => neg(softplus(neg(x))),
  /** x − tanh x */
  tanhShrink: (x: Tensor): Tensor => sub(x, tanh(x)),
  /** x moved by ½ towards 0, and 0 within ½ of it. */
  softShrink: (x: Tensor): Tensor => sub(relu(x.sub(0.5)), relu(neg(x).sub(0.5))),
  /** x, and 0 within ½ of it. */
  hardShrink: (x: Tensor): Tensor => where(lessEqual(abs(x), 0.5), 0, x),
  /** ½(x + √(x² + 4)) (Barron 2021, b = 4), where x is negative as the inverse of that of −x: they multiply to 1. */
  squareplus: (x: Tensor): Tensor => {
    const size = maximum(neg(x), x), // with slope 1 at 0, which is that of the sum
      larger = mul(0.5, add(size, sqrt(square(x).add(4))));
    return where(less(x, 0), div(1, larger), larger);
  },
  /** 0 up to −1, ¼(x + 1)² up to 1, then x. */
  sparsePlus: (x: Tensor): Tensor => where(less(x, 1), mul(0.25, square(clip(x.add(1), 0, 2))), x),
  /** ½(x + 1) within 0 … 1: the slope of `sparsePlus`. */
  sparseSigmoid: (x: Tensor): Tensor => clip(x.mul(0.5).add(0.5), 0, 1),
} as const satisfies Readonly<Record<string, (x: Tensor) => Tensor>>;

/** The factor x is held at, where it multiplies what has become 0: −∞ · 0 is NaN. e^−1000 is 0 in every dtype. */
const deep = -1000;

/** λ and α of Klambauer et al. 2017, equation 14. */
const [seluScale, seluAlpha] = [1.0507009873554805, 1.6732632423543772];

function hardSigmoidKeras3(x: Tensor): Tensor {
  return clip(x.mul(1 / 6).add(0.5), 0, 1);
}

/** The exponential is taken of nothing above 0, where it might overflow and 0 · ∞ be its gradient. */
function elu(x: Tensor): Tensor {
  return where(less(0, x), x, expm1(minimum(0, x)));
}
