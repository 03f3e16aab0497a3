// Running a cell over sequences: all outputs, from a zero state.
import { gru, lstm } from "@sluice/core";
import { lem as ownCell } from "../cells/lem.ts";
import { exactly, normal, started } from "./data.ts";
import { gru as exactGru } from "./float64/gru.ts";
import { lem } from "./float64/lem.ts";
import { lstm as exactLstm } from "./float64/lstm.ts";
import { swapped } from "./float64/matrix.ts";
import type { Sizes } from "./float64/sequence.ts";
import type { GruWeights, LstmWeights, OwnWeights, Sequence } from "./tasks.ts";
import type { Workload } from "./workload.ts";

export function lstmInfer(sizes: Sizes): Workload<"lstmInference"> {
  const given = () => sequence(sizes, started(lstm().weights(sizes), sizes.units, "lstm"));
  return {
    ...described("LSTM", "lstm-infer", sizes),
    task: "lstmInference",
    flops: cellFlops(4, sizes),
    given,
    expected: () => outputs(sizes, given(), (weights: LstmWeights, x) => exactLstm(exactly(weights), x, sizes).outputs),
  };
}

/** Reset after the product, as in PyTorch and Keras, or before it, as in the first paper. */
export function gruInfer(sizes: Sizes, { reset = "after" }: { readonly reset?: Reset } = {}): Workload<"gruInference"> {
  const given = () => sequence(sizes, gruWeights(sizes, reset));
  return {
    ...described(reset === "after" ? "GRU" : "GRU with reset before the product", `gru${reset === "after" ? "" : "-before"}-infer`, sizes),
    task: "gruInference",
    flops: cellFlops(3, sizes),
    given,
    expected: () => outputs(sizes, given(), (weights: GruWeights, x) => exactGru(exactly(weights), x, sizes).outputs),
  };
}

/** A cell that is not the library's, with as many weights as an LSTM: to be compared with `lstmInfer` of the same sizes. */
export function ownInfer(sizes: Sizes): Workload<"ownInference"> {
  const given = () => sequence(sizes, started(ownCell().weights(sizes), sizes.units, "lem"));
  return {
    ...described("a user's own cell (LEM), as large as an LSTM,", "own-cell-infer", sizes),
    task: "ownInference",
    flops: cellFlops(4, sizes),
    given,
    expected: () => outputs(sizes, given(), (weights: OwnWeights, x) => lem(exactly(weights), x, sizes)),
  };
}

export type Reset = "before" | "after";

export function gruWeights(sizes: Sizes, reset: Reset): GruWeights {
  return reset === "after"
    ? started(gru().weights(sizes), sizes.units, "gru")
    : started(gru({ reset: "before" }).weights(sizes), sizes.units, "gru");
}

/** Of the products x·wx and h·wh of a cell with so many columns of gates. */
export function cellFlops(gates: number, { batch, steps, input, units }: Sizes): number {
  return 2 * batch * steps * (input + units) * gates * units;
}

function described(what: string, name: string, { batch, steps, input, units }: Sizes) {
  return {
    name: `${name}-b${batch}-t${steps}-${input}-${units}`,
    help: `${what} ${input}→${units}, batch ${batch}, ${steps} steps, all outputs`,
    compared: 1,
    tolerance: 1e-5, // of outputs that reach about 1; in float32, with a tanh of some ulp, 100 steps differ by about 1e-6
  };
}

function sequence<W>({ batch, steps, input }: Sizes, weights: W): Sequence<W> {
  return { weights, x: normal("x", [batch, steps, input]) };
}

/** What `run` gives, steps first, with the batch first. */
function outputs<W>(
  { batch, steps }: Sizes,
  { weights, x }: Sequence<W>,
  run: (weights: W, x: Float64Array) => Float64Array,
): Float64Array {
  return swapped(run(weights, swapped(Float64Array.from(x.data), batch, steps)), steps, batch);
}
