// A model with weights as graphs of ONNX, one for each of several sizes of its inputs.
import {
  broadcastTo,
  reshape,
  where,
  isWeight,
  iota,
  less,
  cast,
  expand,
  mapTree,
  SluiceError,
  stopGradient,
  type HostArray,
  type Spec as TensorSpec,
  type Tensor,
  type Tree,
} from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { Node } from "@sluice/core/graph";
import { type AnyModel, knownSamples, single, type Watched, watchLayers } from "@sluice/nn/kit";
import type { Spec } from "@sluice/nn";
import { planOf } from "./layers/plan.ts";
import type { ToOnnxOptions, Steps } from "./options.ts";
import type { OpenSize } from "./sizes.ts";
import { type Emission, emitTraced } from "./traced.ts";
import { entry } from "../read/there.ts";

export interface ModelSource {
  readonly model: AnyModel;
  /** By layer and key, "lstm.wx". */
  readonly weights: Readonly<Record<string, HostArray>>;
  readonly samples: Readonly<Record<string, Spec>>;
  readonly options: ToOnnxOptions;
}

/** What the model reads. Throws INVALID_ARGUMENT where no shape is known. */
export function samplesOf(
  model: AnyModel,
  saved: Readonly<Record<string, Spec>> | undefined,
  { shape }: ToOnnxOptions,
): Readonly<Record<string, Spec>> {
  if (shape !== undefined) return named(model, model.sample(shape as never)); // it checks the inputs' names
  const known = saved ?? knownSamples(model.graph, undefined);
  if (known !== undefined) return known;
  const what = `no sample's shape of the model "${model.name}" is known`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "toOnnx", what, fix: "Pass `shape`, or begin the model with input({ shape })" });
}

function named(model: AnyModel, sample: unknown): Readonly<Record<string, Spec>> {
  return (model.ends.inputs === null ? { [single.inputs]: sample } : sample) as Readonly<Record<string, Spec>>; // as `sample` gives it
}

/** The sizes that stay open. With `shared`, all inputs have the same number of steps. */
export function openSizes({ model, samples, options }: ModelSource, shared: boolean): readonly OpenSize[] {
  const { batch = "dynamic" } = options;
  const inputs = Object.keys(samples);
  const stepped = inputs.filter((input) => isStepped(entry(samples, input)) && stepsOf({ model, samples, options }, input) === "dynamic"); // one of them
  const one = (name: string, of: readonly string[], axis: number): OpenSize => ({ name, of: of.map((input) => ({ input, axis })) });
  const steps = shared || stepped.length < 2 ? (stepped.length === 0 ? [] : [one("steps", stepped, 1)]) : stepped.map((input) => one(`${input}.steps`, [input], 1)); // prettier-ignore
  return [...(batch === "dynamic" ? [one("batch", inputs, 0)] : []), ...steps];
}

/** Whether its first axis is that of steps. */
export function isStepped({ axes, shape }: Spec): boolean {
  return axes[0] === "steps" && shape.length > 0;
}

function stepsOf({ model, options: { steps } }: Pick<ModelSource, "model" | "samples" | "options">, input: string): Steps | undefined {
  const own = typeof steps === "object" ? steps[input] : steps;
  if (own !== undefined) return own;
  const declared = knownSamples(model.graph, undefined);
  return declared?.[input] === undefined ? "dynamic" : undefined;
}

/** Throws INVALID_ARGUMENT for steps of an input that there is not, or has none. */
export function checkSteps({ samples, options: { steps } }: ModelSource): void {
  if (typeof steps !== "object") return;
  for (const input of Object.keys(steps))
    if (samples[input] === undefined || !isStepped(samples[input]))
      throw refused("toOnnx", `steps.${input}`, steps[input], `the steps of an input that has some: ${Object.keys(samples).join(", ")}`);
}

/** Open sizes, and what they are. */
export interface Sizing {
  readonly open: readonly OpenSize[];
  readonly point: ReadonlyMap<string, number>;
  /** As emitters have it. */
  readonly evenly: boolean;
  /** As sources of names have it. */
  readonly made: Map<string, Float32Array>;
}

