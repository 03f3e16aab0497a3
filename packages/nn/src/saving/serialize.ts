// A model with its weights as bytes and back: a safetensors file whose metadata hold the layers.
import { SluiceError, type HostArray } from "@sluice/core";
import { restoreLayer, type LayerRecord, type LayerTable } from "../layers/table.ts";
import { specOf, type Kind } from "../layers/spec.ts";
import { checkArrays, layoutOf } from "../model/layout.ts";
import { createModel, type Model, type Saved, type SavedTraining } from "../model/model.ts";
import { sequential } from "../model/sequential.ts";
import type { Trainer } from "../training/trainer.ts";
import { corrupt, foreign, readSafetensors, writeSafetensors, type Tensors } from "./safetensors.ts";

const version = "1";

export interface SaveOptions {
  /** Also the optimizer's arrays and counts, so that training goes on as if it had not stopped. Default false. */
  readonly optimizer?: boolean;
}

export interface LoadOptions {
  /** Whether to take the optimizer's state where there is one. Default true. */
  readonly optimizer?: boolean;
  /** Makers of layers that are not built in, by kind: `{ mgu: recurrent(mgu) }`. */
  readonly layers?: LayerTable;
}

/**
 * A trainer's model with the weights it holds now, or a loaded model with those it came with.
 *
 * The bytes are a safetensors file and the caller's: weights by layer and key, "lstm.wx", each with its shape, and the
 * layers as JSON in the metadata. Throws INVALID_ARGUMENT for a model that has no weights yet.
 */
export async function serialize(source: Model | Trainer, options: SaveOptions = {}): Promise<Uint8Array> {
  const [model, saved] = "checkpoint" in source ? [source.model, await source.checkpoint(options)] : [source, source.saved];
  if (saved !== undefined) return writeSafetensors(toTensors(model, saved, options));
  const what = `the model "${model.name}" has no weights yet`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "serialize", what, fix: "Compile it and serialize the trainer" });
}

/**
 * The model that `serialize` wrote; `compile` starts from its weights.
 *
 * Throws FILE_CORRUPT for bytes that are cut short or damaged, FILE_FOREIGN for what Sluice did not write, wrote in
 * another version, or has layers that are not known here.
 */
export function deserialize(bytes: Uint8Array, options: LoadOptions = {}): Model {
  return decode(bytes, options, "deserialize");
}

/** As `deserialize`; `who` begins its errors. */
export function decode(bytes: Uint8Array, { optimizer = true, layers = {} }: LoadOptions, who: string): Model {
  const { tensors, metadata } = readSafetensors(bytes, who);
  if (metadata["sluice"] !== version)
    throw foreign(who, `it is of version ${metadata["sluice"] ?? "none"} of Sluice's model files, this reads ${version}`);
  try {
    return fromTensors({ tensors, metadata }, optimizer, layers, who);
  } catch (cause) {
    if (cause instanceof SluiceError && cause.code.startsWith("FILE_")) throw cause;
    throw foreign(who, `its model cannot be made again: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** In the metadata as JSON. */
interface ModelRecord {
  readonly name: string;
  readonly layers: readonly LayerRecord[];
  readonly sample: { readonly shape: readonly number[]; readonly dtype: Kind };
  /** The arrays of slot m are named "optimizer/m/lstm.wx". */
  readonly training?: Omit<SavedTraining, "slots"> & { readonly slots: readonly string[] };
}

function toTensors({ name, layers }: Model, { sample, weights, training }: Saved, { optimizer = false }: SaveOptions): Tensors {
  const kept = optimizer ? training : undefined;
  const record: ModelRecord = {
    name,
    layers: layers.map(({ layer: { kind, config } }) => ({ kind, config })),
    sample: { shape: sample.shape, dtype: sample.dtype },
    ...(kept !== undefined && { training: { ...kept, slots: Object.keys(kept.slots) } }),
  };
  const slots = Object.entries(kept?.slots ?? {}).flatMap(([slot, arrays]) =>
    Object.entries(arrays).map(([key, array]) => [slotPrefix(slot) + key, array]),
  );
  return { tensors: { ...weights, ...Object.fromEntries(slots) }, metadata: { sluice: version, model: JSON.stringify(record) } };
}

/** Weights have no slash in their names, so nothing collides. */
function slotPrefix(slot: string): string {
  return `optimizer/${slot}/`;
}

/** Throws whatever a record that `toTensors` did not make runs into. */
function fromTensors({ tensors, metadata }: Tensors, optimizer: boolean, custom: LayerTable, who: string): Model {
  const { name, layers, sample, training } = JSON.parse(metadata["model"] ?? "null") as ModelRecord; // not yet checked: see above
  const model = sequential(
    layers.map((record) => restoreLayer(record, custom, who)),
    { name },
  );
  const spec = specOf(sample.shape, sample.dtype);
  const layout = layoutOf(model.build(spec).weights);
  if (![training?.step ?? 0, training?.epoch ?? 0].every((count) => Number.isSafeInteger(count) && count >= 0))
    throw corrupt(who, "its counts of updates and epochs are no whole numbers");
  const slots = (training?.slots ?? []).map((slot) => [slot, within(slotPrefix(slot), tensors)] as const);
  const weights = within("", tensors);
  for (const arrays of [weights, ...slots.map(([, arrays]) => arrays)]) checkArrays(layout, arrays, who);
  const kept = optimizer && training !== undefined && { training: { ...training, slots: Object.fromEntries(slots) } };
  return createModel(model.name, model.layers, { sample: spec, weights, ...kept });
}

/** The arrays right below a prefix, without it. */
function within(prefix: string, tensors: Readonly<Record<string, HostArray>>): Record<string, HostArray> {
  const below = Object.entries(tensors).filter(([key]) => key.startsWith(prefix) && key.lastIndexOf("/") < prefix.length);
  return Object.fromEntries(below.map(([key, array]) => [key.slice(prefix.length), array]));
}
