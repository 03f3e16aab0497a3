// Functions of tensors that stand in a model of Keras where layers do: those that make masks, and sums and products of two tensors.
import type { MappedLayer } from "./layerIn.ts";
import { made, operations, rules } from "./rules.ts";
import type { LayerConfig } from "./topology.ts";
import { maskOperations } from "./values.ts";

/** x + y and the like, which are functions and no layers. */
export function isOperation({ module }: LayerConfig): boolean {
  return module.startsWith("keras.src.ops") || module.startsWith("keras.ops");
}

/** Classes of Keras's that have another name than they are known by. */
export const aliases: Readonly<Record<string, string>> = { GroupQueryAttention: "GroupedQueryAttention", Model: "Functional" };

export function isMaskOperation(config: LayerConfig): boolean {
  return isOperation(config) && Object.hasOwn(maskOperations, config.className);
}

export function isNoLayer(config: LayerConfig): boolean {
  return config.className === "InputLayer" || isMaskOperation(config);
}

export function operationIn(config: LayerConfig, name: string): MappedLayer | undefined {
  const className = isOperation(config) && Object.hasOwn(operations, config.className) ? operations[config.className] : undefined,
    rule = className === undefined ? undefined : rules[className];
  const isOfTensors = config.uses.every(
    ({ args, kwargs }) => args.length === 2 && args.every((one) => "tensor" in one) && kwargs.size === 0,
  );
  return rule !== undefined && isOfTensors ? { layer: made(rule.make, { name }), rule } : undefined;
}
