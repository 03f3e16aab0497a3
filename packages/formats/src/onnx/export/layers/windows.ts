// Convolutions and poolings over steps. ONNX has features before steps: each stands between two transpositions.
import type { Emitter } from "../emission/emitter.ts";
import { reduce, slice, transpose } from "../emission/operators.ts";
import { type Attributes, type Data, int, ints, type Numbers, text } from "../emission/values.ts";
import { activationOf } from "./activations.ts";
import { countedOf, made, numberOption, option, singleOf, textOption, weightsOf } from "./reading.ts";
import type { Rule, Use } from "./rule.ts";
import { nth } from "../../read/there.ts";

interface Windows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: string;
}

function windowsOf({ config }: Use, size: string, otherwise: number): Windows {
  const n = numberOption(config, size, otherwise);
  return {
    size: n,
    stride: numberOption(config, "strides", size === "poolSize" ? n : 1),
    dilation: numberOption(config, "dilationRate", 1),
    padding: textOption(config, "padding", "valid"),
  };
}

/** Undefined for what depends on the number of steps in a way that the operator does not know: "same", strided and dilated at once. */
function placing({ size, stride, dilation, padding }: Windows): Attributes | undefined {
  const reach = (size - 1) * dilation,
    own: Attributes = { kernel_shape: list(size), strides: list(stride), ...(dilation !== 1 && { dilations: list(dilation) }) };
  if (padding === "valid") return own;
  if (padding === "causal") return { ...own, pads: list(reach, 0) };
  if (stride === 1) return { ...own, pads: list(Math.floor(reach / 2), Math.ceil(reach / 2)) };
  return dilation === 1 ? { ...own, auto_pad: text("SAME_UPPER") } : undefined;
}

/** How many windows there are. */
function countOf({ size, stride, dilation, padding }: Windows, steps: number): number {
  return padding === "valid" ? Math.floor((steps - (size - 1) * dilation - 1) / stride) + 1 : Math.ceil(steps / stride);
}

interface Kernel {
  /** W [filters, input / groups, size], by its index. */
  readonly filters: number;
  readonly part: number;
  readonly groups: number;
  readonly at: (filter: number, part: number, k: number) => number;
}

function convolution(use: Use, kernelOf: (weights: Readonly<Record<string, Data>>, input: number) => Kernel | undefined): ReturnType<Rule> {
  const x = singleOf(use),
    weights = weightsOf(use),
    activate = activationOf(use.built.activation),
    windows = windowsOf(use, "kernelSize", 1),
    attributes = placing(windows);
  if (x === undefined || weights === undefined || activate === undefined || attributes === undefined) return undefined;
  const kernel = kernelOf(weights, x.shape[2] ?? 0),
    pointwise = weights["pointwiseKernel"],
    { mask } = use.context;
  if (kernel === undefined) return undefined;
  return {
    reads: [x, ...(mask === undefined ? [] : [mask])],
    emit(e, value, lowering) {
      const [batch = 0, steps = 0] = x.shape,
        { filters, part, groups, at } = kernel;
      const turned = transpose(e, readOf(e, countedOf(e, lowering, value(x), mask), windows), [0, 2, 1]);
      const w = made(e, "W", [filters, part, windows.size], ([f = 0, c = 0, k = 0]) => at(f, c, k));
      const bias = pointwise === undefined ? weights["bias"] : undefined;
      const shape = [batch, filters, countOf(windows, steps)];
      let y: Numbers = e.add(
        "Conv",
        bias === undefined ? [turned, w] : [turned, w, bias],
        { shape, elem: "f32" },
        { ...attributes, ...(groups > 1 && { group: int(groups) }) },
      );
      if (pointwise !== undefined) y = across(e, y, pointwise, weights["bias"]);
      return { "": activate(e, transpose(e, y, [0, 2, 1])) };
    },
  };
}

/** Features at each step by themselves; pointwise [1, between, filters]. */
function across(e: Emitter, x: Numbers, { data, shape }: Data, bias: Data | undefined): Numbers {
  const [, between = 0, filters = 0] = shape;
  const w = made(e, "pointwise.W", [filters, between, 1], ([f = 0, c = 0]) => nth(data, c * filters + f)); // of the shape
  return e.add(
    "Conv",
    bias === undefined ? [x, w] : [x, w, bias],
    { shape: x.shape.with(1, filters), elem: "f32" },
    { kernel_shape: list(1) },
  );
}

