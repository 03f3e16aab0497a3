// TensorBoard's event files, as Keras's callback of that name writes them: curves of training and validation, and histograms of weights.
import { join } from "node:path";
import { leavesOf, type HostArray } from "@sluice/core";
import { oneOf, size } from "@sluice/core/arguments";
import type { Callback, EpochLog, Training } from "@sluice/nn";
import { either, optional, optionsOf, preset, required, type Table } from "@sluice/nn/kit";
import { summaryEvent, versionEvent, type Summary } from "./events/event.ts";
import { histogramOf, type Histogram } from "./events/histogram.ts";
import { tfRecord } from "./events/records.ts";
import { LogFile } from "./logFile.ts";
import { path } from "./path.ts";

export interface TensorBoardConfig {
  /** Made where it is not there; `tensorboard --logdir` of it or of a folder around it. Each run has one of its own. */
  readonly logDir: string;
  /** When the means so far are written as well: "epoch", the default, or after each so many batches, which waits for what is queued. */
  readonly updateFreq?: "epoch" | number;
  /** Epochs between histograms of all weights; default none. */
  readonly histogramFreq?: number;
}

const who = "tensorBoard";
const tensorBoardTable = {
  logDir: required(path),
  updateFreq: preset(either<"epoch", number>(oneOf("epoch"), size), "epoch"),
  histogramFreq: optional(size),
} satisfies Table<TensorBoardConfig>;
const parts = ["train", "validation"] as const;
type Part = (typeof parts)[number];
/** Bytes of each file. */
type State = Readonly<Record<string, number>>;
/** One for all times, so that a run which begins again before its first checkpoint writes over what it wrote; TensorBoard asks for the second part. */
const fileName = "events.out.tfevents.sluice";

/**
 * A callback that writes what `fit` reports to `logDir/train` and `logDir/validation`, under Keras's tags: `epoch_loss`, `epoch_learning_rate`, `batch_loss`, and histograms `dense.kernel`.
 *
 * Where training goes on from a checkpoint the same files go on from what they were then. Throws INVALID_ARGUMENT, and in `fit` FILE_UNWRITABLE.
 */
export function tensorBoard(config: TensorBoardConfig): Callback {
  const { logDir, updateFreq, histogramFreq } = optionsOf(who, tensorBoardTable, config);
  let files = new Map<Part, Events>();
  const to = (part: Part): Events => {
    const found = files.get(part) ?? new Events(join(logDir, part));
    files.set(part, found);
    return found;
  };
  return {
    name: who,
    onTrainBegin: () => void (files = new Map()),
    async onTrainBatchEnd(_, training) {
      if (updateFreq === "epoch" || training.batches % updateFreq !== 0) return;
      await to("train").write(training.batches, { scalars: tagged("batch", await training.means()) });
    },
    async onEpochEnd(log: EpochLog, training) {
      const { train, validation } = scalarsOf(log, training);
      const isDue = histogramFreq !== undefined && log.epoch % histogramFreq === 0;
      await to("train").write(log.epoch, { scalars: tagged("epoch", train), ...(isDue && { histograms: await histogramsOf(training) }) });
      if (Object.keys(validation).length > 0) await to("validation").write(log.epoch, { scalars: tagged("epoch", validation) });
    },
    async onTrainEnd() {
      for (const file of files.values()) await file.close();
    },
    state: (): State => Object.fromEntries([...files].map(([part, { bytes }]) => [part, bytes])),
    resume(state) {
      for (const part of parts) {
        files.set(part, new Events(join(logDir, part), (state as State)[part] ?? 0)); // what `state` gave
      }
    },
  };
}

/** One event file, which begins with its version. */
class Events {
  readonly #file: LogFile;

  constructor(folder: string, bytes = 0) {
    this.#file = new LogFile(who, join(folder, fileName));
    this.#file.keep(bytes);
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  async write(step: number, summary: Summary): Promise<void> {
    const seconds = Date.now() / 1000;
    if (this.bytes === 0) await this.#file.append(tfRecord(versionEvent(seconds)));
    await this.#file.append(tfRecord(summaryEvent(seconds, step, summary)));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** "valLoss" is validation's "loss", where there is one. */
function scalarsOf(log: EpochLog, { learningRate, validates }: Training): Record<Part, Readonly<Record<string, number>>> {
  const plain = (name: string): string => `${name.charAt(3).toLowerCase()}${name.slice(4)}`;
  const isValidation = (name: string): boolean => validates && /^val[A-Z]/.test(name) && Object.hasOwn(log, plain(name));
  const entries = Object.entries(log).filter((entry): entry is [string, number] => entry[1] !== undefined && entry[0] !== "epoch");
  const validation = entries.filter(([name]) => isValidation(name)).map(([name, value]) => [plain(name), value] as const);
  const train = entries.filter(([name]) => !isValidation(name));
  return {
    train: { ...Object.fromEntries(train), ...(learningRate !== undefined && { learning_rate: learningRate }) },
    validation: Object.fromEntries(validation),
  };
}

function tagged(prefix: string, scalars: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [`${prefix}_${name}`, value]));
}

async function histogramsOf({ trainer }: Training): Promise<Readonly<Record<string, Histogram>>> {
  const isArray = (value: unknown): value is HostArray => typeof value === "object" && value !== null && "data" in value;
  const arrays = leavesOf(await trainer.weights(), isArray) as readonly [string, HostArray][]; // as `isArray` says
  return Object.fromEntries(
    arrays.flatMap(([name, { data }]) => [histogramOf(data)].flatMap((found) => (found === undefined ? [] : [[name, found] as const]))),
  );
}
