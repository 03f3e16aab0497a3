// What every backend must give for normalisations and positions: what the oracle gives, forward and back.
import { gradient, layerNormalization, rmsNormalization, rotary, sinusoidalPositions, type Tensor } from "@sluice/core";
import { describeLayer, layerDataOf, layered, layers, type LayerStructure } from "../arbitraries/layers.ts";
import type { Law } from "../law.ts";
import { arithmetic } from "../oracle/index.ts";
import { roundingOf } from "../rounding.ts";
import { mapTree, type Tree } from "../tree.ts";
import { agree } from "./agree.ts";
import { compiled, hostedIn } from "./compiled.ts";
import { hunt } from "./hunt.ts";

export const layerLaws: readonly Law[] = [
  hunt<LayerStructure>({
    name: "normalisation and positions: output and every gradient agree with the oracle",
    pool: () => layers,
    describe: describeLayer,
    async claim(backend, example) {
      const { structure, dtype } = example;
      const data = layerDataOf(example);
      const want = layered(structure, data, arithmetic(roundingOf(backend.supports, dtype)));
      const got = await whole(backend, structure, mapTree({ ...data }, hostedIn(dtype)));
      agree(got, want, dtype);
    },
  }),
];

interface Inputs {
  readonly inputs: { readonly x: Tensor; readonly gain?: Tensor; readonly shift?: Tensor };
  readonly upstream: Tensor;
}

const whole = compiled((structure: LayerStructure) => ({ inputs, upstream }: Inputs): Tree<Tensor> => {
  const output = ran(structure, inputs);
  const loss = output.mul(upstream).sum().add(inputs.x.mul(0).sum()); // positions know nothing of x
  return { output, gradients: gradient(loss, inputs as never) };
});

function ran({ choice, shape }: LayerStructure, { x, gain, shift }: Inputs["inputs"]): Tensor {
  switch (choice.layer) {
    case "layerNormalization":
      return layerNormalization(x, { gain, shift, ...(choice.epsilon !== undefined && { epsilon: choice.epsilon }) });
    case "rmsNormalization":
      return rmsNormalization(x, { gain, ...(choice.epsilon !== undefined && { epsilon: choice.epsilon }) });
    case "rotary": {
      const { layer: _, ...options } = choice;
      return rotary(x, options);
    }
    case "sinusoidalPositions":
      return sinusoidalPositions(shape[0]!, shape[1]!, x.dtype as "f32");
  }
}
