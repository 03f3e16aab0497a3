// A net as a layer of nn: between others, with its weights, so that `fit` trains it.
import { SluiceError, type Tensor, trace } from "@sluice/core";
import { entry } from "../read/there.ts";
import { meant, options as named, show } from "@sluice/core/arguments";
import { layer, type Layer, type Spec } from "@sluice/nn";
import type { OnnxNet } from "./fromOnnx.ts";
import { tracedNet } from "./tracedNet.ts";

export interface OnnxLayerOptions {
  /** Which output it gives. Default: the first. */
  readonly output?: string | undefined;
  /** Of the layer. */
  readonly name?: string | undefined;
}

/**
 * A layer that is `net`: of one input and one of its outputs, both with the batch as their first axis. Its weights start as the file's and train.
 *
 * x [batch, …] → [batch, …]. No file of ours holds it: save its weights, or write ONNX again.
 * Throws INVALID_ARGUMENT for what fromOnnx has not made, a net of several inputs or an output that there is not, SHAPE_MISMATCH at build for another sample than the net takes.
 */
export function onnxLayer(net: OnnxNet, options: OnnxLayerOptions = {}): Layer {
  tracedNet("onnxLayer", net);
  const { output = net.summary.outputs[0]?.name ?? "", name } = named<OnnxLayerOptions>("onnxLayer", options, { output: true, name: true }),
    inputs = Object.keys(net.inputs),
    [input] = inputs;
  if (input === undefined || inputs.length > 1)
    throw invalid(
      `a layer reads one value, the net ${inputs.join(", ")}`,
      "Give the others as constants of fromOnnx, or call net.apply in a layer of your own",
    );
  if (!Object.hasOwn(net.outputs, output)) throw invalid(`there is no output ${show(output)}`, meant(output, Object.keys(net.outputs)));
  const batch = entry(net.inputs, input).shape[0] ?? 1; // as `inputs` has it
  return layer({
    kind: "onnx",
    config: name === undefined ? {} : { name },
    unsavable: "is an ONNX file, which no file of ours holds",
    start: net.weights,
    build: (sample: Spec) => ({
      output: outputOf(net, { input, output, batch }, sample),
      weights: net.declared,
      apply: (weights, x) => net.output(weights, { [input]: x }, output),
    }),
  });
}

interface Ends {
  readonly input: string;
  readonly output: string;
  readonly batch: number;
}

/** Of one sample, as a trace for a batch of them finds it. */
function outputOf(net: OnnxNet, { input, output, batch }: Ends, sample: Spec): Spec {
  const specs = Object.entries(net.declared).map(
    ([name, { axes }]) => [name, { shape: Object.values(axes), dtype: entry(net.weights, name).dtype }] as const,
  ); // one for each
  const { dtype } = entry(net.inputs, input); // as it was found
  const { result } = trace(
    "onnxLayer",
    (weights: Readonly<Record<string, Tensor>>, x: Tensor) => net.apply(weights, { [input]: x })[output],
    [Object.fromEntries(specs), { shape: [batch, ...sample.shape], dtype }],
  );
  const y = result as Tensor, // which `apply` gives
    [rows, ...shape] = y.shape;
  if (rows !== batch)
    throw invalid(
      `the batch must stay the first axis: ${batch} rows give [${y.shape.join(", ")}]`,
      "Call net.apply in a layer of your own",
    );
  return {
    shape,
    axes: shape.map((_, d) => (d === shape.length - 1 ? "features" : `axis${d + 1}`)),
    dtype: y.dtype === "i32" ? "i32" : "float",
  };
}

function invalid(what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "onnxLayer", what, fix });
}
