// The oracle: cells and recurrences in float64, straight from the papers' equations, with backward passes derived by hand.
export { arithmetic, exact, type Arithmetic, type Rounding } from "./arithmetic.ts";
export { bidirectional, type Both, type Merge } from "./bidirectional.ts";
export { at, flipped, full, known, row, stepsFirst, zeros, type Bounded } from "./bounded.ts";
export type { Cell, Named, Sizes, Step } from "./cell.ts";
export { gru, type GruOptions, type GruWeights } from "./gru.ts";
export { lstm } from "./lstm.ts";
export { rnn, type RnnWeights } from "./rnn.ts";
export { recurrence, type Job, type Recurrence, type Run, type Upstream } from "./sequence.ts";
export { stacked } from "./stacked.ts";
