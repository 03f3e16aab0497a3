// Layers made of others: a graph of them that is one layer, with a kind and a config of its own.
import type { Tensor, Tree } from "@sluice/core";
import { callable, masked } from "../layers/callable.ts";
import {
  Also,
  type AnyLayer,
  type Beside,
  type Built,
  type LayerContext,
  type LayerDefinition,
  type StepContext,
  type Stepwise,
  Symbolic,
} from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";
import { buildGraph } from "../model/build.ts";
import type { BuiltModel, StepForm } from "../model/built.ts";
import { graphOf, type Named } from "../model/graph.ts";
import { single } from "../model/names.ts";

export interface Composition {
  readonly output: Symbolic;
  /** By names that `also` has: what stands beside it. */
  readonly also?: Named<Symbolic>;
}

export interface Parts {
  readonly x: Symbolic;
  readonly beside: Named<Symbolic>;
  readonly input: Spec;
  readonly who: string;
}

export interface Composing extends Pick<AnyLayer, "kind" | "config" | "indices"> {
  /** What its call may name beside x, each one value. */
  readonly reads?: readonly string[];
  /** The names of what may stand beside its output. */
  readonly also?: Readonly<Record<string, true>>;
  /** Whether it goes one step at a time: whether all layers inside do. */
  readonly streams: boolean;
  /**
   * What the layers inside, each by a name of its own, make of x, a sample of which is `input`, and of what the call names beside it. Weights are those of
   * each, by their names.
   */
  compose(parts: Parts): Composition;
}

/** What a call of it gives is the caller's to say. */
export function composed({ streams, compose, ...definition }: Composing): LayerDefinition {
  return callable({
    ...definition,
    build: (input: Spec, who: string, beside: Beside<Spec> = {}) => {
      const given = beside as Named<Spec>; // each one value, by the type of the call
      const inputs = Object.fromEntries([single.inputs, ...Object.keys(given)].map((name) => [name, new Symbolic()]));
      const { [single.inputs]: x = new Symbolic(), ...others } = inputs;
      const { output, also = {} } = compose({ x, beside: others, input, who });
      const graph = graphOf(who, { inputs, outputs: { [single.outputs]: output, ...also } });
      return built(buildGraph(graph, { [single.inputs]: input, ...given }), streams);
    },
  });
}

function built(inner: BuiltModel, streams: boolean): Built {
  const { [single.outputs]: output, ...also } = Object.fromEntries(Object.entries(inner.outputs).map(([name, { spec }]) => [name, spec]));
  return {
    output: output as Spec, // its graph has one
    also,
    weights: inner.weights,
    drawn: inner.drawn,
    ...(streams && { stepwise: ({ maxSteps }) => stepwise(inner.stepForm(single.inputs, maxSteps)) }),
    apply(weights, x, { drawn, mask, beside = {}, besideMasks = {}, learning }) {
      const { outputs, masks, moved, losses } = inner.apply(weights as Named<Tree<Tensor>>, inputsOf(x, beside), {
        drawn: drawn as Named<Tensor> | undefined, // as declared above
        masks: { [single.inputs]: mask, ...(besideMasks as Named<Tensor | undefined>) }, // each of one value
        learning,
      });
      for (const [name, after] of Object.entries(moved)) learning?.next(name, after);
      for (const loss of losses) learning?.addLoss(loss);
      const { [single.outputs]: value, ...rest } = outputs;
      return new Also(masked(value as Tensor, masks[single.outputs]), rest); // likewise
    },
  };
}

function stepwise(form: StepForm): Stepwise {
  const fixedOf = (weights: Tree<Tensor>, { beside = {}, besideMasks = {} }: Pick<LayerContext, "beside" | "besideMasks">) =>
    form.before(weights as Named<Tree<Tensor>>, beside as Named<Tensor>, besideMasks as Named<Tensor | undefined>); // each of one value
  return {
    state: form.state,
    start: (weights, batch, beside, dtype) =>
      form.start(weights as Named<Tree<Tensor>>, { batch, dtype, fixed: fixedOf(weights, { beside }) }),
    step(weights, x, context: StepContext) {
      const state = context.state as Named<Tree<Tensor>>; // as declared above
      const { outputs, state: next } = form.step(weights as Named<Tree<Tensor>>, x, { state, fixed: fixedOf(weights, context) });
      const { [single.outputs]: value, ...also } = outputs;
      return { output: value as Tensor, also, state: next }; // its graph has one
    },
  };
}

function inputsOf(x: Tensor, beside: Beside<Tensor>): Named<Tensor> {
  return { [single.inputs]: x, ...(beside as Named<Tensor>) }; // each of one value
}
