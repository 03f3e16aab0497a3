// A layer, or a model, on each step of a sequence.
import { mapTree, maximum, SluiceError, Tensor, where, type Tree } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { isLayer, isDrawn, layer as layerOf } from "../layers/callable.ts";
import { shapeMismatch } from "../layers/checks.ts";
import { zeroed } from "../layers/counted.ts";
import { Also, Masked, type AnyLayer, type Built, type Layer, type Learning, type Drawn } from "../layers/layer.ts";
import type { AnyWeights, Known, KnownOf, LayerName, Naming } from "../layers/known.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import { layerName } from "../options/rules.ts";
import { given, optional, type Table } from "../options/table.ts";
import { isModel, modelLayer } from "./modelLayer.ts";
import type { InSequence } from "./sequential.ts";

export interface TimeDistributedConfig {
  readonly name?: string;
}

export const timeDistributedTable = { name: optional(layerName) } satisfies Table<TimeDistributedConfig>;

/**
 * `layer` on each step by itself: as if each were a sample. A model of sentences becomes one of documents.
 *
 * x [batch, steps, …] → [batch, steps, …] of what `layer` gives for […]. Weights are those of `layer`; random masks are drawn for each step. The mask of
 * the steps stays, and what stands where they do not count is 0; masks that arise inside stay inside.
 * Throws INVALID_ARGUMENT for what is no layer, or one that gives several values or is stateful; at build SHAPE_MISMATCH for samples without steps, and what
 * `layer` throws.
 *
 * ```ts
 * const sentence = sequential([embedding({ inputDim: 5000, outputDim: 32, maskIndex: 0 }), gru({ units: 64 })]);
 * const document = sequential([timeDistributed(sentence), gru({ units: 64 }), dense({ units: 5, activation: "softmax" })]);
 * ```
 */
export function timeDistributed<const L extends InSequence, const N extends LayerName = undefined>(
  layer: L,
  options: TimeDistributedConfig & Naming<N> = {},
): Layer & Known<"timeDistributed", N, WeightsInside<L>> {
  const config = given<TimeDistributedConfig>("timeDistributed", timeDistributedTable, options);
  const inner = isModel(layer) ? modelLayer(layer) : layer;
  if (!isLayer(inner)) throw refused("timeDistributed", "the layer inside", inner, "a layer, such as dense({ units: 1 })");
  if (inner.gives !== undefined)
    throw refusedInside("timeDistributed", `gives ${Object.keys(inner.gives).join(", ")}, and each step has one value`);
  const { kind, indices, start, unsavable } = inner,
    saved = { ...config, layer: { kind, config: inner.config } };
  const each = layerOf({
    kind: "timeDistributed",
    config: saved,
    ...(indices !== undefined && { indices }),
    ...(start !== undefined && { start }),
    ...(unsavable !== undefined && { unsavable: `has a layer inside that ${unsavable}` }),
    build: (input, who) => onEach(inner, input, who),
  });
  return each as Layer; // with the weights of the layer inside
}

type WeightsInside<L> = KnownOf<L> extends { readonly weights: infer W } ? W : AnyWeights;

function onEach(inner: AnyLayer, input: Spec, who: string): Built {
  const [steps, ...shape] = input.shape;
  if (steps === undefined) throw shapeMismatch(who, "x [batch, steps, …]", input);
  const built = (inner as AnyLayer & { build: (of: Spec, who: string) => Built }).build(
    { ...input, shape, axes: input.axes.slice(1) },
    who,
  ); // of one value, or it says so
  if (!isSpec(built.output)) throw refusedInside(who, "gives several values, and each step has one");
  if (built.carried !== undefined) throw refusedInside(who, "must not be stateful: each step is a sample of its own");
  const { output, weights, activation, activityRegularizer, drawn } = built;
  return {
    output: { ...output, shape: [steps, ...output.shape], axes: ["steps", ...output.axes] },
    weights,
    ...(drawn !== undefined && { drawn: masksOf(drawn, steps) }),
    ...{ ...(activation !== undefined && { activation }), activityRegularizer },
    stepwise: "pointwise",
    apply(weights, x, context) {
      if (x.rank === input.shape.length) return tensorOf(built.apply(weights, x, {})); // one step
      const [batch = 0] = x.shape;
      const flat = (t: Tensor): Tensor => t.reshape([batch * steps, ...t.shape.slice(2)]);
      const each = mapTree(context.drawn, isTensor, (leaf) => leaf instanceof Tensor && flat(leaf)) as Tree<Tensor>; // of those declared above
      const given = tensorOf(
        built.apply(weights, flat(zeroed(x, context.mask)), {
          ...(context.drawn !== undefined && { drawn: each }),
          learning: context.learning && ofSteps(context.learning, context.mask, steps),
        }),
      );
      return given.reshape([batch, steps, ...given.shape.slice(1)]);
    },
  };
}

/** Each step is a sample, and what a mean over them adds is of all steps of a sample. */
function ofSteps(learning: Learning, mask: Tensor | undefined, steps: number): Learning {
  const rows = rowsOf(learning.rows, mask, steps);
  const perSample = rows.sum().div(maximum(learning.rows.sum(), 1));
  return { ...learning, rows, addLoss: (loss) => learning.addLoss(loss.mul(perSample)) };
}

/** [batch·steps]: those steps of samples that count. */
function rowsOf(rows: Tensor, mask: Tensor | undefined, steps: number): Tensor {
  const each = rows.expand(1).broadcastTo([rows.size, steps]);
  return (mask === undefined ? each : where(mask, each, 0)).reshape([rows.size * steps]);
}

/** One for each step. */
function masksOf(drawn: Tree<Drawn | undefined>, steps: number): Tree<Drawn | undefined> {
  const each = (leaf: unknown): Drawn | undefined => {
    if (!isDrawn(leaf)) return undefined;
    const mask = leaf as Drawn; // as was just seen
    return { ...mask, shape: [steps, ...mask.shape] };
  };
  return mapTree(drawn, isDrawn, each) as Tree<Drawn | undefined>; // one for each
}

/** Without its mask, and without what stands beside it. */
function tensorOf(given: ReturnType<Built["apply"]>): Tensor {
  const value = given instanceof Also ? given.value : given;
  return (value instanceof Masked ? value.tensor : value) as Tensor; // of one value
}

function isTensor(value: unknown): boolean {
  return value instanceof Tensor;
}

function refusedInside(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: `the layer inside ${what}` });
}
