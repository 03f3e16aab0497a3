// Where Keras drops the mask of the steps, with a warning, and looks at all of them alike.
import { layer, masked, type Layer } from "@sluice/nn";

/** The kind of the layer, by which a saved model finds it: `loadModel(path, { layers: kerasLayers })`. */
export const maskEndsKind = "kerasMaskEnds";

/** x as it is, all of whose steps count from here on. x [batch, …] → the same shape. No weights. */
export function maskEnds(config: { readonly name?: string } = {}): Layer {
  return layer({
    kind: maskEndsKind,
    config,
    build: (input) => ({ output: input, weights: {}, stepwise: "pointwise", apply: (_, x) => masked(x, undefined) }),
  });
}
