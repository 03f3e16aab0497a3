// Recurrences one upon the other: the outputs of each are the inputs of the next (Graves 2013).
import type { Tree } from "../tree.ts";
import type { Bounded } from "./bounded.ts";
import type { Sizes } from "./cell.ts";
import type { Recurrence, Run } from "./sequence.ts";

/** Weights and states are lists, one entry per layer from the bottom; outputs and last are those of the top. */
export function stacked<W, S>(layers: readonly Recurrence<W, S>[]): Recurrence<readonly W[], readonly S[]> {
  const top = layers.length - 1;
  const sized = ({ input, units }: Sizes) => layers.map((_, i) => ({ input: i === 0 ? input : layers[i - 1]!.outputSize(units), units }));
  return {
    name: `stack of ${layers.map(({ name }) => name).join(", ")}`,
    weights: (sizes) => sized(sizes).map((size, i) => layers[i]!.weights(size)),
    state: (sizes) => layers.map((layer) => layer.state(sizes)),
    outputSize: (units) => layers[top]!.outputSize(units),
    extras: (sizes) => sized(sizes).map((size, i) => layers[i]!.extras?.(size) ?? {}),
    run({ weights, x, state, extras, ...job }) {
      const runs: Run<W, S>[] = [];
      for (const [i, layer] of layers.entries())
        runs.push(
          layer.run({
            ...job,
            weights: weights[i]!,
            state: state?.[i],
            extras: (extras as readonly Tree<Bounded>[] | undefined)?.[i],
            x: runs.at(-1)?.outputs ?? x,
          }),
        );
      return {
        outputs: runs[top]!.outputs,
        last: runs[top]!.last,
        state: runs.map((run) => run.state),
        backward({ outputs, last, state: dState }) {
          const d: ReturnType<Run<W, S>["backward"]>[] = [];
          for (let i = top; i >= 0; i--) {
            const upstream = i === top ? { ...(outputs && { outputs }), ...(last && { last }) } : { outputs: d[0]!.x };
            d.unshift(runs[i]!.backward({ ...upstream, ...(dState && { state: dState[i]! }) }));
          }
          return { weights: d.map((layer) => layer.weights), x: d[0]!.x, state: d.map((layer) => layer.state) };
        },
      };
    },
  };
}
