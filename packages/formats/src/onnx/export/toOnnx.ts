// A model, or a traced function, as an ONNX file.
import { leavesOf, SluiceError, type HostArray, type Spec, type Tensor, type Tree } from "@sluice/core";
import { check, refused, record, type Rule, shape as anyShape } from "@sluice/core/arguments";
import { sizeOf } from "@sluice/core/kit";
import { type AnyModel, type AnyTrainer, type Saved, savedOf, single, type Source } from "@sluice/nn/kit";
import { join } from "./dims/join.ts";
import { tidy, readIn } from "./dims/tidy.ts";
import { Unlike } from "./dims/unlike.ts";
import { checkSteps, emitModel, type ModelSource, isStepped, openSizes, samplesOf } from "./model.ts";
import { checkedOptions, type ToOnnxOptions } from "./options.ts";
import { pointsOf, sizesOf, type OpenSize } from "./sizes.ts";
import { type Emission, emitTraced, isArray, isSpec } from "./traced.ts";
import { unsupported } from "./unsupported.ts";
import { version } from "./version.ts";
import { checkOnes, type Point, seenBeyond } from "./witnesses.ts";
import { writeFile } from "./write.ts";
import { nth } from "../read/there.ts";

const array: Rule<HostArray> = {
  expected: "an array on the host, as hostArray gives it; of one on a backend, toHost",
  accepts: (value): value is HostArray => isArray(value) && holds((value as HostArray).shape, (value as HostArray).data), // `isArray` says so
};
const spec: Rule<Spec> = {
  expected: 'a shape and a dtype, as in { shape: [2, 3], dtype: "f32" }',
  accepts: (value): value is Spec => isSpec(value) && !isArray(value),
};

function holds(shape: unknown, data: unknown): boolean {
  return anyShape.accepts(shape) && ArrayBuffer.isView(data) && "length" in data && data.length === sizeOf(shape);
}

/** A function to trace: what `compile` takes, with its arguments apart into what is known and what is not. */
export interface OnnxFunction<W = unknown, X = unknown> {
  /** (weights, inputs) → a tensor, or a tree of them. */
  readonly fn: (weights: W, inputs: X) => unknown;
  /** Arrays, which become initialisers by their paths ("lstm.wx"). Default none. */
  readonly weights?: ArraysOf<W>;
  /** Shapes and dtypes, which become inputs by theirs ("x" for one by itself). */
  readonly inputs: SpecsOf<X>;
}

type ArraysOf<T> = unknown extends T ? Tree<HostArray> : T extends Tensor ? HostArray : { readonly [K in keyof T]: ArraysOf<T[K]> };
type SpecsOf<T> = unknown extends T ? Tree<Spec> : T extends Tensor ? Spec : { readonly [K in keyof T]: SpecsOf<T[K]> };

/** The same of whatever trees. */
interface AnyFunction {
  readonly fn: (weights: Tree<Tensor>, inputs: Tree<Tensor>) => unknown;
  readonly weights?: Tree<HostArray>;
  readonly inputs: Tree<Spec>;
}

/**
 * A model with its weights, or a traced function, as an ONNX file (opset 18): bytes that onnxruntime and others run.
 *
 * A model's file has its inputs by name ("x" where there is one without) and [batch, steps, …] open: layers become the nodes that ONNX has for them
 * (LSTM, GRU, RNN, Conv, Gemm, Softmax, LayerNormalization, …), and all others what they are traced to, recurrences as Scan. What is random in training is
 * left out. A function's file is for the shapes that its inputs say. Weights are initialisers by their names ("dense.kernel"), those of nodes with layouts
 * of their own "lstm.W", "lstm.R", "lstm.B". An index outside a table is refused by the runtime; f64 is written where the weights are.
 *
 * Throws INVALID_ARGUMENT for what is no model with weights nor a function, for options that are none, and where no sample's shape is known; UNSUPPORTED for
 * stateful layers, for functions that assign, and for layers that hold for one number of steps alone, all in `facts.unsupported`; and what tracing throws.
 *
 * ```ts
 * const bytes = await toOnnx(trainer, { metadata: { labels: "rain,snow" } });
 * ```
 */
export async function toOnnx<W, X>(source: Source | OnnxFunction<W, X>, options: ToOnnxOptions = {}): Promise<Uint8Array> {
  const given: unknown = source;
  if (isFunction(given)) return ofFunction(given, checkedOptions(options, false));
  if (!isTrainer(given) && !isModel(given)) throw notSource(given);
  const checked = checkedOptions(options, true);
  const { model, saved } = await savedOf("toOnnx", given);
  return ofModel(model, saved, checked);
}

function isFunction(source: unknown): source is AnyFunction {
  return typeof source === "object" && source !== null && "fn" in source;
}

function isTrainer(source: unknown): source is AnyTrainer {
  return typeof source === "object" && source !== null && "checkpoint" in source && "model" in source;
}

function isModel(source: unknown): source is AnyModel {
  return typeof source === "function" && "graph" in source && "ends" in source;
}

function ofFunction({ fn, weights = {}, inputs }: AnyFunction, options: ToOnnxOptions): Uint8Array {
  if (typeof fn !== "function") throw refused("toOnnx", "fn", fn, "a function of (weights, inputs)");
  record("toOnnx", inputs, "inputs");
  for (const [path, leaf] of leavesOf(weights, isSpec)) check("toOnnx", `weights.${path}`, leaf, array);
  for (const [path, leaf] of leavesOf(inputs, isSpec)) check("toOnnx", `inputs.${path}`, leaf, spec);
  const name = options.name ?? (fn.name || "function");
  const { body, names } = emitTraced({ name, fn, weights, inputs });
  return written([{ body, names }], { open: [], points: [new Map()], options });
}

