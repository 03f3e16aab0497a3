// Which epoch was best, when to give up on a better one, and the way back to it (Prechelt 1998, as Keras's EarlyStopping).
import { SluiceError, type NDArray, type TypedArray } from "@sluice/core";
import type { Metric } from "../metrics/metric.ts";
import type { EpochLog, FitOptions } from "./options.ts";

export class Best {
  readonly #params: NDArray;
  readonly #monitor: string;
  readonly #sign: 1 | -1;
  readonly #patience: number;
  readonly #restore: boolean;
  #log: EpochLog | undefined;
  #weights: TypedArray | undefined;
  #waited = 0;

  /** Throws INVALID_ARGUMENT where `monitor` names nothing in the log, or patience is no whole number. */
  constructor(params: NDArray, metrics: readonly Metric[], options: FitOptions) {
    const validated = options.validationData !== undefined;
    const { monitor = validated ? "valLoss" : "loss", patience = Infinity, restoreBestWeights = false } = options;
    this.#params = params;
    this.#monitor = monitor;
    this.#sign = direction(monitor, metrics, validated);
    this.#patience = patience;
    this.#restore = restoreBestWeights;
    if (patience === Infinity || (Number.isInteger(patience) && patience >= 0)) return;
    throw refused(`patience must be a whole number of at least 0, got ${patience}`);
  }

  get log(): EpochLog | undefined {
    return this.#log;
  }

  /** Takes an epoch into account; true when patience is over. */
  async consider(log: EpochLog): Promise<boolean> {
    const [now, best] = [log[this.#monitor]!, this.#log?.[this.#monitor]]; // `direction` saw the name
    if (best === undefined || (now - best) * this.#sign < 0) {
      this.#log = log;
      this.#waited = 0;
      if (this.#restore) this.#weights = await this.#params.read(this.#weights);
      return false;
    }
    return ++this.#waited >= this.#patience;
  }

  /** Back to the best weights, where that was asked for. */
  restore(): void {
    if (this.#weights !== undefined) this.#params.write(this.#weights);
  }
}

/** 1 where lower is better, otherwise −1. */
function direction(monitor: string, metrics: readonly Metric[], validated: boolean): 1 | -1 {
  const measures = [{ name: "loss", better: "lower" }, ...metrics];
  const known = [...measures, ...(validated ? measures.map(({ name, better }) => ({ name: validationName(name), better })) : [])];
  const found = known.find(({ name }) => name === monitor);
  if (found === undefined) throw refused(`there is no "${monitor}" to monitor, only ${known.map(({ name }) => name).join(", ")}`);
  return found.better === "lower" ? 1 : -1;
}

/** "valLoss" */
export function validationName(name: string): string {
  return `val${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "trainer.fit", what });
}
