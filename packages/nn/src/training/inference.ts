// A model's Programs before a backend has them: what a trainer would run to predict and to stream, as graphs, for whoever compiles them elsewhere.
import {
  leavesOf,
  tensorsOf,
  trace,
  type DType,
  type Graph,
  type Spec as ArraySpec,
  type Tensor,
  type Tree,
  type TypedArray,
} from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { isSpec, type Spec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import { asGiven, single } from "../model/names.ts";
import type { Saved } from "../model/saved.ts";
import { layoutOf, pack, type Layout } from "../weights/layout.ts";
import { prediction } from "./prediction.ts";
import { savedType } from "./savedState.ts";
import { overOf, rowOf } from "./stepping.ts";
import { keptBy, stepsOfForm } from "./steps.ts";

/** An argument or a result of a Program, by the way to it: "params", "x.tokens", "lengths.tokens", "state.lstm.h". */
export interface Place extends ArraySpec {
  readonly path: string;
}

/** What one Program computes: it is bound to the arguments in their order, then the results. */
export interface TracedProgram {
  readonly graph: Graph;
  readonly inputs: readonly Place[];
  readonly results: readonly Place[];
}

export interface BatchSizes {
  readonly batch: number;
  /** Inputs whose `lengths` are an argument; of a stream, those that are known as a whole. */
  readonly counted: readonly string[];
}

export interface StreamSizes extends BatchSizes {
  /** The input whose steps are run; needed where there are several. */
  readonly over?: string;
  readonly maxSteps?: number;
}

export interface StreamPrograms {
  readonly over: string;
  /** Of one sample, one step. */
  readonly row: Spec;
  /** What the steps read of the other inputs; undefined where there are none. Its results are what `start` and `step` take as `fixed`. */
  readonly before: TracedProgram | undefined;
  readonly start: TracedProgram;
  readonly step: TracedProgram;
}

/** A model for samples of certain shapes, with its weights as its Programs take them. */
export interface Inference {
  readonly dtype: "f32" | "f64";
  readonly built: BuiltModel;
  /** "params" and, where some weights do not train, "frozen". */
  readonly weights: Named<TypedArray>;
  predict(sizes: BatchSizes): TracedProgram;
  /** Throws INVALID_ARGUMENT and UNSUPPORTED as `trainer.stream`. */
  stream(sizes: StreamSizes): StreamPrograms;
}

/** `samples` are those of each input, as the model reads them. Throws what `build` throws, and as `withWeights` for weights that do not fit. */
export function inferenceOf(model: AnyModel, { weights }: Pick<Saved, "weights">, samples: Named<Spec>, who: string): Inference {
  const dtype = savedType({ saved: { samples, weights } });
  const built = model.build(asGiven(samples, model.ends.inputs, single.inputs));
  const layout = layoutOf(built.weights);
  const flat = pack(layout, weights, dtype, who);
  const { trained, length } = layout;
  return {
    dtype,
    built,
    weights: { params: flat.subarray(0, trained), ...(trained < length && { frozen: flat.subarray(trained) }) },
    predict: ({ batch, counted }) =>
      traced(`${model.name}.predict`, prediction(built, layout, dtype), {
        ...weightSpecs(layout, dtype),
        ...inputSpecs(built.inputs, { batch, counted, dtype }),
        ...stateOf(leavesOf(built.carried, isSpec) as [string, Spec][], batch, dtype), // layers declare these
      }),
    stream: (sizes) => streamOf({ model, built, layout, dtype, who }, sizes),
  };
}

interface Making {
  readonly model: AnyModel;
  readonly built: BuiltModel;
  readonly layout: Layout;
  readonly dtype: "f32" | "f64";
  readonly who: string;
}

function streamOf({ model, built, layout, dtype, who }: Making, { batch, counted, maxSteps, ...given }: StreamSizes): StreamPrograms {
  const over = overOf(model, given, who);
  const row = rowOf(entryOf(built.inputs, over), who);
  const form = built.stepForm(over, maxSteps);
  const steps = stepsOfForm(form, layout, { batch, dtype });
  const weights = weightSpecs(layout, dtype);
  const others = Object.fromEntries(Object.entries(built.inputs).filter(([name]) => name !== over));
  const name = `${model.name}.stream`;
  const before = traced(`${name}.before`, steps.before, {
    ...weights,
    ...inputSpecs(others, { batch, dtype, counted: counted.filter((one) => one !== over) }),
  });
  const kept = {
    ...weights,
    state: Object.fromEntries(keptBy(form).map(([path, spec]) => [path, arraySpec(spec, batch, dtype)])),
    fixed: { values: resultsUnder("values", before), masks: resultsUnder("masks", before) },
  };
  return {
    over,
    row,
    before: before.results.length > 0 ? before : undefined,
    start: traced(`${name}.start`, steps.start, kept),
    step: traced(name, steps.step, { ...kept, x: arraySpec(row, batch, dtype) }),
  };
}

function traced<I>(name: string, fn: (inputs: I) => unknown, inputs: object): TracedProgram {
  const { graph, result } = trace(name, fn as (...args: never[]) => unknown, [inputs]); // specs in the places of its tensors
  const specs = leavesOf(inputs, isArraySpec) as [string, ArraySpec][]; // made of these alone
  return {
    graph,
    inputs: specs.map(([path, spec]) => ({ path, ...spec })),
    results: result === undefined ? [] : tensorsOf(result as Tree<Tensor>).map(([path, tensor]) => placeOf(path, tensor)), // a tree of tensors
  };
}

function placeOf(path: string, { shape, dtype, axes }: Tensor): Place {
  return { path, shape, dtype, axes };
}

/** "values.0" → "0" */
function resultsUnder(part: string, { results }: TracedProgram): Named<ArraySpec> {
  const own = results.filter(({ path }) => path.startsWith(`${part}.`));
  return Object.fromEntries(own.map(({ path, ...spec }) => [path.slice(part.length + 1), spec]));
}

function weightSpecs({ trained, length }: Layout, dtype: "f32" | "f64"): Named<ArraySpec> {
  return { params: { shape: [trained], dtype }, ...(trained < length && { frozen: { shape: [length - trained], dtype } }) };
}

function inputSpecs(
  inputs: Named<Spec>,
  { batch, counted, dtype }: BatchSizes & { readonly dtype: "f32" | "f64" },
): { readonly x: Named<ArraySpec>; readonly lengths: Named<ArraySpec> } {
  const x = Object.entries(inputs).map(([name, spec]) => [name, { ...arraySpec(spec, batch, dtype), axes: ["batch", ...spec.axes] }]);
  return {
    x: Object.fromEntries(x),
    lengths: Object.fromEntries(counted.map((name) => [name, { shape: [batch], dtype: "i32" as const }])),
  };
}

function stateOf(
  specs: readonly (readonly [path: string, spec: Spec])[],
  batch: number,
  dtype: "f32" | "f64",
): { readonly state?: Named<ArraySpec> } {
  if (specs.length === 0) return {};
  return { state: Object.fromEntries(specs.map(([path, spec]) => [path, arraySpec(spec, batch, dtype)])) };
}

function arraySpec({ shape, dtype: kind }: Spec, batch: number, float: "f32" | "f64"): { shape: readonly number[]; dtype: DType } {
  return { shape: [batch, ...shape], dtype: kind === "i32" ? "i32" : float };
}

function isArraySpec(value: unknown): value is ArraySpec {
  return typeof value === "object" && value !== null && Array.isArray((value as Partial<ArraySpec>).shape); // of a record
}
