// A line of JSON for each epoch: what scripts, notebooks and `jq` read.
import { options as checkOptions, refused, size, text } from "@sluice/core/arguments";
import type { Callback, EpochLog } from "@sluice/nn";
import { LogFile } from "./logFile.ts";

export interface JsonLinesConfig {
  /** Its folder is made where it is not there. */
  readonly path: string;
  /** A line after each so many batches too, counted over all epochs, with the means so far in the epoch: each waits for what is queued. Default none. */
  readonly everySteps?: number;
  /** Go on at the end of a file that is there. Default false: it begins anew, unless training goes on from a checkpoint. */
  readonly append?: boolean;
}

const who = "jsonLines";

/**
 * A callback that writes a line for each epoch: its number, the batches so far, the learning rate, and all of its log, `{"epoch":1,"batches":32,"learningRate":0.001,"loss":…}`; NaN and infinities are null.
 *
 * Where training goes on from a checkpoint the file is taken back to what it was then, so that no epoch stands there twice. Throws INVALID_ARGUMENT, and in `fit` FILE_UNWRITABLE.
 */
export function jsonLines(config: JsonLinesConfig): Callback {
  const { path, everySteps, append = false } = checked(config);
  let file = new LogFile(who, path);
  const line = (counts: object, measures: object): Promise<void> => {
    const twice = Object.keys(measures).find((name) => Object.hasOwn(counts, name));
    if (twice !== undefined) throw refused(who, "a metric", twice, `one of another name than ${Object.keys(counts).join(", ")}`);
    return file.append(new TextEncoder().encode(`${JSON.stringify({ ...counts, ...measures })}\n`));
  };
  return {
    name: who,
    onTrainBegin() {
      file = new LogFile(who, path);
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

function checked(config: JsonLinesConfig): JsonLinesConfig {
  checkOptions(who, config, { path: true, everySteps: true, append: true }, "options");
  const { path, everySteps, append } = config;
  if (!text.accepts(path) || path === "") throw refused(who, "path", path, "a path");
  if (everySteps !== undefined && !size.accepts(everySteps)) throw refused(who, "everySteps", everySteps, size.expected);
  if (append !== undefined && typeof append !== "boolean") throw refused(who, "append", append, "true or false");
  return config;
}
