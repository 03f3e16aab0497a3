// What heads have for weights: the projections, or none, and what their score has for each of them.
import { record } from "../arguments/checks.ts";
import type { Weight } from "../cells/cell.ts";
import { checkNamed } from "../cells/checkTensors.ts";
import { fansOf } from "../cells/draw.ts";
import type { When } from "../cells/when.ts";
import { SluiceError } from "../errors.ts";
import type { Tensor } from "../trace/tensor.ts";
import { allSizes, type AttentionSizes } from "./module.ts";
import { type Heads, name } from "./headOptions.ts";
import { projections, type Projections } from "./projections.ts";
import { type Score, scoreKinds, type ScoreWeights } from "./scores.ts";

/** The projections, unless there are none, and as `score` the weights of a score that has some, each with an axis of the heads in front. */
export type HeadWeights<S extends Score, UseProjections extends boolean> = When<UseProjections, Projections<Weight>> &
  (S extends "dot" | "scaledDot" ? unknown : { readonly score: ScoreWeights<Weight>[S] });

/** A tensor for each weight that there is. */
export interface HeadTensors extends Partial<Projections<Tensor>> {
  readonly score?: Readonly<Record<string, Tensor>>;
}

export function headWeights(options: Heads, sizes: AttentionSizes): object {
  const { heads, keyValueHeads, score, units, useBias, useProjections } = options;
  const { query, key, value } = allSizes(name, sizes),
    columns = columnsOf(options, sizes);
  const own = scoreKinds[score].weights({ query: columns.q / heads, key: columns.k / keyValueHeads, units }),
    each = Object.entries<Weight>(own).map(([weight, one]) => [weight, forHeads(heads, one)]);
  const shapes = {
    q: [query, columns.q],
    k: [key, columns.k],
    v: [value, columns.v],
    o: [columns.heads, options.outputSize ?? query],
  } as const;
  return { ...(useProjections && projections(shapes, useBias)), ...(each.length > 0 && { score: Object.fromEntries(each) }) };
}

/** One for each head, that starts as it would alone: the axis of the heads is no window. */
function forHeads(heads: number, { axes, init }: Weight): Weight {
  const own = { heads, ...axes };
  if (init !== "glorotUniform") return { axes: own, init };
  const sum = (sizes: readonly number[]): number => fansOf(sizes).reduce((all, fan) => all + fan, 0);
  const scale = sum(Object.values(own)) / Math.max(1, sum(Object.values(axes)));
  return { axes: own, init: { varianceScaling: { scale, mode: "fanAvg", distribution: "uniform" } } };
}

/** Of what is attended with, and of the heads side by side. */
type Columns = Readonly<Record<"q" | "k" | "v" | "heads", number>>;

/** Throws INVALID_ARGUMENT where they do not divide among the heads. */
export function columnsOf(options: Heads, sizes: AttentionSizes): Columns {
  const { heads, keyValueHeads, size, valueSize, useProjections } = options,
    { query, key, value } = allSizes(name, sizes);
  const where = useProjections ? "no size is given" : "nothing is projected";
  const share = (whose: string, features: number, divisor: string, among: number): number => {
    if (features % among === 0) return features / among;
    const what = `${divisor} ${among} must divide the ${whose}'s features ${features}, where ${where}`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: name, what });
  };
  if (!useProjections) {
    share("query", query, "heads", heads);
    share("key", key, "keyValueHeads", keyValueHeads);
    return { q: query, k: key, v: value, heads: heads * share("value", value, "keyValueHeads", keyValueHeads) };
  }
  const own = size ?? share("query", query, "heads", heads),
    ofValues = valueSize ?? own;
  return { q: heads * own, k: keyValueHeads * own, v: keyValueHeads * ofValues, heads: heads * ofValues };
}

const matrices = ["wq", "wk", "wv", "wo"];
const biases = ["bq", "bk", "bv", "bo"];

/** Throws INVALID_ARGUMENT for one that is missing, and whatever is no tensor or unknown; biases may be left out. */
export function checkHeadWeights(verb: "run" | "step", given: HeadTensors, { score, useProjections }: Heads): void {
  const who = `${name}.${verb}`,
    { score: own, ...there } = record(name, given, "weights");
  const known = useProjections ? [...matrices, ...biases.filter((bias) => Object.hasOwn(there, bias))] : [],
    ofScore = Object.keys(scoreKinds[score].weights({ query: 1, key: 1, units: 1 }));
  checkNamed({ who, cell: name, one: "weight", all: "weights" }, known, own !== undefined && ofScore.length === 0 ? given : there);
  if (ofScore.length > 0) checkNamed({ who, cell: name, one: "weight of the score", all: "weights.score" }, ofScore, own ?? {});
}
