export { choice, integer, logUniform, uniform, type Dimension, type Drawn } from "./space.ts";
export { search, type Found, type SearchConfig, type Space } from "./search.ts";
export type { Halving } from "./rungs.ts";
export type { Outcome, Trial, TrialContext, TrialResult } from "./trial.ts";
