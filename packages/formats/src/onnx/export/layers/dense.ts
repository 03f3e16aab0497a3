// Products with kernels, rows of tables, and functions of elements.
import type { Emitter } from "../emission/emitter.ts";
import { elementwise, gather, matmul } from "../emission/operators.ts";
import { int, type Numbers } from "../emission/values.ts";
import { activationOf } from "./activations.ts";
import { numberOption, option, singleOf, weightsOf } from "./reading.ts";
import type { Rule } from "./rule.ts";
import { nth } from "../../read/there.ts";

/** MatMul and Add, of samples of one axis Gemm. */
export const dense: Rule = (use) => {
  const x = singleOf(use),
    weights = weightsOf(use),
    activate = activationOf(use.built.activation);
  if (x === undefined || weights === undefined || activate === undefined) return undefined;
  const { kernel, bias } = weights;
  if (kernel === undefined) return undefined;
  return { reads: [x], emit: (e, value) => ({ "": activate(e, affine(e, value(x), kernel, bias)) }) };
};

/** x·w + b. */
export function affine(e: Emitter, x: Numbers, w: Numbers, b: Numbers | undefined): Numbers {
  if (b !== undefined && x.shape.length === 2) return e.add("Gemm", [x, w, b], { shape: [nth(x.shape, 0), nth(w.shape, 1)], elem: x.elem }); // matrices
  const product = matmul(e, x, w);
  return b === undefined ? product : elementwise(e, "Add", [product, b]);
}

/** An index outside the table is refused by the runtime. */
export const embedding: Rule = (use) => {
  const { x } = use,
    table = weightsOf(use)?.["embeddings"],
    read = "dtype" in x && x.dtype === "i32" ? singleIndex(use) : undefined;
  if (table === undefined || read === undefined || table.elem !== "f32") return undefined;
  return { reads: [read], emit: (e, value) => ({ "": gather(e, table, value(read), 0) }) };
};

function singleIndex({ x }: Parameters<Rule>[0]) {
  return "node" in x ? (x as Exclude<ReturnType<typeof singleOf>, undefined>) : undefined; // a tensor is what has a node
}

/** Layers that are an activation. */
export const activation: Rule = (use) => {
  const x = singleOf(use),
    activate = activationOf(use.built.activation);
  if (x === undefined || activate === undefined) return undefined;
  return { reads: [x], emit: (e, value) => ({ "": activate(e, value(x)) }) };
};

export const softmax: Rule = (use) => (use.built.activation === "softmax" ? activation(use) : overAnAxis(use));

const overAnAxis: Rule = (use) => {
  const x = singleOf(use),
    axis = numberOption(use.config, "axis", -1);
  if (x === undefined || use.context.mask !== undefined) return undefined;
  return { reads: [x], emit: (e, value) => ({ "": e.add("Softmax", [value(x)], { shape: x.shape, elem: "f32" }, { axis: int(axis) }) }) };
};

/** Of negative x a share. */
export const leakyRelu: Rule = (use) => sloped(use, "LeakyRelu", numberOption(use.config, "negativeSlope", 0.3));
export const elu: Rule = (use) => (use.context.mask === undefined ? sloped(use, "Elu", numberOption(use.config, "alpha", 1)) : undefined);
export const relu: Rule = (use) =>
  ["negativeSlope", "maxValue", "threshold"].every((name) => option(use.config, name) === undefined) ? sloped(use, "Relu") : undefined;

function sloped(use: Parameters<Rule>[0], op: string, alpha?: number): ReturnType<Rule> {
  const x = singleOf(use);
  if (x === undefined) return undefined;
  const attributes = alpha === undefined ? {} : ({ alpha: { kind: "float", value: alpha } } as const);
  return { reads: [x], emit: (e, value) => ({ "": e.add(op, [value(x)], { shape: x.shape, elem: "f32" }, attributes) }) };
}
