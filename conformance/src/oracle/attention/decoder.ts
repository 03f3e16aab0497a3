// A recurrent network that attends to a memory at every step (Bahdanau, Cho & Bengio 2015): its query is its state. Written apart from core.
import type { Bounded } from "../bounded.ts";
import { activated } from "../activations.ts";
import type { Cell, Named } from "../cell.ts";
import { entry, stacked, zeros, put } from "../bounded.ts";
import { answer } from "./query.ts";
import type { Score } from "./scores.ts";

export interface DecoderOptions {
  readonly score: Score;
  /** Keys of the memory, and the features of each. */
  readonly keys: number;
  readonly memory: number;
}

/**
 * h' = tanh(x·Wx + context·Wc + h·Wh + b), where h asks the memory, which is both keys and values.
 * The score's weights are called "score." and their names. The memory is an extra per sequence, [keys, memory], with a gradient; so is `open`, [keys], which hides keys where it is 0.
 */
export function attendingRnn({ score, keys, memory }: DecoderOptions): Cell<Named, { readonly h: Bounded }> {
  return {
    name: `rnn attending by ${score.name}`,
    weights: ({ input, units }) => ({
      wx: { shape: [input, units] },
      wc: { shape: [memory, units] },
      wh: { shape: [units, units] },
      b: { shape: [units] },
      ...Object.fromEntries(Object.entries(score.weights({ query: units, key: memory })).map(([name, w]) => [`score.${name}`, w])),
    }),
    states: (units) => ({ h: units }),
    extras: () => ({ memory: { shape: [keys, memory], per: "sequence" }, open: { shape: [keys], per: "sequence" } }),
    step(arithmetic, weights, x, { h }, extras) {
      const { affine, affineT, outer, plus } = arithmetic;
      const { wx, wc, wh, b, ...rest } = weights as { readonly [K in "wx" | "wc" | "wh" | "b"]: Bounded } & Named;
      const own = Object.fromEntries(Object.entries(rest).map(([name, w]) => [name.replace("score.", ""), w]));
      const all = extras!["memory"]!;
      const seen = Array.from({ length: keys }, (_, j) => j).filter((j) => extras!["open"]!.value[j] !== 0);
      const k = stacked(
        [memory],
        seen.map((j) => entry(all, [memory], j)),
      );
      const asked = seen.length > 0 ? answer(arithmetic, { score, weights: own, q: h, k, v: k }) : undefined;
      const context = asked?.context ?? zeros([memory]);
      const y = activated("tanh", arithmetic, affine([b], [x, wx], [context, wc], [h, wh]));
      return {
        state: { h: y.value },
        backward({ h: dh }) {
          const da = y.backward(dh);
          const dContext = affineT([], [da, wc]);
          const through = asked?.backward(dContext, zeros([seen.length]));
          const dMemory = zeros([keys, memory]);
          const both = through && plus(through.k, through.v);
          seen.forEach((j, i) => put(dMemory, j, entry(both!, [memory], i)));
          const shares = Object.entries(own).map(([name, w]): [string, Bounded] => [
            `score.${name}`,
            plus(zeros(w.shape), ...(through?.weights ?? []).map((share) => share[name]!)),
          ]);
          return {
            weights: { wx: outer(x, da), wc: outer(context, da), wh: outer(h, da), b: da, ...Object.fromEntries(shares) },
            x: affineT([], [da, wx]),
            state: { h: affineT(through ? [through.q] : [], [da, wh]) },
            extras: { memory: dMemory },
          };
        },
      };
    },
  };
}
