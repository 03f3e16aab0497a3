// A recurrent layer run over the sequence both ways (Schuster & Paliwal 1997).
import { SluiceError } from "@sluice/core";
import { oneOf, refused as wrong } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { checkedLayer, type Layer } from "./layer.ts";
import type { RecurrentLayer } from "./recurrent.ts";

const merges = { concat: "concat", sum: "sum", ave: "mean" } as const;

export interface BidirectionalConfig {
  /** How forward and backward outputs meet: side by side (default), added, or averaged. */
  readonly mergeMode?: keyof typeof merges;
  readonly name?: string;
}

export const bidirectionalTable = {
  mergeMode: preset(oneOf("concat", "sum", "ave"), "concat"),
  name: optional(layerName),
} satisfies Table<BidirectionalConfig>;

/**
 * `layer` forward and, with weights of its own, backward; both read every step.
 *
 * x [batch, steps, features] → [batch, units] or [batch, steps, units] as `layer` says; `concat` gives 2·units.
 * Throws INVALID_ARGUMENT for an unknown merge mode or a layer that goes backwards already.
 */
export function bidirectional(layer: RecurrentLayer, options: BidirectionalConfig = {}): Layer {
  const config = given("bidirectional", bidirectionalTable, options),
    { mergeMode } = filled(bidirectionalTable, config);
  if (!isRecurrent(layer)) throw wrong("bidirectional", "the layer inside", layer, "a recurrent layer, such as lstm({ units })");
  if (layer.config.goBackwards) throw refused("the layer inside must not set goBackwards: both ways are run anyway");
  const saved = { ...config, layer: { kind: layer.kind, config: layer.config } };
  return checkedLayer({
    kind: "bidirectional",
    config: saved,
    build: (input, who) => layer.both(merges[mergeMode], input, who),
  });
}

function isRecurrent(layer: unknown): boolean {
  return typeof layer === "object" && layer !== null && "both" in layer && typeof layer.both === "function";
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bidirectional", what });
}
