// Two cells over one sequence, one from each end, their outputs merged (Schuster & Paliwal 1997).
import { exact, type Arithmetic } from "./arithmetic.ts";
import { blocks, full, join, type Bounded } from "./bounded.ts";
import type { Cell } from "./cell.ts";
import { recurrence, type Recurrence } from "./sequence.ts";
import type { Tree } from "../tree.ts";

export type Merge = "concat" | "sum" | "mean" | "mul";
export interface Both<T> {
  readonly forward: T;
  readonly backward: T;
}

export function bidirectional<W extends object, S extends { readonly h: Bounded }>(
  forward: Cell<W, S>,
  backward: Cell<W, S> = forward,
  { merge = "concat" }: { readonly merge?: Merge } = {},
): Recurrence<Both<W>, Both<S>> {
  const there = recurrence(forward);
  const back = recurrence(backward, { reverse: true });
  return {
    name: `bidirectional ${merge} of ${forward.name} and ${backward.name}`,
    weights: (sizes) => ({ forward: there.weights(sizes), backward: back.weights(sizes) }),
    state: (sizes) => ({ forward: there.state(sizes), backward: back.state(sizes) }),
    outputSize: (units) => (merge === "concat" ? 2 : 1) * there.outputSize(units),
    extras: (sizes) => ({ forward: there.extras!(sizes), backward: back.extras!(sizes) }),
    run({ weights, state, extras, ...job }) {
      const arithmetic = job.arithmetic ?? exact;
      const more = extras as Both<Tree<Bounded>> | undefined;
      const f = there.run({ ...job, weights: weights.forward, state: state?.forward, extras: more?.forward });
      const b = back.run({ ...job, weights: weights.backward, state: state?.backward, extras: more?.backward });
      return {
        outputs: merged(arithmetic, merge, f.outputs, b.outputs),
        last: merged(arithmetic, merge, f.last, b.last),
        state: { forward: f.state, backward: b.state },
        backward(upstream) {
          const part = (side: keyof Both<unknown>) => ({
            ...(upstream.outputs && { outputs: unmerged(arithmetic, merge, upstream.outputs, f.outputs, b.outputs)[side] }),
            ...(upstream.last && { last: unmerged(arithmetic, merge, upstream.last, f.last, b.last)[side] }),
            ...(upstream.state && { state: upstream.state[side] }),
          });
          const df = f.backward(part("forward"));
          const db = b.backward(part("backward"));
          return {
            weights: { forward: df.weights, backward: db.weights },
            x: arithmetic.plus(df.x, db.x),
            state: { forward: df.state, backward: db.state },
          };
        },
      };
    },
  };
}

function merged({ plus, times }: Arithmetic, merge: Merge, f: Bounded, b: Bounded): Bounded {
  if (merge === "concat") return join(f, b);
  if (merge === "mul") return times(f, b);
  return merge === "sum" ? plus(f, b) : times(plus(f, b), full(f.shape, 1 / 2));
}

/** The gradients of both sides from that of what `merged` gave. */
function unmerged({ times }: Arithmetic, merge: Merge, d: Bounded, f: Bounded, b: Bounded): Both<Bounded> {
  if (merge === "mul") return { forward: times(d, b), backward: times(d, f) };
  const [forward, backward] = merge === "concat" ? blocks(d, 2) : [d, d];
  const half = full(forward.shape, 1 / 2);
  return merge === "mean" ? { forward: times(forward, half), backward: times(backward, half) } : { forward, backward };
}
