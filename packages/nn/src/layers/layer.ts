// What a layer is: a configuration that, built for one sample's shape, gives its weights and a traced function of them.
import { SluiceError, type Shape, type Tensor, type Tree, type Weight } from "@sluice/core";
import { check, text } from "@sluice/core/arguments";
import { checkedSpec, describe, type Spec } from "./spec.ts";

/** A layer before it knows its input: plain configuration, so one layer may stand in several models. */
export interface Layer {
  /** Keras's class name in camelCase, "dense". With `config` it is what a saved model keeps of the layer. */
  readonly kind: string;
  /** JSON; holds everything the layer was made from. */
  readonly config: object & { readonly name?: string };
  /** What a sample must look like, where the layer fixes it. */
  readonly input?: Spec;
  /** Present where the layer reads indices: they lie in 0 … indices − 1. */
  readonly indices?: number;
  /**
   * The layer for samples like `input`; pure, `who` names it in errors.
   * Throws SHAPE_MISMATCH or DTYPE_MISMATCH with the axes by name.
   */
  build(input: Spec, who: string): Built;
}

export interface Built {
  readonly output: Spec;
  readonly weights: Tree<Weight>;
  /** The random masks that the layer uses while it trains, one or by name; drawn on the host, so every backend has the same. */
  readonly mask?: Tree<Mask | undefined>;
  /** x [batch, …input.shape] → [batch, …output.shape]. The masks, each [batch, …mask.shape], are there in training only. */
  apply(weights: Tree<Tensor>, x: Tensor, context: { readonly mask: Tree<Tensor | undefined> }): Tensor;
}

export interface Mask {
  readonly shape: Shape;
  readonly rate: number;
  /** What an element is with probability `rate`, and otherwise. Default 0 and 1 / (1 − rate). */
  readonly values?: readonly [number, number];
  readonly seed?: number;
}

/** As it is, but that `build` checks what it is given: INVALID_ARGUMENT for what is no sample. */
export function checkedLayer<L extends Layer>(layer: L): L {
  return {
    ...layer,
    build(input: Spec, who = layer.kind) {
      check(`${layer.kind}.build`, "who", who, text);
      return layer.build(checkedSpec(`${layer.kind}.build`, input), who);
    },
  };
}

export function isMask(value: unknown): value is Mask {
  return typeof value === "object" && value !== null && "rate" in value;
}

/** Throws DTYPE_MISMATCH where a layer that computes with numbers gets indices. */
export function checkNumbers(who: string, input: Spec): void {
  if (input.dtype === "float") return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who,
    what: `reads numbers, got indices (i32) x ${describe(input)}`,
    fix: "Put an embedding before it, or declare the input as float",
    facts: { dtype: input.dtype },
  });
}

/** Throws SHAPE_MISMATCH: `needs` says what the layer reads, as "x [batch, steps, features]". */
export function shapeMismatch(who: string, needs: string, input: Spec, fix?: string): SluiceError {
  const what = `needs ${needs}, got x ${describe(input)}`;
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what,
    ...(fix !== undefined && { fix }),
    facts: { shape: input.shape, axes: input.axes },
  });
}
