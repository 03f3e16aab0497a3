// The functions between a cell's sums and its gates, by name. Written apart from core.
import type { Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";

export type Activation = "tanh" | "sigmoid" | "relu" | "hardSigmoid" | "softsign" | "linear";

export interface Activated {
  readonly value: Bounded;
  /** The gradient of the argument from that of the value: the product of `d`, over the slope. */
  backward(...d: readonly [Bounded, ...Bounded[]]): Bounded;
}

export function activated(name: Activation, arithmetic: Arithmetic, a: Bounded): Activated {
  const { times, tanh, sigmoid, relu, hardSigmoid, softsign } = arithmetic;
  const { tanhSlope, sigmoidSlope, reluSlope, hardSigmoidSlope, softsignSlope } = arithmetic;
  switch (name) {
    case "tanh": {
      const y = tanh(a);
      return { value: y, backward: (...d) => times(...d, tanhSlope(y)) };
    }
    case "sigmoid": {
      const y = sigmoid(a);
      return { value: y, backward: (...d) => times(...d, sigmoidSlope(y)) };
    }
    case "relu":
      return { value: relu(a), backward: (...d) => times(...d, reluSlope(a)) };
    case "hardSigmoid":
      return { value: hardSigmoid(a), backward: (...d) => times(...d, hardSigmoidSlope(a)) };
    case "softsign":
      return { value: softsign(a), backward: (...d) => times(...d, softsignSlope(a)) };
    case "linear":
      return { value: a, backward: (...d) => times(...d) };
  }
}
