// The simple recurrent network (Elman 1990). Written from its equations, apart from core.
import type { Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";

export interface RnnWeights {
  readonly wx: Bounded;
  readonly wh: Bounded;
  readonly b: Bounded;
}

/** h' = φ(x·Wx + h·Wh + b), φ = tanh or relu. */
export function rnn({ activation = "tanh" }: { readonly activation?: "tanh" | "relu" } = {}): Cell<RnnWeights, { readonly h: Bounded }> {
  return {
    name: activation === "tanh" ? "rnn" : "rnn relu",
    weights: ({ input, units }) => ({ wx: { shape: [input, units] }, wh: { shape: [units, units] }, b: { shape: [units] } }),
    states: ["h"],
    step({ affine, affineT, outer, times, tanh, relu, tanhSlope, reluSlope }, { wx, wh, b }, x, { h }) {
      const a = affine([b], [x, wx], [h, wh]);
      const y = activation === "tanh" ? tanh(a) : relu(a);
      return {
        state: { h: y },
        backward({ h: dy }) {
          const da = times(dy, activation === "tanh" ? tanhSlope(y) : reluSlope(a));
          return { weights: { wx: outer(x, da), wh: outer(h, da), b: da }, x: affineT([], [da, wx]), state: { h: affineT([], [da, wh]) } };
        },
      };
    },
  };
}
