// The Programs that cells.md shows, as they really come out: outputs of batch 2, 5 steps, 3 features and 4 units, time-major, with every mask.
import {
  gru,
  isWeight,
  leavesOf,
  lowerGraph,
  lstm,
  mapTree,
  mgu,
  recurrence,
  rnn,
  trace,
  variationalDropout,
  zoneout,
  type Cell,
  type Extras,
  type InitialState,
  type Recurrence,
  type Tensor,
  type Weight,
} from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";

const { supports } = await open();
const [batch, steps, input, units] = [2, 5, 3, 4] as const;

/** By the name under which cells.md shows them. */
export const cellPrograms: Readonly<Record<string, string>> = {
  rnn: programOf(rnn()),
  "lstm peepholes": programOf(lstm({ peepholes: true })),
  "lstm coupled": programOf(lstm({ coupled: true })),
  "lstm projection": programOf(lstm({ projection: 2 })),
  "lstm cellClip": programOf(lstm({ cellClip: 3 })),
  "lstm layerNorm": programOf(lstm({ layerNorm: true })),
  "gru after": programOf(gru()),
  "gru before": programOf(gru({ reset: "before" })),
  "gru none": programOf(gru({ reset: "none" })),
  mgu: programOf(mgu()),
  zoneout: programOf(zoneout(rnn(), { rates: 0.1 })),
  variationalDropout: programOf(variationalDropout(rnn())),
  learnt: programOf(rnn(), "learnt"),
};

function programOf(cell: Cell, initialState: InitialState = "zeros"): string {
  const over = recurrence(cell, { initialState }) as Recurrence<unknown, unknown, Readonly<Record<string, Tensor>>>;
  const weights = over.weights({ input, units }),
    masks = Object.entries(over.extras({ input, units }) as Extras);
  const f32 = (...shape: readonly number[]) => ({ shape, dtype: "f32" as const });
  const args = {
    x: f32(steps, batch, input),
    ...Object.fromEntries(leavesOf(weights, isWeight).map(([path, weight]) => [path, f32(...Object.values((weight as Weight).axes))])),
    ...Object.fromEntries(
      masks.map(([name, { axes, per }]) => [name, f32(...(per === "step" ? [steps] : []), batch, ...Object.values(axes))]),
    ),
  };
  const fn = (given: Readonly<Record<string, Tensor>> & { readonly x: Tensor }) => {
    const own = mapTree(weights, isWeight, (_, path) => given[path]),
      extras = Object.fromEntries(masks.map(([name]) => [name, given[name]!]));
    return { h: over.run(own as never, given.x, { extras, timeMajor: true }).outputs };
  };
  return print(lowerGraph(trace(cell.name, fn as (...args: never[]) => unknown, [args]).graph, supports));
}
