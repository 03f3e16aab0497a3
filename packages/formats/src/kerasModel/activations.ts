// What Keras calls an activation, and what @sluice/nn does.
import type { Activation } from "@sluice/nn";
import { type Json, field, isRecord } from "./json.ts";

/** Whose conventions a file has: of Keras 2, which are TensorFlow.js's too, hard_sigmoid is another function. */
export type Era = "keras2" | "keras3";

const ofBoth = {
  ...{ linear: "linear", relu: "relu", relu6: "relu6", elu: "elu", selu: "selu", celu: "celu", sigmoid: "sigmoid", tanh: "tanh" },
  ...{ softmax: "softmax", log_softmax: "logSoftmax", softplus: "softplus", softsign: "softsign", exponential: "exponential" },
  ...{ gelu: "gelu", silu: "silu", swish: "silu", mish: "mish", leaky_relu: "leakyRelu", log_sigmoid: "logSigmoid" },
  ...{ hard_silu: "hardSilu", hard_swish: "hardSilu", hard_tanh: "hardTanh", tanh_shrink: "tanhShrink", soft_shrink: "softShrink" },
  ...{ hard_shrink: "hardShrink", squareplus: "squareplus", sparse_plus: "sparsePlus", sparse_sigmoid: "sparseSigmoid" },
} as const satisfies Readonly<Record<string, Activation>>;

const byEra: Readonly<Record<Era, Readonly<Record<string, Activation>>>> = {
  /** max(0, min(1, 0.2·x + 0.5)); `gelu_new` is TensorFlow.js's. */
  keras2: { ...ofBoth, hard_sigmoid: "hardSigmoid", gelu_new: "geluTanh" },
  /** relu6(x + 3) / 6 */
  keras3: { ...ofBoth, hard_sigmoid: "hardSigmoidKeras3" },
};

/** Undefined for one that there is not. `null` is linear. */
export function activationIn(given: Json, era: Era): Activation | undefined {
  const name = isRecord(given) && field(given, "class_name") === "function" ? field(given, "config") : given;
  if (name === null) return "linear";
  if (typeof name !== "string") return undefined;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.hasOwn(byEra[era], snake) ? byEra[era][snake] : undefined;
}

/** Keras 3's name; undefined for one that it has not by name. */
export function activationOut(name: Activation): string | undefined {
  return Object.entries(byEra.keras3).find(
    ([, ours]) => ours === (name === "swish" ? "silu" : name === "hardSwish" ? "hardSilu" : name),
  )?.[0];
}
