// A model as a layer of another: one set of weights, however often it is called.
import { entryOf } from "../host/entryOf.ts";
import type { Tensor, Tree } from "@sluice/core";
import { callable, masked } from "../layers/callable.ts";
import type { AnyLayer, Built, LayerContext, Masked, StepContext, StepLimits, Stepwise, Symbolic } from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import { graphRecord } from "../model/graphRecord.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { startIn } from "../model/start.ts";
import { asGiven, byName, single, type ByName, type Names } from "../model/names.ts";

/** Of whatever trees its ends are. */
type Nested = AnyLayer;
type Calls = (x: Tree<Symbolic>) => Tree<Symbolic>;

const layers = new WeakMap<AnyModel, Nested & Calls>();

/** What the model gives for these. Throws INVALID_ARGUMENT for what is no symbolic value. */
export function callModel(model: AnyModel, x: ByName<Names, Symbolic>): ByName<Names, Symbolic> {
  return modelLayer(model)(x) as ByName<Names, Symbolic>; // by its own names
}

export function isModel<T>(value: T): value is Extract<T, AnyModel> {
  return typeof value === "function" && "graph" in value && "ends" in value;
}

/** The one layer that a model is. */
export function modelLayer(model: AnyModel): Nested & Calls {
  const made = layers.get(model) ?? callable(definitionOf(model));
  layers.set(model, made);
  return made;
}

function definitionOf(model: AnyModel): Nested {
  const { name, graph, ends } = model;
  const indices = ends.inputs === null ? entryOf(model.indices, single.inputs) : model.indices;
  const start = model.saved?.weights ?? startIn(graph);
  const unsavable = graph.layers.find(({ layer }) => layer.unsavable !== undefined);
  return {
    kind: "model",
    config: { name, ...graphRecord(graph, ends) },
    ...(indices !== undefined && { indices }),
    ...(Object.keys(start).length > 0 && { start }),
    ...(ends.inputs !== null && { takes: ends.inputs }),
    ...(unsavable !== undefined && { unsavable: `has a layer "${unsavable.name}" that ${unsavable.layer.unsavable}` }),
    ...(ends.outputs !== null && { gives: Object.fromEntries(ends.outputs.map((output) => [output, true as const])) }),
    build: (specs: ByName<Names, Spec>) => built(model, model.build(specs)), // which checks them
  };
}

function built({ ends }: AnyModel, inner: BuiltModel): Built<never> {
  const only = ends.outputs === null ? entryOf(inner.outputs, single.outputs) : undefined;
  const specs = Object.fromEntries(Object.entries(inner.outputs).map(([name, { spec }]) => [name, spec]));
  return {
    output: asGiven(specs, ends.outputs, single.outputs),
    weights: inner.weights,
    drawn: inner.drawn,
    ...(Object.keys(inner.carried).length > 0 && { carried: inner.carried }),
    ...(only !== undefined && { activation: only.activation }),
    ...(ends.inputs === null && { stepwise: (limits: StepLimits) => stepwise(inner, ends.outputs, limits) }),
    apply(weights: Tree<Tensor>, x: ByName<Names, Tensor>, { drawn, masks, carried, learning }: LayerContext) {
      const inputs = byName(x, ends.inputs, single.inputs); // as the specs were
      const {
        outputs,
        logits,
        masks: counted,
        carried: after,
        moved,
        losses,
      } = inner.apply(weights as Named<Tree<Tensor>>, inputs, {
        drawn: drawn as Named<Tensor> | undefined,
        masks: masks === undefined ? {} : byName(masks as ByName<Names, Tensor | undefined>, ends.inputs, single.inputs),
        carried: carried?.before as Named<Tree<Tensor>> | undefined,
        learning,
      });
      carried?.next(after);
      for (const [name, value] of Object.entries(moved)) learning?.next(name, value);
      for (const loss of losses) learning?.addLoss(loss);
      const each = Object.fromEntries(
        Object.entries(only === undefined ? outputs : logits).map(([name, tensor]) => [name, masked(tensor, counted[name])]),
      );
      return asGiven<Masked>(each, ends.outputs, single.outputs);
    },
  };
}

function stepwise(inner: BuiltModel, outputs: readonly string[] | null, { maxSteps }: StepLimits): Stepwise<never> {
  const form = inner.stepForm(single.inputs, maxSteps);
  const fixed = { values: {}, masks: {} };
  return {
    state: form.state,
    start: (weights, batch, _, dtype) => form.start(weights as Named<Tree<Tensor>>, { batch, dtype, fixed }),
    step(weights: Tree<Tensor>, x: Tensor, { state }: StepContext) {
      const stepped = form.step(weights as Named<Tree<Tensor>>, x, { state: state as Named<Tree<Tensor>>, fixed }); // of one input
      return { output: asGiven<Tensor>(stepped.outputs, outputs, single.outputs), state: stepped.state };
    },
  };
}
