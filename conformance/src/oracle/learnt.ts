// A recurrence whose first state is learnt: weights `initial`, one vector per state, the same for every row. It knows no cells.
import { exact } from "./arithmetic.ts";
import { put, row, zeros, type Bounded } from "./bounded.ts";
import type { Named } from "./cell.ts";
import type { Recurrence } from "./sequence.ts";
import { mapTree, type Shaped, type Tree } from "../tree.ts";

/** Weights are those of `recurrence` and `initial`, each state [size]. Where a run is given its states, `initial` has no part in it. */
export function learnt<W extends object, S extends object>(recurrence: Recurrence<W, S>): Recurrence<W & { readonly initial: Named }, S> {
  const single = (units: number) =>
    mapTree(recurrence.state({ batch: 1, units }), ({ shape }): Shaped => ({ shape: shape.slice(1) })) as Readonly<Record<string, Shaped>>;
  return {
    ...recurrence,
    name: `${recurrence.name} from a learnt state`,
    weights: (sizes) => ({ ...(recurrence.weights(sizes) as object), initial: single(sizes.units) }) as Tree<Shaped>,
    run({ weights: { initial, ...rest }, state, ...job }) {
      const weights = rest as unknown as W; // the weights but for `initial`
      const batch = job.x.shape[0]!;
      const run = recurrence.run({ ...job, weights, state: state ?? (repeated(initial, batch) as S) });
      return {
        ...run,
        backward(upstream) {
          const gradients = run.backward(upstream);
          const share = state
            ? mapTree<Bounded, Bounded>(initial, ({ shape }) => zeros(shape))
            : mapTree<Bounded, Bounded>(gradients.state as Tree<Bounded>, (leaf) => columnSums(job.arithmetic ?? exact, leaf));
          return { ...gradients, weights: { ...gradients.weights, initial: share as Named } };
        },
      };
    },
  };

  function repeated(initial: Named, batch: number): Tree<Bounded> {
    return mapTree<Bounded, Bounded>(initial, (leaf) => {
      const all = zeros([batch, ...leaf.shape]);
      for (let b = 0; b < batch; b++) put(all, b, leaf);
      return all;
    });
  }
}

function columnSums({ plus }: { plus(...terms: readonly [Bounded, ...Bounded[]]): Bounded }, x: Bounded): Bounded {
  const rows = Array.from({ length: x.shape[0]! }, (_, b) => row(x, b));
  return plus(zeros(x.shape.slice(1)), ...rows);
}
