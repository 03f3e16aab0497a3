// A learner's checkpoint as bytes and back: a safetensors file whose metadata hold the counts.
import { SluiceError, type HostArray } from "@sluice/core";
import { finite, refused, show, text } from "@sluice/core/arguments";
import { checkpointTable, type LearnerCheckpoint } from "../learner/checkpoint.ts";
import { counter, listOf, options } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";
import { bytesOf } from "./bytes.ts";
import { parseJson, writeJson } from "./json.ts";
import { mapSums, number, written, type Written } from "./progress.ts";
import type { Plan } from "./record.ts";
import { foreign, openSafetensors, writeSafetensors, type Header, type Tensors } from "./safetensors.ts";

const version = "1";

/** In the metadata as JSON; the arrays are named "weights/cell.wx", "slots/m/cell.wx", "gathered/cell.wx" and "state/h". */
interface CheckpointRecord extends Pick<LearnerCheckpoint, "optimizer" | "batches" | "skipped" | "gradientAccumulationSteps"> {
  readonly slots: readonly string[];
  /** The weight of the batches gathered. */
  readonly gathered?: number;
  readonly measured: {
    readonly steps: number;
    readonly names: readonly string[];
    readonly full: readonly Written[];
    readonly partial: readonly Written[];
  };
}

const recordTable = {
  optimizer: required(text),
  batches: required(counter),
  skipped: required(counter),
  gradientAccumulationSteps: required(counter),
  slots: required(listOf(text)),
  gathered: optional(finite),
  measured: required(
    options<CheckpointRecord["measured"]>({
      ...{ steps: required(counter), names: required(listOf(text)), full: required(listOf(number)), partial: required(listOf(number)) },
    }),
  ),
} satisfies Table<CheckpointRecord>;

/**
 * What `learner.checkpoint` gave, as bytes: a safetensors file. Throws INVALID_ARGUMENT for what is no checkpoint or cannot be read again,
 * OUT_OF_MEMORY.
 */
export function serializeCheckpoint(checkpoint: LearnerCheckpoint): Uint8Array {
  return writeSafetensors(checkpointTensors(checkpoint, "serializeCheckpoint"), "serializeCheckpoint");
}

/** The way back. Throws INVALID_ARGUMENT for what is no bytes, FILE_CORRUPT for bytes that are cut short or damaged, FILE_FOREIGN for others. */
export function deserializeCheckpoint(bytes: ArrayBufferView | ArrayBufferLike): LearnerCheckpoint {
  const who = "deserializeCheckpoint";
  const { header, read } = openSafetensors(bytesOf(bytes, who), who);
  const plan = checkpointPlan(header, who);
  return plan.finish(new Map(plan.entries.map((entry) => [entry.name, read(entry)])));
}

export function checkpointTensors(from: LearnerCheckpoint, who: string): Tensors {
  const { weights, slots, state, gathered, measured, ...counts } = given(who, checkpointTable, from);
  const slashed = Object.keys(slots).find((slot) => slot === "" || slot.includes("/"));
  if (slashed !== undefined) throw refused(who, "slots", slashed, "named by texts that are not empty and have no slash");
  const record: CheckpointRecord = {
    ...counts,
    slots: Object.keys(slots),
    ...(gathered && { gathered: gathered.weight }),
    measured: { steps: measured.steps, ...mapSums(measured, written) },
  };
  const under = (prefix: string, arrays: Readonly<Record<string, HostArray>>): (readonly [string, HostArray])[] =>
    Object.entries(arrays).map(([name, array]) => [`${prefix}/${name}`, array] as const);
  const tensors = [
    ...under("weights", weights),
    ...Object.entries(slots).flatMap(([slot, arrays]) => under(`slots/${slot}`, arrays)),
    ...(gathered ? under("gathered", gathered.gradient) : []),
    ...under("state", state),
  ];
  for (const [name, { shape, data }] of tensors)
    if (data.length !== shape.reduce((product, n) => product * n, 1)) throw unlike(who, name, data.length);
  return { tensors: Object.fromEntries(tensors), metadata: { sluice: version, learner: writeJson(record, who, "checkpoint") } };
}

/** Checks all there is to check before an array is read; what the arrays must be is the learner's to say. */
export function checkpointPlan({ entries, metadata }: Header, who: string): Plan<LearnerCheckpoint> {
  if (metadata["model"] !== undefined) throw foreign(who, "it is a model, which loadModel and deserialize read");
  if (metadata["sluice"] !== version || metadata["learner"] === undefined) throw foreign(who, "it is no checkpoint of a learner");
  const { slots: names, gathered, measured, ...counts } = recordOf(metadata["learner"], who);
  const prefixes = ["weights", "state", ...names.map((slot) => `slots/${slot}`), ...(gathered === undefined ? [] : ["gathered"])];
  const stray = entries.find(({ name }) => !prefixes.some((prefix) => name.startsWith(`${prefix}/`)));
  if (stray !== undefined) throw foreign(who, `its array ${show(stray.name)} belongs to nothing that it says it has`);
  return {
    entries,
    finish(arrays) {
      const under = (prefix: string): Record<string, HostArray> =>
        Object.fromEntries(
          [...arrays].flatMap(([name, array]) => (name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), array]] : [])),
        );
      return {
        ...counts,
        weights: under("weights"),
        slots: Object.fromEntries(names.map((slot) => [slot, under(`slots/${slot}`)])),
        ...(gathered !== undefined && { gathered: { gradient: under("gathered"), weight: gathered } }),
        state: under("state"),
        measured: { steps: measured.steps, ...mapSums(measured, Number) },
      };
    },
  };
}

function recordOf(json: string, who: string): CheckpointRecord {
  const value = parseJson(json, (what) => foreign(who, `what it says of its learner is not to be read: ${what}`));
  try {
    return given(`the learner of the file`, recordTable, value as unknown as CheckpointRecord); // which is checked here
  } catch (cause) {
    throw foreign(who, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unlike(who: string, name: string, length: number): SluiceError {
  const what = `array ${show(name)} has ${length} elements, not what its shape says`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Such a checkpoint could not be loaded again" });
}
