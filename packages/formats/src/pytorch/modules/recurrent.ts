// nn.LSTM, nn.GRU, nn.RNN and their cells, one layer and direction at a time.
//
// Rows of PyTorch's matrices are columns of ours: LSTM's gates i f g o stand as ours do, GRU's r z n as z r n (cuDNN's order, and the reset gate after the
// product). Its two biases are one of ours where they are only added up; the candidate of a GRU keeps its recurrent one, `bh`.
import type { HostArray, Shape } from "@sluice/core";
import { added, blocksOf, reversedAxes, stacked, zeros } from "../arrays.ts";
import { one, reversed, type Named, type Part } from "../part.ts";

export type RecurrentKind = "lstm" | "gru" | "rnn";
export const gates: Readonly<Record<RecurrentKind, number>> = { lstm: 4, gru: 3, rnn: 1 };

/** `weights` by their keys in core; names of tensors end with `suffix`: "_l0", "_l1_reverse", "" of a cell. */
export function recurrentParts(kind: RecurrentKind, weights: Named<Shape>, suffix: string): readonly Part[] {
  const { wx = [], wh = [], wr, b, bh } = weights;
  const matrix = kind === "gru" ? swapped : reversed;
  return [
    matrix(`weight_ih${suffix}`, "wx", wx),
    matrix(`weight_hh${suffix}`, "wh", wh),
    ...(wr === undefined ? [] : [reversed(`weight_hr${suffix}`, "wr", wr)]),
    ...(b === undefined ? [] : [bh === undefined ? addedBiases(b, suffix) : gruBiases(b, bh, suffix)]),
  ];
}

/** What a module of these tensors is in core; a size is 0 where its tensor is missing. */
export function recurrentShapes(
  kind: RecurrentKind,
  shapeOf: (name: string) => Shape | undefined,
  suffix: string,
  useBias: boolean,
): Named<Shape> {
  const [, input = 0] = shapeOf(`weight_ih${suffix}`) ?? [],
    [, recurrent = 0] = shapeOf(`weight_hh${suffix}`) ?? [],
    projection = kind === "lstm" ? shapeOf(`weight_hr${suffix}`) : undefined;
  const units = projection?.[1] ?? recurrent,
    columns = gates[kind] * units;
  return {
    wx: [input, columns],
    wh: [recurrent, columns],
    ...(projection !== undefined && { wr: [units, recurrent] }),
    ...(useBias && { b: [columns] }),
    ...(useBias && kind === "gru" && { bh: [units] }),
  };
}

const swap = [1, 0, 2];

/** r z n ↔ z r n: its own inverse. */
function swapped(tensor: string, weight: string, shape: Shape): Part {
  return one(
    tensor,
    shape.toReversed(),
    weight,
    shape,
    (array) => reversedAxes(blocksOf(array, 3, swap)),
    (array) => blocksOf(reversedAxes(array), 3, swap),
  );
}

/** b = b_ih + b_hh; back, the second is zero. */
function addedBiases(b: Shape, suffix: string): Part {
  const [ih, hh] = [`bias_ih${suffix}`, `bias_hh${suffix}`];
  return {
    tensors: { [ih]: b, [hh]: b },
    weights: { b },
    take: (tensors) => ({ b: added(tensors[ih]!, tensors[hh]!) }), // as declared
    give: (weights) => ({ [ih]: blocksOf(weights["b"]!, 1, [0]), [hh]: zeros(weights["b"]!.dtype, b) }), // likewise
  };
}

/** b of z and r is b_ih + b_hh, that of n b_ih, and `bh` is b_hh of n; back, b_hh of r and z is zero. */
function gruBiases(b: Shape, bh: Shape, suffix: string): Part {
  const [ih, hh] = [`bias_ih${suffix}`, `bias_hh${suffix}`];
  const third = (array: HostArray, k: number): HostArray => blocksOf(array, 3, [k]);
  return {
    tensors: { [ih]: b, [hh]: b },
    weights: { b, bh },
    take(tensors) {
      const [x, h] = [tensors[ih]!, tensors[hh]!]; // as declared
      return { b: stacked([added(third(x, 1), third(h, 1)), added(third(x, 0), third(h, 0)), third(x, 2)]), bh: third(h, 2) };
    },
    give(weights) {
      const [x, h] = [weights["b"]!, weights["bh"]!]; // likewise
      const none = zeros(h.dtype, bh);
      return { [ih]: blocksOf(x, 3, swap), [hh]: stacked([none, none, h]) };
    },
  };
}
