// What a rule for a kind of layer is: it looks at one use of the layer, and says how it is written with operators of ONNX, or that it is not.
import type { Tensor } from "@sluice/core";
import type { Node } from "@sluice/core/graph";
import type { Watched } from "@sluice/nn/kit";
import type { Emitter } from "../emission/emitter.ts";
import type { Data, Numbers } from "../emission/values.ts";
import type { Lowering } from "../graph/lowering.ts";
import type { ToOnnxOptions } from "../options.ts";

export interface Use extends Watched {
  /** As the layer was made. */
  readonly config: object;
  /** The numbers of a weight. */
  readonly weight: (tensor: Tensor) => Data | undefined;
  readonly setting: Setting;
}

export interface Setting {
  readonly options: ToOnnxOptions;
  /** Masks of which it is known that what counts stands first. */
  readonly ends: ReadonlySet<Node>;
}

export interface Written {
  /** What it reads, weights aside. */
  readonly reads: readonly Tensor[];
  /** What it gives, by path. */
  emit(e: Emitter, value: (tensor: Tensor) => Numbers, lowering: Lowering): Readonly<Record<string, Numbers>>;
}

/** Undefined where the layer is used in a way that the rule does not know: then it is written as it was traced. */
export type Rule = (use: Use) => Written | undefined;
