// The simple recurrent network (Elman 1990). Written from its equations, apart from core.
import { activated, type Activation } from "./activations.ts";
import type { Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";

export interface RnnWeights {
  readonly wx: Bounded;
  readonly wh: Bounded;
  readonly b: Bounded;
}

/** h' = φ(x·Wx + h·Wh + b), φ = tanh unless given. */
export function rnn({ activation = "tanh" }: { readonly activation?: Activation } = {}): Cell<RnnWeights, { readonly h: Bounded }> {
  return {
    name: activation === "tanh" ? "rnn" : `rnn ${activation}`,
    weights: ({ input, units }) => ({ wx: { shape: [input, units] }, wh: { shape: [units, units] }, b: { shape: [units] } }),
    states: (units) => ({ h: units }),
    step(arithmetic, { wx, wh, b }, x, { h }) {
      const { affine, affineT, outer } = arithmetic;
      const y = activated(activation, arithmetic, affine([b], [x, wx], [h, wh]));
      return {
        state: { h: y.value },
        backward({ h: dh }) {
          const da = y.backward(dh);
          return { weights: { wx: outer(x, da), wh: outer(h, da), b: da }, x: affineT([], [da, wx]), state: { h: affineT([], [da, wh]) } };
        },
      };
    },
  };
}
