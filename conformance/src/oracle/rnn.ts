// The simple recurrent network (Elman 1990). Written from its equations, apart from core.
import { activated, type Activation } from "./activations.ts";
import type { Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";

export interface RnnWeights {
  readonly wx: Bounded;
  readonly wh: Bounded;
  /** Where there are biases. */
  readonly b?: Bounded;
}

export interface BiasOption {
  /** Default true. */
  readonly useBias?: boolean;
}

export interface RnnOptions extends BiasOption {
  readonly activation?: Activation;
}

/** h' = φ(x·Wx + h·Wh + b), φ = tanh unless given. */
export function rnn({ activation = "tanh", useBias = true }: RnnOptions = {}): Cell<RnnWeights, { readonly h: Bounded }> {
  return {
    name: ["rnn", ...(activation === "tanh" ? [] : [activation]), ...(useBias ? [] : ["no bias"])].join(" "),
    weights: ({ input, units }) => ({
      wx: { shape: [input, units] },
      wh: { shape: [units, units] },
      ...(useBias && { b: { shape: [units] } }),
    }),
    states: (units) => ({ h: units }),
    step(arithmetic, { wx, wh, b }, x, { h }) {
      const { affine, affineT, outer } = arithmetic;
      const y = activated(activation, arithmetic, affine(b ? [b] : [], [x, wx], [h, wh]));
      return {
        state: { h: y.value },
        backward({ h: dh }) {
          const da = y.backward(dh);
          return {
            weights: { wx: outer(x, da), wh: outer(h, da), ...(b && { b: da }) },
            x: affineT([], [da, wx]),
            state: { h: affineT([], [da, wh]) },
          };
        },
      };
    },
  };
}