/** The model's graph where open sizes are these. Throws what building and tracing throw. */
export function emitModel(source: ModelSource, { open, point, evenly, made }: Sizing): Emission {
  const { model, weights, samples, options } = source;
  const sizeOf = (input: string, axis: number): number | undefined => {
    const size = open.find(({ of }) => of.some((each) => each.input === input && each.axis === axis));
    return size === undefined ? undefined : point.get(size.name);
  };
  const sized = mapRecord(samples, (sample, input): Spec => {
    const fixed = stepsOf(source, input),
      steps = sizeOf(input, 1) ?? (typeof fixed === "number" && isStepped(sample) ? fixed : undefined);
    return steps === undefined ? sample : { ...sample, shape: sample.shape.with(0, steps), isCut: true };
  });
  const built = model.build((model.ends.inputs === null ? sized[single.inputs] : sized) as never); // as its ends say
  const dtype = Object.values(weights).some((array) => array.dtype === "f64") ? "f64" : "f32";
  const batch = (input: string): number => sizeOf(input, 0) ?? (typeof options.batch === "number" ? options.batch : 1);
  const inputs = mapRecord(built.inputs, (spec, input): TensorSpec => ({
    shape: [batch(input), ...spec.shape],
    dtype: spec.dtype === "i32" ? "i32" : dtype,
  }));
  const counted = options.lengths === true ? Object.keys(inputs).filter((input) => isStepped(entry(built.inputs, input))) : []; // one of them
  const lengths = Object.fromEntries(counted.map((input) => [lengthsName(model, input), { shape: [batch(input)], dtype: "i32" as const }]));
  const ends = new Set<Node>(); // masks of lengths
  const marks = new Map<Node, { readonly watched: Watched; readonly path: string }>();
  const watch = (watched: Watched): Readonly<Record<string, Tensor>> =>
    mapRecord(watched.given, (tensor, path) => {
      const shown = stopGradient(tensor);
      if (shown.node !== tensor.node) marks.set(shown.node, { watched, path });
      return shown;
    });
  const fn = (w: Tree<Tensor>, all: Tree<Tensor>): unknown => {
    const given = all as Readonly<Record<string, Tensor>>; // by name, as below
    const whole = mapRecord(inputs, (_, input) => entry(given, input)); // likewise
    const masks = Object.fromEntries(
      counted.map((input) => [input, maskOf(entry(given, lengthsName(model, input)), entry(whole, input), dtype)]),
    ); // likewise
    for (const mask of Object.values(masks)) ends.add(mask.node);
    const x = mapRecord(whole, (tensor, input) => counting(tensor, masks[input]));
    return watchLayers(watch, () => built.apply(w as Readonly<Record<string, Tree<Tensor>>>, x, { masks }).outputs); // by layer
  };
  const tree = mapTree(built.weights, isWeight, (_, path) => weights[path]) as Tree<HostArray>; // one for each, as was checked
  return emitTraced(
    { name: options.name ?? model.name, fn, weights: tree, inputs: { ...inputs, ...lengths } },
    { rulesOf: (_, known) => planOf(marks, known, { options, ends }), evenly, made },
  );
}

/** 1 for each step before a row's end, [batch, steps]. */
function maskOf(lengths: Tensor, x: Tensor, dtype: "f32" | "f64"): Tensor {
  return less(expand(iota(x.shape[1] ?? 0, dtype), 0), expand(cast(lengths, dtype), 1));
}

/** Zeros where steps do not count, as `predict` feeds them: what stands there may be NaN. */
function counting(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return x;
  const beside = broadcastTo(reshape(mask, [...mask.shape, ...x.shape.slice(2).map(() => 1)]), x.shape);
  return where(cast(beside, x.dtype), x, 0);
}

function lengthsName({ ends }: AnyModel, input: string): string {
  return ends.inputs === null ? "lengths" : `${input}.lengths`;
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, each: (value: A, key: string) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value, key)]));
}
