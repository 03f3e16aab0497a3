// Losses over classes read logits; told that they get probabilities, they make logits of them (Keras's from_logits, the other way round).
import { boolean } from "@sluice/core/arguments";
import { clip, log, log1p, logSoftmax, neg, type Tensor } from "@sluice/core";
import { preset, type Table } from "../options/table.ts";
import { epsilon } from "./epsilon.ts";

export interface LogitsConfig {
  /**
   * False where outputs are probabilities that no last activation made: then they are kept at least 10⁻⁷ from 0 and 1, as in Keras. Default true; of a model that
   * ends with the activation the loss reads what lies in front of it anyway.
   */
  readonly fromLogits?: boolean;
}

export const logitsTable = { fromLogits: preset(boolean, true) } satisfies Table<LogitsConfig>;

/** log(p / (1 − p)) of probabilities p. */
export function logitsOf(z: Tensor, fromLogits: boolean): Tensor {
  if (fromLogits) return z;
  const p = clip(z, epsilon, 1 - epsilon);
  return log(p).sub(log1p(neg(p)));
}

/** log softmax(z), or log of p / Σ p over the last axis. */
export function logsOf(z: Tensor, fromLogits: boolean): Tensor {
  if (fromLogits) return logSoftmax(z);
  return log(clip(z.div(z.sum(z.rank - 1, { keepDims: true })), epsilon, 1 - epsilon));
}
