// The GRU (Cho et al. 2014) with the reset gate before or after the recurrent product. Written from its equations, apart from core.
import type { Arithmetic } from "./arithmetic.ts";
import { blocks, join, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import type { RnnWeights } from "./rnn.ts";

export interface GruWeights extends RnnWeights {
  /** The candidate's recurrent bias: where reset comes after the product. */
  readonly bh?: Bounded;
}
export interface GruOptions {
  readonly reset?: "before" | "after";
  readonly update?: "keeps" | "replaces";
}

/**
 * Gate columns of wx [input, 3·units], wh [units, 3·units] and b [3·units] are ordered z r n; bh is [units].
 * keeps (Cho et al. 2014): h' = z∘h + (1 − z)∘n. replaces (Chung et al. 2014): h' = (1 − z)∘h + z∘n.
 */
export function gru({ reset = "after", update = "keeps" }: GruOptions = {}): Cell<GruWeights, { readonly h: Bounded }> {
  const candidate = reset === "after" ? after : before;
  return {
    name: `gru reset ${reset}, update ${update}`,
    weights: ({ input, units }) => ({
      wx: { shape: [input, 3 * units] },
      wh: { shape: [units, 3 * units] },
      b: { shape: [3 * units] },
      ...(reset === "after" && { bh: { shape: [units] } }),
    }),
    states: ["h"],
    step(arithmetic, { wx, wh, b, bh }, x, { h }) {
      const { affine, affineT, outer, plus, minus, times, complement, sigmoid, sigmoidSlope, tanhSlope } = arithmetic;
      const [wz, wr, wn] = blocks(wx, 3);
      const [uz, ur, un] = blocks(wh, 3);
      const [bz, br, bn] = blocks(b, 3);
      const z = sigmoid(affine([bz], [x, wz], [h, uz]));
      const r = sigmoid(affine([br], [x, wr], [h, ur]));
      const { n, backward } = candidate(arithmetic, { wn, un, bn, ...(bh && { bh }) }, x, h, r);
      const [old, fresh] = update === "keeps" ? [z, complement(z)] : [complement(z), z];
      return {
        state: { h: plus(times(old, h), times(fresh, n)) },
        backward({ h: d }) {
          const dz = times(d, update === "keeps" ? minus(h, n) : minus(n, h), sigmoidSlope(z));
          const dn = times(d, fresh, tanhSlope(n));
          const through = backward(dn);
          const dr = times(through.r, sigmoidSlope(r));
          return {
            weights: {
              wx: join(outer(x, dz), outer(x, dr), outer(x, dn)),
              wh: join(outer(h, dz), outer(h, dr), through.un),
              b: join(dz, dr, dn),
              ...(through.bh && { bh: through.bh }),
            },
            x: affineT([], [dz, wz], [dr, wr], [dn, wn]),
            state: { h: affineT([times(d, old), through.h], [dz, uz], [dr, ur]) },
          };
        },
      };
    },
  };
}

interface CandidateWeights {
  readonly wn: Bounded;
  readonly un: Bounded;
  readonly bn: Bounded;
  readonly bh?: Bounded;
}

/** The candidate n, and from the gradient of what its tanh sees those of r, h, Un and bh. */
interface Candidate {
  readonly n: Bounded;
  backward(dn: Bounded): { readonly r: Bounded; readonly h: Bounded; readonly un: Bounded; readonly bh?: Bounded };
}

/** n = tanh(x·Wn + bn + r∘a), a = h·Un + bh */
function after(
  { affine, affineT, outer, times, tanh }: Arithmetic,
  { wn, un, bn, bh }: CandidateWeights,
  x: Bounded,
  h: Bounded,
  r: Bounded,
): Candidate {
  const a = affine([bh!], [h, un]);
  return {
    n: tanh(affine([bn, times(r, a)], [x, wn])),
    backward(dn) {
      const da = times(dn, r);
      return { r: times(dn, a), h: affineT([], [da, un]), un: outer(h, da), bh: da };
    },
  };
}

/** n = tanh(x·Wn + s·Un + bn), s = r∘h */
function before(
  { affine, affineT, outer, times, tanh }: Arithmetic,
  { wn, un, bn }: CandidateWeights,
  x: Bounded,
  h: Bounded,
  r: Bounded,
): Candidate {
  const s = times(r, h);
  return {
    n: tanh(affine([bn], [x, wn], [s, un])),
    backward(dn) {
      const ds = affineT([], [dn, un]);
      return { r: times(ds, h), h: times(ds, r), un: outer(s, dn) };
    },
  };
}
