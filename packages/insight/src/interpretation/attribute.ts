// How much of what a model gives comes from which input at which step, by gradients.
import type { HostArray } from "@sluice/core";
import { count, finite, size, text, type Rule } from "@sluice/core/arguments";
import { optional, optionsOf, preset, type TrainerLike, type Table } from "@sluice/nn/kit";
import { inputsTable, type InputsOptions } from "../runs/inputsOptions.ts";
import { there } from "../runs/there.ts";
import { withSources, type Arrays, type X } from "./lookAtSources.ts";
import type { Source } from "./traceSources.ts";

export interface AttributionOptions extends InputsOptions {
  /** Rows of x, the first ones. Default 32. */
  readonly samples?: number;
  /** The output that is explained; needed where the model has several. */
  readonly output?: string;
  /** Which of the numbers of an output [batch, …] is explained: an index for each axis behind the batch. Default the largest of each row, such as the class that is predicted. */
  readonly target?: number | readonly number[];
}

const anyTarget: Rule<number | readonly number[]> = {
  expected: "a whole number of at least 0, or a list of them",
  accepts: (value): value is number | readonly number[] =>
    Array.isArray(value) ? value.every((each) => count.accepts(each)) : count.accepts(value),
};

export const attributionTable = {
  ...inputsTable,
  samples: preset(size, 32),
  output: optional(text),
  target: optional(anyTarget),
} satisfies Table<AttributionOptions>;

export interface IntegratedGradientsOptions extends AttributionOptions {
  /** Points along the way from the baseline. Default 64; the error falls with its square. */
  readonly points?: number;
  /** What every number of the inputs, or of the embeddings of tokens, is where there is nothing. Default 0. */
  readonly baseline?: number;
}

export const integratedGradientsTable = {
  ...attributionTable,
  points: preset(size, 64),
  baseline: preset(finite, 0),
} satisfies Table<IntegratedGradientsOptions>;

/** Of one input. */
export interface InputAttribution {
  /** The input's name; "x" where it has none. */
  readonly input: string;
  /** For tokens, the layer that embeds them: what it gives is what is attributed to. */
  readonly layer?: string;
  /** [samples, …] */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: readonly number[];
  /** By row and step, where there are steps: the norm of a saliency over the features, of the others the sum. */
  readonly steps: readonly (readonly number[])[] | undefined;
}

export interface Attribution {
  /** What is explained, of each row. */
  readonly y: readonly number[];
  /** Which number of the output that is, of each row. */
  readonly target: readonly (readonly number[])[];
  readonly inputs: readonly InputAttribution[];
}

export interface IntegratedGradients extends Attribution {
  /** What the model gives at the baseline, of each row. */
  readonly baseline: readonly number[];
  /** Of each row, Σ attributions − (y − baseline): 0 but for the points along the way. */
  readonly delta: readonly number[];
}

/**
 * ∂y/∂x for every number that a model reads (Simonyan et al. 2013), and its norm at each step. y is one number of an output, such as the score of the class that is predicted.
 *
 * Of inputs of tokens it is of what the layers that read them give, embeddings. As `predict` runs the model. Throws INVALID_ARGUMENT for an output or a target that there is not, and
 * what `predict` throws of x.
 */
export async function saliency(trainer: TrainerLike, x: X, options: AttributionOptions = {}): Promise<Attribution> {
  const given = optionsOf("saliency", attributionTable, options);
  return withSources("saliency", trainer, x, { ...given, baseline: 0 }, async (look) => {
    const arrays = await look.at(1);
    return {
      y: look.y,
      target: look.target,
      inputs: look.sources.map((source) => attributed(source, there(arrays[source.gradients]), (g) => g, "norm", arrays)),
    };
  });
}

/** x ∘ ∂y/∂x (Shrikumar et al. 2016): what a linear model's output is made of. Otherwise as `saliency`; steps are sums. */
export async function inputTimesGradient(trainer: TrainerLike, x: X, options: AttributionOptions = {}): Promise<Attribution> {
  const who = "inputTimesGradient";
  const given = optionsOf(who, attributionTable, options);
  return withSources(who, trainer, x, { ...given, baseline: 0 }, async (look) => {
    const arrays = await look.at(1);
    const times = (g: number, value: number): number => g * value;
    return {
      y: look.y,
      target: look.target,
      inputs: look.sources.map((source) => attributed(source, there(arrays[source.gradients]), times, "sum", arrays)),
    };
  });
}

/**
 * (x − x′) ∘ ∫ ∂y/∂x at x′ + α(x − x′) dα (Sundararajan et al. 2017), by the midpoints of `points` pieces: what each number adds to y beyond what the model gives at the
 * baseline x′. All of them add up to that difference, the axiom of completeness; `delta` is what is missing of it. Otherwise as `saliency`; runs the model `points` times.
 *
 * ```ts
 * const { inputs, delta } = await integratedGradients(trainer, x, { target: 1 });
 * console.log(inputs[0]?.steps?.[0]);   // of the first row, what each step adds
 * ```
 */
export async function integratedGradients(
  trainer: TrainerLike,
  x: X,
  options: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const who = "integratedGradients";
  const { points, ...given } = optionsOf(who, integratedGradientsTable, options);
  return withSources(who, trainer, x, given, async (look) => {
    const end = await look.at(1);
    const sums = new Map(look.sources.map((source) => [source, new Float64Array(there(end[source.values]).data.length)]));
    for (let i = 0; i < points; i++) {
      const arrays = await look.at((i + 0.5) / points);
      for (const [source, sum] of sums)
        there(arrays[source.gradients]).data.forEach((g: number, at: number) => (sum[at] = (sum[at] ?? 0) + g / points));
    }
    const { y: baseline } = await look.at(0);
    const times = (g: number, value: number): number => g * (value - given.baseline);
    const inputs = look.sources.map((source) => {
      const { shape } = there(end[source.values]);
      return attributed(source, { dtype: "f64", shape, data: there(sums.get(source)) }, times, "sum", end);
    });
    const from = Array.from(there(baseline).data, Number);
    const delta = look.y.map(
      (y, row) => inputs.reduce((sum, one) => sum + rowOf(one, row).reduce((all, v) => all + v, 0), 0) - (y - (from[row] ?? 0)),
    );
    return { y: look.y, target: look.target, inputs, baseline: from, delta };
  });
}

function attributed(
  { input, layer, values: path }: Source,
  { shape, data }: HostArray,
  of: (gradient: number, value: number) => number,
  fold: "norm" | "sum",
  arrays: Arrays,
): InputAttribution {
  const own = there(arrays[path]).data;
  const values = Array.from(data, (g, i) => of(Number(g), Number(own[i])));
  const [rows = 0, steps = 0, ...features] = shape;
  const width = features.reduce((product, n) => product * n, 1);
  const folded = (part: readonly number[]): number => (fold === "norm" ? Math.hypot(...part) : part.reduce((sum, one) => sum + one, 0));
  const bySteps = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: steps }, (_, t) => folded(values.slice((row * steps + t) * width, (row * steps + t + 1) * width))),
  );
  return { input, ...(layer !== undefined && { layer }), shape, values, steps: shape.length < 3 ? undefined : bySteps };
}

function rowOf({ shape: [rows = 1], values }: InputAttribution, row: number): readonly number[] {
  const size = values.length / rows;
  return values.slice(row * size, (row + 1) * size);
}
