// The three ways of the GRU's reset gate: from the old state to the update gate z and the candidate n.
import { layerNormalization } from "../normalisation/layerNormalization.ts";
import { split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { biased } from "./biased.ts";
import { gate } from "./watch.ts";

/** By their keys in `gru`; those that not every variant has are there where it has them. */
export interface GruTensors {
  readonly wx: Tensor;
  readonly wh: Tensor;
  readonly b?: Tensor | undefined;
  readonly bh?: Tensor | undefined;
  readonly gx?: Tensor | undefined;
  readonly gh?: Tensor | undefined;
}

export interface Squash {
  readonly sigma: (x: Tensor) => Tensor;
  readonly phi: (x: Tensor) => Tensor;
}

type Candidate = (weights: GruTensors, x: Tensor, h: Tensor, squash: Squash) => { readonly z: Tensor; readonly n: Tensor };

export const resets = {
  // z, r = σ(x·Wzr + h·Uzr + bzr), n = φ(x·Wn + r∘(h·Un + bh) + bn)
  after({ wx, wh, b, bh, gx, gh }, x, h, { sigma, phi }) {
    const [ax, nx] = terms(x.dot(wx), gx, h),
      [ah, nh] = terms(h.dot(wh), gh, h),
      [bzr, bn] = biases(b, h);
    const { z, r } = gates(sigma(biased(ax.add(ah), bzr)));
    return { z, n: phi(biased(nx.add(r.mul(biased(nh, bh))), bn)) };
  },
  // z, r = σ(x·Wzr + h·Uzr + bzr), n = φ(x·Wn + (r∘h)·Un + bn)
  before({ wx, wh, b, gx, gh }, x, h, { sigma, phi }) {
    const [ax, nx] = terms(x.dot(wx), gx, h),
      [uzr, un] = parts(wh, h),
      [gzr, gn] = gh === undefined ? [] : parts(gh, h),
      [bzr, bn] = biases(b, h);
    const { z, r } = gates(sigma(biased(ax.add(normal(h.dot(uzr), gzr)), bzr)));
    return { z, n: phi(biased(nx.add(normal(r.mul(h).dot(un), gn)), bn)) };
  },
  // z = σ(x·Wz + h·Uz + bz), n = φ(x·Wn + h·Un + bn); the plain sum stays whole, so that one product accumulates onto the other
  none({ wx, wh, b, gx, gh }, x, h, { sigma, phi }) {
    const [a, n] = gx === undefined ? parts(x.dot(wx).add(h.dot(wh)), h) : sums(terms(x.dot(wx), gx, h), terms(h.dot(wh), gh, h));
    const [bz, bn] = biases(b, h);
    return { z: gate("update", sigma(biased(a, bz))), n: phi(biased(n, bn)) };
  },
} as const satisfies Readonly<Record<string, Candidate>>;

function gates(both: Tensor): { readonly z: Tensor; readonly r: Tensor } {
  const [z, r] = split(both, 2) as [Tensor, Tensor];
  return { z: gate("update", z), r: gate("reset", r) };
}

/** Of the gates and of the candidate. */
type Pair = [gates: Tensor, candidate: Tensor];

/** The last columns, as many as h has, are the candidate's, those before them the gates'. */
function parts(x: Tensor, h: Tensor): Pair {
  const units = h.shape.at(-1)!;
  return split(x, [x.shape.at(-1)! - units, units]) as Pair;
}

function biases(b: Tensor | undefined, h: Tensor): Pair | [] {
  return b === undefined ? [] : parts(b, h);
}

/** The parts of a product; with gains each is normalised by itself. */
function terms(product: Tensor, gains: Tensor | undefined, h: Tensor): Pair {
  const [a, n] = parts(product, h),
    [ga, gn] = gains === undefined ? [] : parts(gains, h);
  return [normal(a, ga), normal(n, gn)];
}

function sums([a, n]: Pair, [c, m]: Pair): Pair {
  return [a.add(c), n.add(m)];
}

function normal(product: Tensor, gain: Tensor | undefined): Tensor {
  return gain === undefined ? product : layerNormalization(product, { gain });
}
