// Who looks on while a model is traced: at each layer, what it read and what it gave. For whoever writes models down in another form.
import type { Tensor, Tree } from "@sluice/core";
import type { AnyLayer, Built, LayerContext } from "../layers/layer.ts";

/** One use of a layer, traced. */
export interface Watched {
  /** Of the layer, in its own model. */
  readonly name: string;
  readonly layer: AnyLayer;
  readonly built: Built<never>;
  readonly weights: Tree<Tensor>;
  readonly x: Tree<Tensor>;
  readonly context: LayerContext;
  /** What it gives and what stands beside that, by path ("" where that is one value, "state.h"), with its activation. */
  readonly given: Readonly<Record<string, Tensor>>;
}

/** What layers behind it read in place of what the layer gave: by path, or that itself where nothing is said. */
export type Watch = (watched: Watched) => Readonly<Record<string, Tensor>>;

let current: Watch | undefined;

/** Runs `trace`, and tells `watch` of each layer of a model that it traces, those of models within models too. */
export function watchLayers<T>(watch: Watch, trace: () => T): T {
  const before = current;
  current = watch;
  try {
    return trace();
  } finally {
    current = before;
  }
}

/** Undefined where nobody looks on. */
export function watching(): Watch | undefined {
  return current;
}
