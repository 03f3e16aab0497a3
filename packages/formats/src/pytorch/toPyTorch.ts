// The weights of a model as a state dict of PyTorch.
import type { HostArray } from "@sluice/core";
import { check, options as named, text } from "@sluice/core/arguments";
import type { ByName, Model, Names, Saved, Trainer } from "@sluice/nn";
import { savedOf, type AnyModel, type Source } from "@sluice/nn/kit";
import { unsupported } from "./fromPyTorch.ts";
import { prefixed, prefixOf } from "./part.ts";
import { checkPlaces, placeOf, type Places } from "./places.ts";
import { refuse, takenTwice, unknownLayers } from "./problems.ts";
import { slotsOf } from "./slots.ts";

export interface ToPyTorchOptions<W = unknown> {
  /** The module of each layer, as `fromPyTorch` takes it; one that is left out goes by its own name. */
  readonly layers?: Places<W>;
  /** What all names begin with, without the last dot. Default nothing. */
  readonly prefix?: string;
}

/**
 * A model with weights, or a trainer's as of this call, as the record that `load_state_dict` takes: `writeSafetensors(await toPyTorch(trainer, { layers }))`,
 * and in Python `module.load_state_dict(load_file("model.safetensors"))`, strictly.
 *
 * Arrays are the caller's own. Of the two biases of a recurrent module the second is zero, but for that of a GRU's candidate; num_batches_tracked of
 * BatchNorm1d is 0. Throws UNSUPPORTED, with all of them, for layers that no module of PyTorch is, INVALID_ARGUMENT for a model without weights, names that
 * are no layers, and tensors that two layers would be.
 */
export async function toPyTorch<I extends Names, O extends Names, W, N extends string, R extends string>(
  source: Model<I, O, W, N> | Trainer<I, O, W, R>,
  options: ToPyTorchOptions<W> = {},
): Promise<Record<string, HostArray>> {
  const who = "toPyTorch";
  const { layers = {}, prefix = "" } = named<ToPyTorchOptions<W>>(who, options, { layers: true, prefix: true });
  check(who, "prefix", prefix, text);
  checkPlaces(who, layers);
  const { model, saved } = await savedOf(who, source as unknown as Source), // of its own names
    slots = slotsOf(model, model.build(samplesIn(model, saved)));
  const placed = slots.map((slot) => placeOf(slot, layers, () => false));
  refuse(
    who,
    {
      unsupported: unsupported(placed),
      unplaced: [...unknownLayers(layers, slots), ...takenTwice(placed)],
      missing: [],
      surplus: [],
      misfits: [],
    },
    'Say the module of each layer, as in { layers: { dense: "head.0" } }',
  );
  return prefixed(
    Object.fromEntries(placed.flatMap(({ parts }) => parts.flatMap((part) => Object.entries(part.give(saved.weights))))),
    prefixOf(prefix),
  );
}

/** As the model takes them. */
function samplesIn({ ends: { inputs } }: AnyModel, { samples }: Saved): ByName<Names, Saved["samples"][string]> {
  return inputs === null ? samples["x"]! : samples; // the one without a name
}
