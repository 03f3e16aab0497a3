// The Programs that docs/convolution.md shows, as they really come out: predictions of batch 2, 8 steps of 3 features, 4 filters and 2 units.
import type { Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { activation, batchNormalization, conv1D, input, lstm, sequential } from "../index.ts";

/** By the name under which convolution.md shows them. */
export const convolutionPrograms: Readonly<Record<string, string>> = { "convolution and lstm": await predicting() };

async function predicting(): Promise<string> {
  const reference = await open();
  const programs: Program[] = [];
  const backend = { ...reference, compile: (program: Program) => (programs.push(program), reference.compile(program)) };
  const model = sequential([
    input({ shape: [8, 3] }),
    conv1D({ filters: 4, kernelSize: 3 }),
    batchNormalization(),
    activation({ activation: "gelu" }),
    lstm({ units: 2 }),
  ]);
  using trainer = await model.compile({ backend });
  await trainer.predict({ dtype: "f32", shape: [2, 8, 3], data: new Float32Array(48) });
  return programs.map(print).join("\n");
}
