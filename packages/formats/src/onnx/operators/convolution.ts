// Operators over windows of one axis: convolution, its transpose, pooling. x is [batch, channels, steps].
import {
  add,
  concat,
  constant,
  conv1d,
  conv1dTranspose,
  div,
  literal,
  max,
  maximum,
  mean,
  pad,
  slice,
  split,
  type Tensor,
  transpose,
} from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { sliced } from "../values/moves.ts";
import { shapeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { input, optionalTensor, tensor } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const convolution: Operators = {
  Conv: { since: 1, evaluate: conv },
  ConvTranspose: { since: 1, evaluate: convTranspose },
  MaxPool: { since: 1, evaluate: maxPool },
  AveragePool: { since: 1, evaluate: averagePool },
  GlobalAveragePool: { since: 1, evaluate: (call) => [global(call, mean)] },
  GlobalMaxPool: { since: 1, evaluate: (call) => [global(call, max)] },
};

interface Windows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** Windows there are. */
  readonly count: number;
}

/** Throws what is not supported for windows of more than one axis. */
function windowsOf(call: Call, steps: number, given?: number): Windows {
  const { attributes } = call;
  const one = (name: string, otherwise: number): number => {
    const values = attributes.ints(name);
    if (values === undefined) return otherwise;
    if (values.length !== 1 || !Number.isInteger(values[0]) || nth(values, 0) < 1)
      throw corrupt(`${name} is [${values.join(", ")}] for one axis`);
    return nth(values, 0);
  };
  const size = one("kernel_shape", given ?? 0),
    stride = one("strides", 1),
    dilation = one("dilations", 1),
    auto = attributes.choice("auto_pad", "NOTSET", ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]),
    pads = attributes.ints("pads") ?? [0, 0];
  if (size < 1 || (given !== undefined && size !== given)) throw corrupt(`kernel_shape is ${size}, the kernel has ${given ?? "none"}`);
  if (pads.length !== 2 || pads.some((n) => n < 0)) throw corrupt(`pads are [${pads.join(", ")}] for one axis`);
  const reach = (size - 1) * dilation + 1;
  if (auto.startsWith("SAME")) {
    const count = Math.ceil(steps / stride),
      missing = Math.max(0, (count - 1) * stride + reach - steps),
      less = Math.floor(missing / 2);
    const [before, after] = auto === "SAME_UPPER" ? [less, missing - less] : [missing - less, less];
    return { size, stride, dilation, before, after, count };
  }
  const [before, after] = auto === "VALID" ? [0, 0] : (pads as readonly [number, number]);
  return { size, stride, dilation, before, after, count: Math.max(0, Math.floor((steps + before + after - reach) / stride) + 1) };
}

function oneAxis(call: Call): Tensor {
  const x = tensor(call, 0);
  if (x.rank !== 3) throw new NotSupported(`is over ${x.rank - 2} axes`, "over one axis, [batch, channels, steps], it is supported");
  return x;
}

function conv(call: Call): readonly Value[] {
  const x = oneAxis(call),
    kernel = input(call, 1),
    groups = call.attributes.int("group", 1),
    { stride, dilation, before, after } = windowsOf(call, nth(x.shape, 2), shapeOf(kernel)[2]);
  const wide = before + after === 0 ? x : pad(x, [[0, 0], [0, 0], [before, after]]); // prettier-ignore
  const flat = call.run.once([kernel], () => transpose(tensorOf(kernel), [2, 1, 0])), // [size, channels, filters]
    y = conv1d(transpose(wide, [0, 2, 1]), flat, { stride, dilation, groups }),
    bias = optionalTensor(call, 2);
  return [traced(input(call, 0).type, transpose(bias === undefined ? y : add(y, bias), [0, 2, 1]))];
}