function ofModel(model: AnyModel, saved: Saved, options: ToOnnxOptions): Uint8Array {
  const source: ModelSource = { model, weights: saved.weights, samples: samplesOf(model, saved.samples, options), options };
  checkSteps(source);
  checkStepped(source);
  checkCarried(source);
  let first: unknown;
  for (const { open, points, evenly } of attempts(source))
    try {
      const made = new Map<string, Float32Array>();
      const emit = (point: Point): Emission => emitModel(source, { open, point, evenly, made });
      const usual = points.map((point) => ({ point, emission: emit(point) }));
      if (open.length > 0) checkOnes({ open, usual, lambdas: lambdasOf(model) }, emit);
      const seen = open.length > 0 ? [...usual, ...seenBeyond(open, emit)] : usual;
      return written(
        seen.map(({ emission }) => emission),
        { open, points: seen.map(({ point }) => point), options },
      );
    } catch (error) {
      if (!(error instanceof Unlike) && !isMisfit(error)) throw error;
      if (error instanceof Unlike && error.problems.some(({ isCertain }) => isCertain)) throw unlike(model, error);
      if (first === undefined || (error instanceof Unlike && !(first instanceof Unlike))) first = error;
    }
  if (first instanceof Unlike) throw unlike(model, first);
  throw openSizes(source, false).some(({ name }) => name !== "batch") ? misfit(model, first) : first;
}

/** A layer took none of the sizes that open ones were tried at: those say nothing to the caller. */
function misfit({ name: model }: AnyModel, cause: unknown): unknown {
  if (!(cause instanceof SluiceError)) return cause;
  return new SluiceError({
    code: cause.code,
    who: "toOnnx",
    what: `the model "${model}" does not run at the numbers of steps that open ones were tried at: ${cause.message}`,
    fix: "Give `steps` a number that it runs at",
    facts: cause.facts,
    cause,
  });
}

interface Attempt {
  readonly open: readonly OpenSize[];
  readonly points: readonly ReadonlyMap<string, number>[];
  readonly evenly: boolean;
}

/** Inputs with steps of their own, then with as many in all; at sizes of each scale; plainly, then evenly. */
function* attempts(source: ModelSource): Iterable<Attempt> {
  for (const shared of [false, true]) {
    const open = openSizes(source, shared);
    for (const points of pointsOf(open)) for (const evenly of [false, true]) yield { open, points, evenly };
  }
}

/** Throws INVALID_ARGUMENT for what is said of steps where no input has any. */
function checkStepped({ samples, options: { steps, lengths } }: ModelSource): void {
  if (Object.values(samples).some(isStepped)) return;
  if (lengths === true) throw refused("toOnnx", "lengths", lengths, "left out: no input has steps");
  if (steps !== undefined) throw refused("toOnnx", "steps", steps, "left out: no input has steps");
}

/** Sizes that a layer does not take; others may do. */
function isMisfit(error: unknown): boolean {
  return error instanceof SluiceError && error.code === "SHAPE_MISMATCH";
}

interface Writing {
  readonly open: readonly OpenSize[];
  readonly points: readonly ReadonlyMap<string, number>[];
  readonly options: ToOnnxOptions;
}

function written(emissions: readonly Emission[], { open, points, options }: Writing): Uint8Array {
  const { graph, initialisers } = join(
    emissions.map(({ body }) => body),
    sizesOf(open, points),
    nth(emissions, 0).names,
  ); // at least one
  const tidied = tidy({ ...graph, name: options.name ?? graph.name }),
    read = new Set(readIn(tidied));
  return writeFile({
    graph: tidied,
    initialisers: initialisers.filter(({ name }) => read.has(name)),
    version,
    doc: options.doc ?? "",
    metadata: options.metadata ?? {},
  });
}

function lambdasOf({ layers }: AnyModel): ReadonlySet<string> {
  return new Set(layers.filter(({ layer }) => layer.kind === "lambda").map(({ name }) => name));
}

function unlike({ name: model, layers }: AnyModel, { problems }: Unlike): SluiceError {
  const kinds = new Map(layers.map(({ name, layer }) => [name, layer.kind]));
  return unsupported(
    `the model "${model}" cannot be written for any number of steps`,
    problems.map(({ origin, what, instead = "Give `steps` a number" }) => ({ name: origin, kind: kinds.get(origin), what, instead })),
  );
}

/** Throws UNSUPPORTED for layers that go on from batch to batch: what a file computes is one. */
function checkCarried({ model, samples }: ModelSource): void {
  const { carried } = model.build((model.ends.inputs === null ? samples[single.inputs] : samples) as never); // as its ends say
  const instead = "Build the model without `stateful`, and take the weights of this one by withWeights";
  const parts = Object.keys(carried).map((name) => ({ name, what: "is stateful: it goes on from batch to batch", instead }));
  if (parts.length > 0) throw unsupported(`the model "${model.name}" computes more than one batch`, parts);
}

function notSource(source: unknown): SluiceError {
  return refused("toOnnx", "the source", source, "a trainer, a model with weights, or { fn, weights, inputs }");
}
