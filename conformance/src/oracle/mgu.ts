// The minimal gated unit (Zhou et al. 2016): one gate that resets and updates. Written from its equations, apart from core.
import { beside, blocks, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import type { BiasOption, RnnWeights } from "./rnn.ts";

/** Columns of wx [input, 2·units], wh [units, 2·units] and b [2·units] are ordered f n: h' = (1 − f)∘h + f∘n. */
export function mgu({ useBias = true }: BiasOption = {}): Cell<RnnWeights, { readonly h: Bounded }> {
  return {
    name: useBias ? "mgu" : "mgu no bias",
    weights: ({ input, units }) => ({
      wx: { shape: [input, 2 * units] },
      wh: { shape: [units, 2 * units] },
      ...(useBias && { b: { shape: [2 * units] } }),
    }),
    states: (units) => ({ h: units }),
    step({ affine, affineT, outer, plus, minus, times, complement, sigmoid, tanh, sigmoidSlope, tanhSlope }, { wx, wh, b }, x, { h }) {
      const [wf, wn] = blocks(wx, 2);
      const [uf, un] = blocks(wh, 2);
      const [bf, bn] = b ? blocks(b, 2) : [];
      const f = sigmoid(affine(bf ? [bf] : [], [x, wf], [h, uf]));
      const s = times(f, h);
      const n = tanh(affine(bn ? [bn] : [], [x, wn], [s, un]));
      return {
        state: { h: plus(times(complement(f), h), times(f, n)) },
        backward({ h: d }) {
          const dn = times(d, f, tanhSlope(n));
          const ds = affineT([], [dn, un]);
          const df = times(plus(minus(times(d, n), times(d, h)), times(ds, h)), sigmoidSlope(f)); // f updates, and resets through s
          return {
            weights: { wx: beside(outer(x, df), outer(x, dn)), wh: beside(outer(h, df), outer(s, dn)), ...(b && { b: beside(df, dn) }) },
            x: affineT([], [df, wf], [dn, wn]),
            state: { h: affineT([times(d, complement(f)), times(ds, f)], [df, uf]) },
          };
        },
      };
    },
  };
}
