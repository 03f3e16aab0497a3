// reduce: the lanes run along a folded axis or along a kept one, whichever reads its inputs for less.
import type { ReduceStep } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { type Nest, collapseAxes, nestOf, sortAxes } from "../../../loops/nest.ts";
import { alongCost, innermost, reach } from "../../codegen/axes.ts";
import { folds } from "./fold.ts";
import { foldAcross } from "./foldAcross.ts";
import { foldAlong } from "./foldAlong.ts";
import { idle } from "../../codegen/idle.ts";
import type { Frame, Kernel } from "../../codegen/kernel.ts";
import { map } from "../map.ts";
import { costOf } from "../../codegen/stages.ts";

export function reduce(frame: Frame, step: ReduceStep, scans: number): Kernel {
  const { shape, inputs, output, body } = step;
  const cut = shape.length - step.folded;
  if (output.shape.includes(0)) return idle(frame, scans);
  if (shape.includes(0)) return nothing(frame, step, scans);
  const side = (from: number, to: number, out: readonly number[]): Nest => {
    const views = [...inputs.map((view) => view.strides.slice(from, to)), out].map((strides) => ({ strides }));
    return collapseAxes(sortAxes(nestOf(shape.slice(from, to), views), 0));
  };
  const [kept, folded] = [side(0, cut, output.strides), side(cut, shape.length, new Array<number>(step.folded).fill(0))];
  const work = costOf(body, [body.length - 1]);
  const cost = (steps: readonly number[]): number => steps.slice(0, -1).reduce((sum, stride) => sum + reach(stride), 2 + work);
  const cheapest = ({ sizes, strides }: Nest): number =>
    Math.min(...sizes.map((size, axis) => alongCost(size, cost(strides.map((along) => along[axis]!)))));
  // Folding the four lanes of a total takes some 16 instructions.
  const alongFolded = cheapest(folded) + 16 / sizeOf(folded.sizes);
  const isAlong = alongFolded <= cheapest(kept);
  const folding = {
    ...{ step, views: [...inputs, output], cost },
    kept: isAlong ? kept : innermost(kept, work),
    folded: isAlong ? innermost(folded, work) : folded,
  };
  return isAlong ? foldAlong(frame, folding, scans) : foldAcross(frame, folding, scans);
}

/** Of no values at all: the identity, or what is there already. */
function nothing(frame: Frame, { output, combine, accumulate }: ReduceStep, scans: number): Kernel {
  if (accumulate) return idle(frame, scans);
  const body = [{ op: "const", value: folds[combine].identity }] as const;
  return map(frame, { kind: "map", shape: output.shape, body, inputs: [], outputs: [{ view: output, value: 0 }] }, scans);
}
