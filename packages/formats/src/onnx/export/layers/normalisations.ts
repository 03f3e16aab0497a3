// Normalisations.
import { transpose } from "../emission/operators.ts";
import { type Data, int } from "../emission/values.ts";
import { countedOf, made, numberOption, option, singleOf, weightsOf } from "./reading.ts";
import type { Rule } from "./rule.ts";

/** Over the last axis. */
export const layerNormalization: Rule = (use) => {
  const x = singleOf(use),
    weights = weightsOf(use),
    axis = option(use.config, "axis");
  if (
    x === undefined ||
    weights === undefined ||
    (x.shape.length < 3 && use.context.mask !== undefined) ||
    !(axis === undefined || axis === -1)
  )
    return undefined;
  const features = x.shape.at(-1) ?? 1,
    { gamma, beta } = weights;
  return {
    reads: [x],
    emit(e, value) {
      const gain = gamma ?? made(e, "gamma", [features], () => 1);
      const attributes = { axis: int(-1), epsilon: { kind: "float", value: numberOption(use.config, "epsilon", 1e-3) } } as const;
      return {
        "": e.add(
          "LayerNormalization",
          beta === undefined ? [value(x), gain] : [value(x), gain, beta],
          { shape: x.shape, elem: "f32" },
          attributes,
        ),
      };
    },
  };
};

/** By its moving statistics. ONNX has features second. */
export const batchNormalization: Rule = (use) => {
  const x = singleOf(use),
    weights = weightsOf(use);
  const { gamma, beta, movingMean: mean, movingVariance: variance } = weights ?? {};
  if (x === undefined || mean === undefined || variance === undefined) return undefined;
  const { mask } = use.context,
    features = x.shape.at(-1) ?? 1,
    last = x.shape.length - 1,
    axes = x.shape.map((_, axis) => axis).slice(1, -1);
  return {
    reads: [x, ...(mask === undefined ? [] : [mask])],
    emit(e, value, lowering) {
      const constant = (name: string, n: number): Data => made(e, name, [features], () => n);
      const turned = transpose(e, countedOf(e, lowering, value(x), mask), [0, last, ...axes].slice(0, last + 1));
      const inputs = [turned, gamma ?? constant("gamma", 1), beta ?? constant("beta", 0), mean, variance];
      const y = e.add(
        "BatchNormalization",
        inputs,
        { shape: turned.shape, elem: "f32" },
        { epsilon: { kind: "float", value: numberOption(use.config, "epsilon", 1e-3) } },
      );
      return { "": transpose(e, y, [0, ...axes.map((axis) => axis + 1), 1].slice(0, last + 1)) };
    },
  };
};
