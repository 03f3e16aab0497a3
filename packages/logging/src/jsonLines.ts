// A line of JSON for each epoch: what scripts, notebooks and `jq` read.
import { boolean, refused, size } from "@sluice/core/arguments";
import type { Callback, EpochLog } from "@sluice/nn";
import { optional, optionsOf, preset, required, type Table } from "@sluice/nn/kit";
import { LogFile } from "./logFile.ts";
import { path } from "./path.ts";

export interface JsonLinesConfig {
  /** Its folder is made where it is not there. */
  readonly path: string;
  /** A line after each so many batches too, counted over all epochs, with the means so far in the epoch: each waits for what is queued. Default none. */
  readonly everySteps?: number;
  /** Go on at the end of a file that is there. Default false: it begins anew, unless training goes on from a checkpoint. */
  readonly append?: boolean;
}

const who = "jsonLines";
const jsonLinesTable = {
  path: required(path),
  everySteps: optional(size),
  append: preset(boolean, false),
} satisfies Table<JsonLinesConfig>;

/**
 * A callback that writes a line for each epoch: its number, the batches so far, the learning rate, and all of its log, `{"epoch":1,"batches":32,"learningRate":0.001,"loss":…}`; NaN and infinities are null.
 *
 * Where training goes on from a checkpoint the file is taken back to what it was then, so that no epoch stands there twice. Throws INVALID_ARGUMENT, and in `fit` FILE_UNWRITABLE.
 */
export function jsonLines(config: JsonLinesConfig): Callback {
  const { path: at, everySteps, append } = optionsOf(who, jsonLinesTable, config);
  let file = new LogFile(who, at);
  const line = (counts: object, measures: object): Promise<void> => {
    const twice = Object.keys(measures).find((name) => Object.hasOwn(counts, name));
    if (twice !== undefined) throw refused(who, "a metric", twice, `one of another name than ${Object.keys(counts).join(", ")}`);
    return file.append(new TextEncoder().encode(`${JSON.stringify({ ...counts, ...measures })}\n`));
  };
  return {
    name: who,
    onTrainBegin() {
      file = new LogFile(who, at);
      if (append) file.keep(Infinity);
    },
    async onTrainBatchEnd({ epoch, step }, training) {
      const { batches, learningRate } = training;
      if (everySteps === undefined || batches % everySteps !== 0) return;
      await line({ epoch, step, batches, ...(learningRate !== undefined && { learningRate }) }, await training.means());
    },
    onEpochEnd({ epoch, ...log }: EpochLog, { batches, learningRate }) {
      return line({ epoch, batches, ...(learningRate !== undefined && { learningRate }) }, log);
    },
    onTrainEnd: () => file.close(),
    state: () => ({ bytes: file.bytes }),
    resume: (state) => file.keep((state as { readonly bytes: number }).bytes), // what `state` gave
  };
}
