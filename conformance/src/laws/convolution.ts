// What every backend must give for convolutions: what the oracle gives, forward and back.
import { conv1d, gradient, type Tensor } from "@sluice/core";
import { convolutionDataOf, convolutions, describeConvolution, type ConvolutionStructure } from "../arbitraries/convolutions.ts";
import type { Law } from "../law.ts";
import { arithmetic, convolution } from "../oracle/index.ts";
import { roundingOf } from "../rounding.ts";
import { mapTree, type Tree } from "../tree.ts";
import { agree } from "./agree.ts";
import { compiled, hostedIn } from "./compiled.ts";
import { hunt } from "./hunt.ts";

export const convolutionLaw: Law = hunt<ConvolutionStructure>({
  name: "convolution: output and every gradient agree with the oracle",
  pool: () => convolutions,
  describe: describeConvolution,
  async claim(backend, example) {
    const { structure, dtype } = example;
    const exact = arithmetic(roundingOf(backend.supports, dtype));
    const { inputs, upstreamOf } = convolutionDataOf(example);
    const { output, backward } = convolution(exact, inputs.x, inputs.kernel, structure.options);
    const upstream = upstreamOf(output.shape);
    const got = await convolved(backend, structure, mapTree({ inputs, upstream }, hostedIn(dtype)));
    agree(got, { output, gradients: { ...backward(upstream) } }, dtype);
  },
});

interface Inputs {
  readonly inputs: { readonly x: Tensor; readonly kernel: Tensor };
  readonly upstream: Tensor;
}

const convolved = compiled(({ options }: ConvolutionStructure) => ({ inputs, upstream }: Inputs): Tree<Tensor> => {
  const output = conv1d(inputs.x, inputs.kernel, options);
  return { output, gradients: { ...gradient(output, inputs, upstream) } };
});