/** kernel [size, input / groups, filters] */
export const conv1D: Rule = (use) =>
  convolution(use, ({ kernel }, input) => {
    if (kernel === undefined) return undefined;
    const [, part = 1, filters = 1] = kernel.shape;
    return { filters, part, groups: input / part, at: (f, c, k) => nth(kernel.data, (k * part + c) * filters + f) }; // of the shape
  });

/** kernel [size, input, depthMultiplier] */
export const depthwiseConv1D: Rule = (use) =>
  convolution(use, ({ kernel, depthwiseKernel }, input) => {
    const own = kernel ?? depthwiseKernel;
    if (own === undefined) return undefined;
    const filters = input * nth(own.shape, 2); // of three axes
    return { filters, part: 1, groups: input, at: (f, _, k) => nth(own.data, k * filters + f) }; // of the shape
  });

/** kernel [size, filters, input]; what windows that lie apart leave behind the last is 0, and with "same" both ends are cut. */
export const conv1DTranspose: Rule = (use) => {
  const x = singleOf(use),
    weights = weightsOf(use),
    activate = activationOf(use.built.activation),
    { size, stride, dilation, padding } = windowsOf(use, "kernelSize", 1),
    kernel = weights?.["kernel"];
  const reach = (size - 1) * dilation + 1,
    extra = reach - stride;
  if (x === undefined || kernel === undefined || activate === undefined) return undefined;
  const { mask } = use.context,
    bias = weights?.["bias"];
  const cut = padding === "same" && extra > 0 ? [Math.floor(extra / 2), Math.ceil(extra / 2)] : [0, 0];
  return {
    reads: [x, ...(mask === undefined ? [] : [mask])],
    emit(e, value, lowering) {
      const [batch = 0, steps = 0, input = 0] = x.shape,
        [, filters = 0] = kernel.shape;
      const w = made(e, "W", [input, filters, size], ([c = 0, f = 0, k = 0]) => nth(kernel.data, (k * filters + f) * input + c)); // of the shape
      const turned = transpose(e, countedOf(e, lowering, value(x), mask), [0, 2, 1]);
      const shape = [batch, filters, steps * stride + (padding === "same" ? 0 : Math.max(0, extra))];
      const attributes = {
        kernel_shape: list(size),
        strides: list(stride),
        dilations: list(dilation),
        pads: list(...cut),
        ...(extra < 0 && { output_padding: list(-extra) }),
      };
      const y = e.add("ConvTranspose", bias === undefined ? [turned, w] : [turned, w, bias], { shape, elem: "f32" }, attributes);
      return { "": activate(e, transpose(e, y, [0, 2, 1])) };
    },
  };
};

const pooling =
  (op: "MaxPool" | "AveragePool"): Rule =>
  (use) => {
    const x = singleOf(use),
      windows = windowsOf(use, "poolSize", 2),
      attributes = placing(windows);
    if (x === undefined || attributes === undefined || use.context.mask !== undefined) return undefined;
    return {
      reads: [x],
      emit(e, value) {
        const [batch = 0, steps = 0, features = 0] = x.shape;
        const y = e.add(
          op,
          [transpose(e, readOf(e, value(x), windows), [0, 2, 1])],
          { shape: [batch, features, countOf(windows, steps)], elem: "f32" },
          attributes,
        );
        return { "": transpose(e, y, [0, 2, 1]) };
      },
    };
  };

/** x without steps behind the last window, which are there where strides are longer than it: SAME_UPPER would count them as pads below 0. */
function readOf(e: Emitter, x: Numbers, windows: Windows): Numbers {
  const { size, stride, padding } = windows,
    [, steps = 0] = x.shape,
    count = countOf(windows, steps);
  if (padding !== "same" || stride <= size) return x;
  slice(e, x, [{ axis: 1, start: 0, n: count, step: stride }]); // as many as there are windows, whose number the end follows from
  const end = (count - 1) * stride + size;
  return e.add("Slice", [x, ints(0), ints(end), ints(1)], { shape: x.shape.with(1, Math.min(steps, end)), elem: x.elem });
}

export const maxPooling1D = pooling("MaxPool");
/** What lies beyond the steps is left out of the mean, here and there. */
export const averagePooling1D = pooling("AveragePool");

const overAll =
  (op: "ReduceMax" | "ReduceMean"): Rule =>
  (use) => {
    const x = singleOf(use);
    if (x === undefined || use.context.mask !== undefined) return undefined;
    return { reads: [x], emit: (e, value) => ({ "": reduce(e, op, value(x), [1], option(use.config, "keepDims") === true) }) };
  };

export const globalMaxPooling1D = overAll("ReduceMax");
export const globalAveragePooling1D = overAll("ReduceMean");

function list(...value: readonly number[]) {
  return { kind: "ints", value } as const;
}
