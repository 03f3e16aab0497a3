// A recurrent layer run over the sequence both ways (Schuster & Paliwal 1997).
import { SluiceError } from "@sluice/core";
import type { Layer } from "./layer.ts";
import type { RecurrentLayer } from "./recurrent.ts";

const merges = { concat: "concat", sum: "sum", ave: "mean" } as const;

export interface BidirectionalConfig {
  /** How forward and backward outputs meet: side by side (default), added, or averaged. */
  readonly mergeMode?: keyof typeof merges;
  readonly name?: string;
}

/**
 * `layer` forward and, with weights of its own, backward; both read every step.
 *
 * x [batch, steps, features] → [batch, units] or [batch, steps, units] as `layer` says; `concat` gives 2·units.
 * Throws INVALID_ARGUMENT for an unknown merge mode or a layer that goes backwards already.
 */
export function bidirectional(layer: RecurrentLayer, config: BidirectionalConfig = {}): Layer {
  const { mergeMode = "concat" } = config;
  if (!Object.hasOwn(merges, mergeMode)) throw refused(`mergeMode must be one of ${Object.keys(merges).join(", ")}, got "${mergeMode}"`);
  if (layer.config.goBackwards) throw refused("the layer inside must not set goBackwards: both ways are run anyway");
  const saved = { ...config, layer: { kind: layer.kind, config: layer.config } };
  return {
    kind: "bidirectional",
    config: saved,
    build: (input, who) => layer.both(merges[mergeMode], input, who),
  };
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bidirectional", what });
}
