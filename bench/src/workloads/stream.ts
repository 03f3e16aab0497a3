// One step of a cell at a time, as a microphone or a keyboard delivers them: write x, run, await the output; the state is kept.
import { lstm } from "@sluice/core";
import { exactly, normal, started } from "./data.ts";
import { gru } from "./float64/gru.ts";
import { lstm as exactLstm } from "./float64/lstm.ts";
import { cellFlops, gruWeights } from "./infer.ts";
import type { Workload } from "./workload.ts";

interface Sizes {
  readonly input: number;
  readonly units: number;
}

const steps = 16; // of x, over and over
const batch = 1;

export function lstmStream(sizes: Sizes): Workload<"lstmStreaming"> {
  const given = () => ({ weights: started(lstm().weights(sizes), sizes.units, "lstm"), x: inputs(sizes) });
  return {
    ...described("LSTM", "lstm", sizes),
    task: "lstmStreaming",
    flops: cellFlops(4, { ...sizes, batch, steps: 1 }),
    given,
    expected: () => exactLstm(exactly(given().weights), exactly({ x: inputs(sizes) }).x, { ...sizes, batch, steps }).outputs,
  };
}

/** Reset after the product. */
export function gruStream(sizes: Sizes): Workload<"gruStreaming"> {
  const given = () => ({ weights: gruWeights({ ...sizes, batch, steps }, "after"), x: inputs(sizes) });
  return {
    ...described("GRU", "gru", sizes),
    task: "gruStreaming",
    flops: cellFlops(3, { ...sizes, batch, steps: 1 }),
    given,
    expected: () => gru(exactly(given().weights), exactly({ x: inputs(sizes) }).x, { ...sizes, batch, steps }).outputs,
  };
}

function described(what: string, name: string, { input, units }: Sizes) {
  return {
    name: `${name}-stream-${input}-${units}`,
    help: `one streaming step: ${what} ${input}→${units}, batch 1; write x, run, await the output`,
    compared: steps, // so that the state is seen to be kept
    tolerance: 1e-5,
  };
}

function inputs({ input }: Sizes) {
  return normal("x", [batch, steps, input]);
}
