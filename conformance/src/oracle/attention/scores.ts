// How well a query and keys go together, and back: the four usual scores. Written from their equations, apart from core.
import type { Shaped } from "../../tree.ts";
import type { Arithmetic } from "../arithmetic.ts";
import { beside, entry, full, repeated, row, stacked, type Bounded } from "../bounded.ts";
import type { Named } from "../cell.ts";

export interface Score {
  readonly name: string;
  /** Shapes of the weights for queries [query] and keys [key]. */
  weights(sizes: { readonly query: number; readonly key: number }): Readonly<Record<string, Shaped>>;
  /** q [query], k [n, key] → a score for each key. */
  of(arithmetic: Arithmetic, weights: Named, q: Bounded, k: Bounded): Scored;
}

export interface Scored {
  /** [n] */
  readonly value: Bounded;
  /** From the gradient of the scores those of q and k, and what the gradients of the weights are sums of. */
  backward(d: Bounded): { readonly q: Bounded; readonly k: Bounded; readonly weights: readonly Named[] };
}

/** q·k (Luong, Pham & Manning 2015), times `scale` (Vaswani et al. 2017: 1/√size), or a weight. */
export function dot(scale?: number | "root" | "learnt"): Score {
  return {
    name: scale === undefined ? "dot" : `dot × ${scale}`,
    weights: () => (scale === "learnt" ? { scale: { shape: [1] } } : {}),
    of({ affine, affineT, outer, times, literal }, { scale: learnt }, q, k) {
      const factor = (n: number) => literal(full([n], typeof scale === "number" ? scale : 1 / Math.sqrt(q.value.length)));
      const by = (n: number) => (learnt ? repeated(learnt, n) : factor(n));
      const scaled = (v: Bounded) => (scale === undefined ? v : times(v, by(v.value.length)));
      return {
        value: affineT([], [scaled(q), k]),
        backward(d) {
          const ds = scaled(d);
          const share = learnt && affine([], [d, { ...affineT([], [q, k]), shape: [d.value.length, 1] }]); // Σ d·(q·k)
          return { q: affine([], [ds, k]), k: outer(ds, q), weights: share ? [{ scale: share }] : [] };
        },
      };
    },
  };
}

/** v·tanh(q·Wq + k·Wk + b) (Bahdanau, Cho & Bengio 2015). */
export function additive(units: number): Score {
  return {
    name: `additive ${units}`,
    weights: ({ query, key }) => ({
      wq: { shape: [query, units] },
      wk: { shape: [key, units] },
      b: { shape: [units] },
      v: { shape: [units] },
    }),
    of({ affine, affineT, outer, times, tanh, tanhSlope }, weights, q, k) {
      const { wq, wk, b, v } = weights as { readonly [K in "wq" | "wk" | "b" | "v"]: Bounded };
      const keys = rows(k);
      const t = stacked(
        [units],
        keys.map((key) => tanh(affine([b], [q, wq], [key, wk]))),
      );
      return {
        value: affineT([], [v, t]),
        backward(d) {
          const da = rows(times(outer(d, v), tanhSlope(t)));
          const dv = rows(times(outer(d, full([units], 1)), t));
          return {
            q: affineT([], ...da.map((a) => [a, wq] as const)),
            k: stacked(
              k.shape.slice(1),
              da.map((a) => affineT([], [a, wk])),
            ),
            weights: da.map((a, j) => ({ wq: outer(q, a), wk: outer(keys[j]!, a), b: a, v: dv[j]! })),
          };
        },
      };
    },
  };
}

/** v·tanh(q + k), or the sum of it: what Keras calls additive. */
export function plainAdditive(isWeighed: boolean): Score {
  return {
    name: isWeighed ? "plain additive" : "plain additive without weights",
    weights: ({ query }) => (isWeighed ? { v: { shape: [query] } } : {}),
    of({ affineT, outer, plus, times, tanh, tanhSlope }, weights, q, k) {
      const ones = full(q.shape, 1);
      const v = weights["v"] ?? ones;
      const t = stacked(
        q.shape,
        rows(k).map((key) => tanh(plus(q, key))),
      );
      return {
        value: affineT([], [v, t]),
        backward(d) {
          const da = times(outer(d, v), tanhSlope(t));
          const [first = ones, ...more] = rows(da);
          const dv = isWeighed ? rows(times(outer(d, ones), t)) : [];
          return { q: plus(first, ...more), k: da, weights: dv.map((share) => ({ v: share })) };
        },
      };
    },
  };
}

/** [q; k]·wₐ + b (Luong, Pham & Manning 2015, location-based in q, without tanh). */
export function concat(): Score {
  return {
    name: "concat",
    weights: ({ query, key }) => ({ wa: { shape: [query + key] }, b: { shape: [1] } }),
    of({ affine, affineT, outer, times }, weights, q, k) {
      const { wa, b } = weights as { readonly [K in "wa" | "b"]: Bounded };
      const [query, key] = [q.value.length, k.shape[1]!];
      const column = (v: Bounded): Bounded => ({ ...v, shape: [v.value.length, 1] });
      const wq = part(wa, 0, query);
      const wk = part(wa, query, key);
      const keys = rows(k);
      const value = stacked(
        [1],
        keys.map((each) => affine([b], [q, column(wq)], [each, column(wk)])),
      );
      return {
        value: { ...value, shape: [keys.length] },
        backward(d) {
          const each = Array.from({ length: keys.length }, (_, j) => entry(d, [1], j));
          const spread = rows(outer(d, full([query + key], 1)));
          return {
            q: affineT([], ...each.map((dj) => [dj, column(wq)] as const)),
            k: outer(d, wk),
            weights: each.map((dj, j) => ({ wa: times(spread[j]!, beside(q, keys[j]!)), b: dj })),
          };
        },
      };
    },
  };
}

function rows(x: Bounded): readonly Bounded[] {
  return Array.from({ length: x.shape[0]! }, (_, j) => row(x, j));
}

function part(x: Bounded, from: number, n: number): Bounded {
  return { shape: [n], value: x.value.subarray(from, from + n), error: x.error.subarray(from, from + n) };
}
