// A cell that attends at every step: it closes over a memory, and gradients flow there.
import {
  additiveAttention,
  cell,
  concatAttention,
  dot,
  dotAttention,
  expand,
  gradient,
  recurrence,
  scaledDotAttention,
  squeeze,
  tanh,
  type AttentionResult,
  type Tensor,
  type Weight,
} from "@sluice/core";
import type { CellChoice, Structure } from "../arbitraries/cells.ts";
import { cellOf } from "../arbitraries/cells.ts";
import type { Tree } from "../tree.ts";
import { lossOf, running } from "./running.ts";

type Attending = Extract<CellChoice, { cell: "attending" }>;
type Named = Readonly<Record<string, Tensor>>;

/** Outputs, last, final states and the gradients of all weights, the input, all states and the memory. */
export const decoded = running(({ choice, timeMajor }: Structure) => ({ weights, x, state, lengths, mask, extras, upstream }) => {
  if (choice.kind !== "recurrence" || choice.cell.cell !== "attending") throw new Error("only an attending cell decodes");
  const { memory, open } = extras as { readonly memory: Tensor; readonly open: Tensor };
  const layer = recurrence(attending(choice.cell, memory, open), {
    reverse: choice.reverse,
    initialState: choice.learnt ? "learnt" : "zeros",
  });
  const run = layer.run(weights as never, x, { state: state as never, lengths, mask, timeMajor });
  const wanted = { weights, x, ...(state && { state }), extras: { memory } };
  return { ...run, gradients: gradient(lossOf(run, upstream), wanted as never) } as Tree<Tensor>;
});

/** h' = tanh(x·wx + context·wc + h·wh + b), where h asks the memory. */
function attending(choice: Attending, memory: Tensor, open: Tensor) {
  return cell({
    name: "attending",
    weights: (sizes) =>
      Object.fromEntries(
        Object.entries(cellOf(choice).weights(sizes)).map(([name, { shape }]): [string, Weight] => [
          name,
          { axes: Object.fromEntries(shape.map((size, axis) => [`axis ${axis}`, size])), init: "zeros" },
        ]),
      ),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step(weights, x, { h }) {
      const { wx, wc, wh, b, ...rest } = weights as { readonly [K in "wx" | "wc" | "wh" | "b"]: Tensor } & Named;
      const own = Object.fromEntries(Object.entries(rest).map(([name, w]) => [name.replace("score.", ""), w]));
      const { output } = asked(choice, own, expand(h, 1), memory, expand(open, 1));
      const next = tanh(
        dot(x, wx)
          .add(dot(squeeze(output, 1), wc))
          .add(dot(h, wh))
          .add(b),
      );
      return { output: next, state: { h: next } };
    },
  });
}

function asked({ score }: Attending, weights: Named, q: Tensor, memory: Tensor, mask: Tensor): AttentionResult {
  switch (score.score) {
    case "dot":
      return dotAttention(q, memory, memory, { mask });
    case "scaledDot":
      return scaledDotAttention(q, memory, memory, { mask, ...(score.scale !== undefined && { scale: score.scale }) });
    case "additive":
      return additiveAttention(weights as never, q, memory, memory, { mask });
    case "concat":
      return concatAttention(weights as never, q, memory, memory, { mask });
  }
}
