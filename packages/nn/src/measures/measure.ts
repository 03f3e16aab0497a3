// What losses and metrics have in common: a number per sample, from a target and the model's output.
import { SluiceError, type Shape, Tensor } from "@sluice/core";
import { check, optional, type Rule, shape } from "@sluice/core/arguments";

/** What one sample's target looks like, for outputs of a certain shape. */
export interface Target {
  readonly shape: Shape;
  readonly dtype: "float" | "i32";
  /** Smallest and largest value there is, checked before the data is used. */
  readonly range?: readonly [low: number, high: number];
  /** A label beyond the range that may be there too: what has it counts in nothing that is measured of the output. */
  readonly ignored?: number;
}

export interface Measure {
  readonly name: string;
  /** The activation it applies itself: of a model that ends with it, it reads what lies in front of it. */
  readonly includes?: "sigmoid" | "softmax";
  /**
   * Whether it measures a sequence of which some steps do not count as a whole, told which do, and as one sample; "alike" where its targets have the steps of
   * the output. Default false: each step is a sample of its own.
   */
  readonly takesMask?: boolean | "alike";
  /**
   * What it takes as a sample's target for a sample's output. `rows`, of a sample's target as it came, is for those whose shape is the data's to say;
   * it is there once there are data. A metric may take what the loss `beside` it reads. Throws SHAPE_MISMATCH for an output it cannot measure.
   */
  target(output: Shape, rows?: Shape, beside?: Target): Target;
  /** target [batch, …target.shape], output [batch, …output] → [batch]. For one that takes a mask: [batch, steps], 1 or 0, where not all steps count; the output is 0 where one does not. */
  perSample(target: Tensor, output: Tensor, mask?: Tensor): Tensor;
}

/** As it is, but that both functions check what they are given: INVALID_ARGUMENT for what is no shape, or no tensor. */
export function checkedMeasure<M extends Measure>(measure: M): M {
  const { name } = measure;
  return {
    ...measure,
    target(output: Shape, rows?: Shape, beside?: Target) {
      check(`${name}.target`, "output", output, shape);
      check(`${name}.target`, "rows", rows, optional(shape));
      return measure.target(output, rows, beside);
    },
    perSample(target: Tensor, output: Tensor, mask?: Tensor) {
      check(`${name}.perSample`, "target", target, tensor);
      check(`${name}.perSample`, "output", output, tensor);
      check(`${name}.perSample`, "mask", mask, optional(tensor));
      return measure.perSample(target, output, mask);
    },
  };
}

export const tensor: Rule<Tensor> = { expected: "a tensor of the traced function", accepts: (value) => value instanceof Tensor };

/** Targets like the output: regression. */
export function likeOutput(output: Shape): Target {
  return { shape: output, dtype: "float" };
}

/** Targets like the output, each a probability. */
export function probabilities(output: Shape): Target {
  return { shape: output, dtype: "float", range: [0, 1] };
}

/** One class label for each row of scores: output […, classes] → target […], of 0 … classes − 1, or the one that does not count. */
export function classLabels(who: string, ignored?: number): (output: Shape) => Target {
  return (output) => {
    const classes = output.at(-1);
    if (classes !== undefined)
      return { shape: output.slice(0, -1), dtype: "i32", range: [0, classes - 1], ...(ignored !== undefined && { ignored }) };
    throw new SluiceError({ code: "SHAPE_MISMATCH", who, what: "class labels need outputs [batch, …, classes], got [batch]" });
  };
}

/** The mean over every axis but the batch: [batch, …] → [batch]. */
export function meanPerSample(x: Tensor): Tensor {
  return x.rank === 1 ? x : x.mean(inner(x));
}

/** The sum, likewise. */
export function sumPerSample(x: Tensor): Tensor {
  return x.rank === 1 ? x : x.sum(inner(x));
}

/** The sum over every axis but the first and the last: [batch, …, n] → [batch, n]. */
export function sumPerColumn(x: Tensor): Tensor {
  if (x.rank === 1) return x.expand(1);
  return x.rank === 2 ? x : x.sum(inner(x).slice(0, -1));
}

function inner({ shape }: Tensor): readonly number[] {
  return shape.slice(1).map((_, d) => d + 1);
}
