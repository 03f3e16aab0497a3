// What losses and metrics have in common: a number per sample, from a target and the model's output.
import { SluiceError, type Shape, Tensor } from "@sluice/core";
import { check, type Rule, shape } from "@sluice/core/arguments";

/** What one sample's target looks like, for outputs of a certain shape. */
export interface Target {
  readonly shape: Shape;
  readonly dtype: "float" | "i32";
  /** Smallest and largest value there is, checked before the data is used. */
  readonly range?: readonly [low: number, high: number];
}

export interface Measure {
  readonly name: string;
  /** The activation it applies itself: of a model that ends with it, it reads what lies in front of it. */
  readonly includes?: "sigmoid" | "softmax";
  /** What it takes as a sample's target for a sample's output. Throws SHAPE_MISMATCH for an output it cannot measure. */
  target(output: Shape): Target;
  /** target [batch, …target.shape], output [batch, …output] → [batch]. Where only some steps of sequences count, each step is measured as a sample of its own. */
  perSample(target: Tensor, output: Tensor): Tensor;
}

/** As it is, but that both functions check what they are given: INVALID_ARGUMENT for what is no shape, or no tensor. */
export function checkedMeasure<M extends Measure>(measure: M): M {
  const { name } = measure;
  return {
    ...measure,
    target(output: Shape) {
      check(`${name}.target`, "output", output, shape);
      return measure.target(output);
    },
    perSample(target: Tensor, output: Tensor) {
      check(`${name}.perSample`, "target", target, tensor);
      check(`${name}.perSample`, "output", output, tensor);
      return measure.perSample(target, output);
    },
  };
}

const tensor: Rule<Tensor> = { expected: "a tensor of the traced function", accepts: (value) => value instanceof Tensor };

/** Targets like the output: regression. */
export function likeOutput(output: Shape): Target {
  return { shape: output, dtype: "float" };
}

/** Targets like the output, each a probability. */
export function probabilities(output: Shape): Target {
  return { shape: output, dtype: "float", range: [0, 1] };
}

/** One class label for each row of scores: output […, classes] → target […], of 0 … classes − 1. */
export function classLabels(who: string): (output: Shape) => Target {
  return (output) => {
    const classes = output.at(-1);
    if (classes !== undefined) return { shape: output.slice(0, -1), dtype: "i32", range: [0, classes - 1] };
    throw new SluiceError({ code: "SHAPE_MISMATCH", who, what: "class labels need outputs [batch, …, classes], got [batch]" });
  };
}

/** The mean over every axis but the batch: [batch, …] → [batch]. */
export function meanPerSample(x: Tensor): Tensor {
  return x.rank === 1 ? x : x.mean(x.shape.slice(1).map((_, d) => d + 1));
}