/** Each step gives to a window; `output_padding` zeros come behind, and pads are cut off. */
function convTranspose(call: Call): readonly Value[] {
  const x = oneAxis(call),
    kernel = input(call, 1), // [channels, filters / group, size]
    { attributes } = call,
    groups = attributes.int("group", 1),
    steps = nth(x.shape, 2),
    behind = attributes.ints("output_padding")?.[0] ?? 0,
    wanted = attributes.ints("output_shape")?.[0],
    isUpper = attributes.text("auto_pad", "NOTSET") === "SAME_UPPER",
    isSame = attributes.text("auto_pad", "NOTSET").startsWith("SAME");
  const { size, stride, dilation, ...pads } = windowsOf(call, steps, shapeOf(kernel)[2]),
    whole = Math.max(0, (steps - 1) * stride + (size - 1) * dilation + 1);
  const length = wanted ?? (isSame ? steps * stride : whole + behind - pads.before - pads.after),
    over = whole + behind - length,
    less = Math.floor(over / 2);
  const before = wanted === undefined && !isSame ? pads.before : isUpper ? less : over - less;
  if (length < 0 || groups < 1 || nth(x.shape, 1) % groups !== 0 || over < 0)
    throw corrupt(`a transposed convolution gives ${length} of ${whole} steps`);
  const parts = split(transpose(x, [0, 2, 1]), groups, 2).map((part, g) => {
    const own = call.run.once([kernel], () => transpose(nth(split(tensorOf(kernel), groups, 0), g), [2, 1, 0]));
    return conv1dTranspose(part, own, { stride, dilation });
  });
  const full = fitted(groups === 1 ? nth(parts, 0) : concat(parts, 2), before + length),
    bias = optionalTensor(call, 2),
    y = slice(full, 1, before, before + length);
  return [traced(input(call, 0).type, transpose(bias === undefined ? y : add(y, bias), [0, 2, 1]))];
}

/** With zeros behind, so that there are `length` steps at least. */
function fitted(x: Tensor, length: number): Tensor {
  const missing = Math.max(0, length - nth(x.shape, 1));
  return missing === 0 ? x : pad(x, [[0, 0], [0, missing], [0, 0]]); // prettier-ignore
}

/** The windows of x, element by element: [batch, channels, windows] for each. */
function taps(x: Tensor, windows: Windows, beyond: number): Tensor[] {
  const { size, stride, dilation, before, after, count } = windows,
    need = count === 0 ? 0 : (count - 1) * stride + (size - 1) * dilation + 1,
    [batch, channels, steps] = x.shape as [number, number, number];
  const side = (n: number): Tensor[] => (n > 0 ? [constant(beyond, [batch, channels, n], x.dtype)] : []),
    wide = concat([...side(before), x, ...side(Math.max(after, need - before - steps))], 2);
  return Array.from({ length: size }, (_, k) => {
    const first = k * dilation;
    return tensorOf(sliced(traced("float32", wide), 2, first, first + (count - 1) * stride + 1, stride), x.dtype);
  });
}

/** With `ceil_mode` a last window may begin inside and end beyond. */
function pooling(call: Call, x: Tensor): Windows {
  const windows = windowsOf(call, nth(x.shape, 2)),
    { size, stride, dilation, before, after } = windows;
  if (windows.size > mostTaps) throw new NotSupported(`windows of ${size} steps`, `those of up to ${mostTaps} are supported`);
  if (!call.attributes.flag("ceil_mode", false)) return windows;
  const room = nth(x.shape, 2) + before + after - (size - 1) * dilation - 1,
    count = Math.ceil(room / stride) + 1;
  return { ...windows, count: (count - 1) * stride >= nth(x.shape, 2) + before ? count - 1 : count };
}

/** Each is a tensor of its own. */
const mostTaps = 256;

function maxPool(call: Call): readonly Value[] {
  const x = oneAxis(call),
    windows = pooling(call, x);
  call.attributes.int("storage_order", 0);
  if (call.node.outputs.length > 1) throw new NotSupported("gives indices", "read its values alone");
  return [traced(input(call, 0).type, taps(x, windows, -Infinity).reduce(maximum))];
}

/** Over what lies inside, or with `count_include_pad` over the padding too; never over what ceil_mode adds. */
function averagePool(call: Call): readonly Value[] {
  const x = oneAxis(call),
    windows = pooling(call, x),
    { size, stride, dilation, before, after, count } = windows,
    withPads = call.attributes.flag("count_include_pad", false);
  const [low, high] = withPads ? [0, before + nth(x.shape, 2) + after] : [before, before + nth(x.shape, 2)];
  const counts = Array.from({ length: count }, (_, w) =>
    Array.from({ length: size }, (__, k) => w * stride + k * dilation).filter((at) => at >= low && at < high).length); // prettier-ignore
  const total = taps(x, windows, 0).reduce(add);
  return [traced(input(call, 0).type, div(total, counts.every((n) => n === counts[0]) ? nth(counts, 0) : literal(counts, [count], x.dtype)))]; // prettier-ignore
}

function global(call: Call, fold: (x: Tensor, axes: readonly number[], options: { readonly keepDims: true }) => Tensor): Value {
  const x = tensor(call, 0);
  return traced(input(call, 0).type, fold(x, Array.from({ length: x.rank - 2 }, (_, i) => i + 2), { keepDims: true })); // prettier-ignore
}
