// The LSTM (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000; no peepholes). Written from its equations, apart from core.
import { blocks, join, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import type { RnnWeights } from "./rnn.ts";

interface State {
  readonly h: Bounded;
  readonly c: Bounded;
}

/** Gate columns of wx [input, 4·units], wh [units, 4·units] and b [4·units] are ordered i f g o. */
export function lstm(): Cell<RnnWeights, State> {
  return {
    name: "lstm",
    weights: ({ input, units }) => ({ wx: { shape: [input, 4 * units] }, wh: { shape: [units, 4 * units] }, b: { shape: [4 * units] } }),
    states: ["h", "c"],
    step({ affine, affineT, outer, plus, times, sigmoid, tanh, sigmoidSlope, tanhSlope }, { wx, wh, b }, x, { h, c }) {
      const [wi, wf, wg, wo] = blocks(wx, 4);
      const [ui, uf, ug, uo] = blocks(wh, 4);
      const [bi, bf, bg, bo] = blocks(b, 4);
      const i = sigmoid(affine([bi], [x, wi], [h, ui]));
      const f = sigmoid(affine([bf], [x, wf], [h, uf]));
      const g = tanh(affine([bg], [x, wg], [h, ug]));
      const o = sigmoid(affine([bo], [x, wo], [h, uo]));
      const cNext = plus(times(f, c), times(i, g)); // c' = f∘c + i∘g
      const y = tanh(cNext);
      return {
        state: { h: times(o, y), c: cNext }, // h' = o∘tanh(c')
        backward({ h: dh, c: dcNext }) {
          const dc = plus(dcNext, times(dh, o, tanhSlope(y))); // c' reaches the loss by itself and through h'
          const di = times(dc, g, sigmoidSlope(i));
          const df = times(dc, c, sigmoidSlope(f));
          const dg = times(dc, i, tanhSlope(g));
          const dO = times(dh, y, sigmoidSlope(o));
          return {
            weights: {
              wx: join(outer(x, di), outer(x, df), outer(x, dg), outer(x, dO)),
              wh: join(outer(h, di), outer(h, df), outer(h, dg), outer(h, dO)),
              b: join(di, df, dg, dO),
            },
            x: affineT([], [di, wi], [df, wf], [dg, wg], [dO, wo]),
            state: { h: affineT([], [di, ui], [df, uf], [dg, ug], [dO, uo]), c: times(dc, f) },
          };
        },
      };
    },
  };
}
