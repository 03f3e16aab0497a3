// The bias of a cell's gates, which a cell may do without.
import type { Tensor } from "../trace/tensor.ts";
import type { Weight } from "./cell.ts";
import type { When } from "./when.ts";

/** What the gates of a cell are made of: a product of x, one of h, and a bias or none. */
export type GateWeights<UseBias> = { readonly wx: Weight; readonly wh: Weight } & When<UseBias, { readonly b: Weight }>;

export interface BiasOption {
  /** The gates have a bias. Default true. */
  readonly useBias?: boolean;
}

/** x + b, or x. */
export function biased(x: Tensor, b: Tensor | undefined): Tensor {
  return b === undefined ? x : x.add(b);
}
